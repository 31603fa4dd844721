/** Later versions of a record, as a vendor's sync brings them: the value and the interval grow. */
import { type EpochRecord, parseValue, type ThryveRecord } from '@thryve-webhook/middleware'

const MINUTE_MS = 60_000

const grownValue = (record: ThryveRecord, version: number): string => {
  if (typeof record.parsedValue !== 'number') return record.value
  const grown = record.parsedValue + 7 * version
  return record.value.includes('.') ? `${grown}.0` : String(grown)
}

/** How far the end moves; an instant has none. */
const grownInterval = (record: ThryveRecord, version: number): Partial<EpochRecord> =>
  record.dimension === 'epoch' && record.endTimestamp !== undefined
    ? { endTimestamp: new Date(record.endTimestamp.getTime() + version * 5 * MINUTE_MS) }
    : {}

/** The version of this number; 0 is the record itself. Each has a later `creationTimestamp`, where there is one. */
export const versionOf = <T extends ThryveRecord>(record: T, version: number): T => {
  if (version === 0) return record
  const value = grownValue(record, version)
  const createdAt = record.creationTimestamp
  return {
    ...record,
    ...grownInterval(record, version),
    value,
    parsedValue: parseValue(value, record.valueType),
    ...(createdAt && { creationTimestamp: new Date(createdAt.getTime() + version * 5 * MINUTE_MS) })
  }
}
