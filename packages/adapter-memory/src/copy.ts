/** Copies of what is mutable, so that neither what came in nor what was handed out reaches into the store. */
import { types } from 'node:util'
import type { DecodeFailure, QuarantineItem, RawDelivery } from '@thryve-webhook/middleware'

/** Dates of another realm are dates, too, but asking so costs a call out of JavaScript. */
export const isDate = (value: unknown): value is Date =>
  typeof value === 'object' && (value instanceof Date || types.isDate(value))

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
