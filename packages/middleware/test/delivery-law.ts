/** The law of reading: what is scanned is what the composed codecs make of the parsed delivery. */
import { isDeepStrictEqual } from 'node:util'
import { decodeDelivery } from '../src/codecs/delivery'
import { EntryScanner } from '../src/codecs/entry-scanner'
import { readDelivery } from '../src/codecs/read-delivery'
import { parseJson } from '../src/json'

const limits = { maxRecords: 200_000, maxValues: 4_800_000 }

/** A delivery shorter than 2,048 bytes is not scanned. Spaces make it longer, and mean nothing. */
const SPACES = Buffer.alloc(2_048, ' ')

const outcomeOf = async (read: () => unknown): Promise<unknown> => {
  try {
    return await read()
  } catch (error) {
    return (error as { code?: string }).code ?? error
  }
}

const orderOf = (outcome: unknown): unknown =>
  JSON.stringify(outcome, (_key, value) => (typeof value === 'bigint' ? String(value) : value))

/** Reads a text both ways; the results must be the same, errors, `extra` and order of fields included. */
export const expectSame = async (delivery: string | Uint8Array): Promise<unknown> => {
  const bytes = Buffer.concat([Buffer.from(delivery), SPACES])
  const scanned = await outcomeOf(() => readDelivery(bytes, limits))
  const composed = await outcomeOf(() => decodeDelivery(parseJson(bytes, limits)))
  // Jest's own comparison is a hundred times slower; it is asked for its report alone.
  if (!isDeepStrictEqual(scanned, composed)) expect(scanned).toStrictEqual(composed)
  expect(orderOf(scanned)).toBe(orderOf(composed))
  return scanned
}

/** The same, and how many entries the scanner took itself. */
export const scannedOf = async (text: string): Promise<number> => {
  const read = jest.spyOn(EntryScanner.prototype, 'read')
  await expectSame(text)
  const taken = read.mock.results.filter(({ type, value }) => type === 'return' && value !== undefined).length
  read.mockRestore()
  return taken
}
