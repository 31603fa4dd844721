export { type Inspector, inspector } from './inspector'
export type { AuditEvent, InspectorOptions } from './options'
export type { RefusalCode } from './refusal'
