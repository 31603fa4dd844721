export { type ExitCode, run } from './run'
export type { StoreConfig, StoreConfigExport } from './store/store-config'
export type { Terminal } from './terminal'
