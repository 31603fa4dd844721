export { type AdapterSuiteOptions, adapterSuite } from './adapter-suite'
export type { AdapterSupport, ProbedEntry, StoreProbe } from './adapter-suite/world'
export { quarantineItem, rawDelivery } from './synthetic-deliveries'
export { dailyRecord, epochRecord, saveBatch, versioned } from './synthetic-records'
