/** Copies of what is mutable, so that neither what came in nor what was handed out reaches into the store. */
import { types } from 'node:util'
import type { DecodeFailure, QuarantineItem, RawDelivery, ThryveRecord } from '@thryve-webhook/middleware'

/** Dates of another realm are dates, too, but asking so costs a call out of JavaScript. */
export const isDate = (value: unknown): value is Date =>
  typeof value === 'object' && (value instanceof Date || types.isDate(value))

/** The fields that can hold a date. A value may be a number by itself, so its date stays one. */
const INSTANTS = ['startTimestamp', 'endTimestamp', 'creationTimestamp'] as const
type Instant = (typeof INSTANTS)[number]

/** A record as it is kept, its instants as unix milliseconds: a `Date` takes seven times their space. */
export type PackedRecord = Omit<ThryveRecord, Instant> & { [Name in Instant]?: number }

/** Packs a record. Nothing in it is shared. */
export const packRecord = (record: ThryveRecord): PackedRecord => {
  const packed = { ...record } as Record<Instant | 'parsedValue', unknown>
  const { startTimestamp, endTimestamp, creationTimestamp, parsedValue } = packed
  if (isDate(startTimestamp)) packed.startTimestamp = startTimestamp.getTime()
  if (isDate(endTimestamp)) packed.endTimestamp = endTimestamp.getTime()
  if (isDate(creationTimestamp)) packed.creationTimestamp = creationTimestamp.getTime()
  if (isDate(parsedValue)) packed.parsedValue = new Date(parsedValue.getTime())
  return packed as unknown as PackedRecord
}

/** The record that was packed, with dates of its own. */
export const unpackRecord = (packed: PackedRecord): ThryveRecord => {
  const record = { ...packed } as Record<Instant | 'parsedValue', unknown>
  for (const name of INSTANTS) if (packed[name] !== undefined) record[name] = new Date(packed[name])
  if (isDate(record.parsedValue)) record.parsedValue = new Date(record.parsedValue.getTime())
  return record as unknown as ThryveRecord
}

/** A delivery's envelope, its body left out. */
export const copyEnvelope = ({ id, contentEncoding, receivedAt, sentAt }: RawDelivery | Omit<RawDelivery, 'body'>) => ({
  id,
  ...(contentEncoding === undefined ? {} : { contentEncoding }),
  receivedAt: new Date(receivedAt),
  ...(sentAt === undefined ? {} : { sentAt: new Date(sentAt) })
})

/** Bytes of its own: `slice` of a `Buffer` would share them. */
export const copyBytes = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes)

/** Failures of its own. */
export const copyFailures = (failures: readonly DecodeFailure[]): DecodeFailure[] =>
  failures.map((failure) => ({ ...failure }))

/** Headers of its own. */
export const copyHeaders = (headers: NonNullable<QuarantineItem['headers']>): [string, string][] =>
  headers.map(([name, value]) => [name, value])

/** A quarantine item with dates, bytes and failures of its own. */
export const copyItem = (item: QuarantineItem): QuarantineItem => ({
  ...item,
  delivery: { ...copyEnvelope(item.delivery), body: copyBytes(item.delivery.body) },
  failures: copyFailures(item.failures),
  ...(item.headers === undefined ? {} : { headers: copyHeaders(item.headers) })
})
