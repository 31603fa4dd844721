/** Records as they come where all of `additionalDetails` is switched off. */
import { detailFields, parseValue, type ThryveRecord } from '@thryve-webhook/middleware'

/** Leaves the details out; the value is then read by its looks. */
export const withoutDetails = <T extends ThryveRecord>(record: T): T => {
  const bare = { ...record, parsedValue: parseValue(record.value, undefined) }
  for (const field of detailFields) delete bare[field]
  return bare
}

/** Of records that only their details tell apart, such as those of a phone and a watch, the first stays. */
export const withoutTwins = <T extends ThryveRecord>(records: readonly T[]): T[] => {
  const seen = new Set<string>()
  return records.filter((record) => {
    const time = record.dimension === 'epoch' ? record.startTimestamp.getTime() : record.day
    const key = `${record.dataTypeId} ${time}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
