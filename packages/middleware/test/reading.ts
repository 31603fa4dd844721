/** Deliveries long enough to be scanned, read as the receiver does and as a whole. */
import { isDeepStrictEqual } from 'node:util'
import { decodeDelivery } from '../src/codecs/delivery'
import { type ReadLimits, readDelivery } from '../src/codecs/read-delivery'
import { countEntries } from '../src/codecs/source'
import { ThryveError } from '../src/errors'
import { parseJson } from '../src/json'
import { epochPayload, steps } from './deliveries'

export const limits: ReadLimits = { maxRecords: 200_000, maxValues: 4_800_000 }

const time = (index: number) => new Date(Date.UTC(2024, 4, 1) + index * 60_000).toISOString()

/** An entry that is like no other of its list. */
export const detailed = (index: number) =>
  steps(`${index}.0`, {
    startTimestamp: time(index),
    additionalDetails: { creationTimestamp: time(index + 1), valueType: 'DOUBLE', measurementReference: 9e15 + index }
  })

export const payloadOf = (count: number, item: (index: number) => unknown = detailed) =>
  epochPayload(Array.from({ length: count }, (_, index) => item(index)) as object[])

/** A delivery of several sources. */
export const sourcesOf = (counts: readonly number[], item: (index: number) => unknown = detailed) => {
  const { data: _, ...envelope } = payloadOf(0)
  const data = counts.map((count, index) => ({
    dataSourceId: 5 + index,
    epochData: payloadOf(count, item).data.epochData
  }))
  return { ...envelope, data }
}

/** What came out, or the code of what was thrown. */
export const outcomeOf = async (read: () => unknown): Promise<unknown> => {
  try {
    return await read()
  } catch (error) {
    return (error as { code?: string }).code ?? error
  }
}

/** Reads a delivery as the receiver does; tells which texts `JSON.parse` got to see, and whether the whole was among them. */
export const read = async (delivery: string | Buffer, own: Partial<ReadLimits> = {}) => {
  const parse = jest.spyOn(JSON, 'parse')
  const result = await outcomeOf(() => readDelivery(Buffer.from(delivery), { ...limits, ...own }))
  const parsed = parse.mock.calls.map(([text]) => text)
  parse.mockRestore()
  return { result, parsed, isWhole: parsed.includes(delivery.toString()) }
}

const readWhole = (bytes: Uint8Array, own: ReadLimits) => {
  const payload = parseJson(bytes, own)
  if (countEntries(payload) > own.maxRecords) throw new ThryveError('THRYVE_TOO_MANY_RECORDS')
  return decodeDelivery(payload)
}

const orderOf = (outcome: unknown): unknown =>
  JSON.stringify(outcome, (_key, value) => (typeof value === 'bigint' ? String(value) : value))

/** The law: the same result, errors and order of fields as when it is read whole. */
export const expectSame = async (delivery: string | Buffer, own: Partial<ReadLimits> = {}): Promise<unknown> => {
  const bytes = Buffer.from(delivery)
  const scanned = await outcomeOf(() => readDelivery(bytes, { ...limits, ...own }))
  const whole = await outcomeOf(() => readWhole(bytes, { ...limits, ...own }))
  // Jest's own comparison is a hundred times slower, and does not look at the order of fields.
  if (!isDeepStrictEqual(scanned, whole)) expect(scanned).toStrictEqual(whole)
  expect(orderOf(scanned)).toBe(orderOf(whole))
  return scanned
}
