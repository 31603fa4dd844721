/** Copies of what is mutable, so that neither what came in nor what was handed out reaches into the store. */
import { types } from 'node:util'
import type { DecodeFailure, QuarantineItem, RawDelivery, ThryveRecord } from '@thryve-webhook/middleware'

/** Dates of another realm are dates, too, but asking so costs a call out of JavaScript. */
const isDate = (value: unknown): value is Date =>
  typeof value === 'object' && (value instanceof Date || types.isDate(value))

/** A record with dates of its own. Only these fields can hold one. */
export const copyRecord = (record: ThryveRecord): ThryveRecord => {
  const copy = { ...record } as Record<'startTimestamp' | 'endTimestamp' | 'creationTimestamp' | 'parsedValue', unknown>
  if (isDate(copy.startTimestamp)) copy.startTimestamp = new Date(copy.startTimestamp.getTime())
  if (isDate(copy.endTimestamp)) copy.endTimestamp = new Date(copy.endTimestamp.getTime())
  if (isDate(copy.creationTimestamp)) copy.creationTimestamp = new Date(copy.creationTimestamp.getTime())
  if (isDate(copy.parsedValue)) copy.parsedValue = new Date(copy.parsedValue.getTime())
  return copy as unknown as ThryveRecord
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
