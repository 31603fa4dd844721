/** The law of reading, for deliveries of any length: what is scanned is what the composed codecs make of the parsed delivery. */
import { EntryScanner } from '../src/codecs/entry-scanner'
import { expectSame as expectSameAsWhole } from './reading'

/** A delivery shorter than 2,048 bytes is not scanned. Spaces make it longer, and mean nothing. */
const SPACES = Buffer.alloc(2_048, ' ')

/** Reads a text both ways; the results must be the same, errors, `extra` and order of fields included. */
export const expectSame = (delivery: string | Uint8Array): Promise<unknown> =>
  expectSameAsWhole(Buffer.concat([Buffer.from(delivery), SPACES]))

/** The same, and how many entries the scanner took itself. */
export const scannedOf = async (text: string): Promise<number> => {
  const read = jest.spyOn(EntryScanner.prototype, 'read')
  await expectSame(text)
  const taken = read.mock.results.filter(({ type, value }) => type === 'return' && value !== undefined).length
  read.mockRestore()
  return taken
}
