import fc from 'fast-check'
import { FseTable } from '../src/body/zstd-fse'
import { described } from './zstd-frames'

const MAX_LOG = 9
const MAX_SYMBOL = 52

const cellsOf = ({ accuracyLog, cells }: FseTable) => cells.subarray(0, 2 ** accuracyLog).join()
const known = (accuracyLog: number, probabilities: readonly number[]): FseTable => {
  const table = new FseTable()
  table.setProbabilities(accuracyLog, probabilities)
  return table
}

/** Probabilities that add up to 2^accuracyLog, "less than 1" counting as 1; the last one is not 0. */
const distribution = fc
  .record({
    accuracyLog: fc.integer({ min: 5, max: MAX_LOG }),
    drawn: fc.array(fc.oneof(fc.constantFrom(-1, 0, 0, 0, 1), fc.integer({ min: 2, max: 200 })), { maxLength: 52 })
  })
  .map(({ accuracyLog, drawn }) => {
    const probabilities: number[] = []
    let remaining = 2 ** accuracyLog
    for (const probability of drawn) {
      if (Math.abs(probability) >= remaining) break
      probabilities.push(probability)
      remaining -= Math.abs(probability)
    }
    return { accuracyLog, probabilities: [...probabilities, remaining] }
  })

describe('FseTable', () => {
  // One table for all, as a delivery of many blocks has: nothing of the one before may show.
  const table = new FseTable()
  const expectRead = (accuracyLog: number, probabilities: readonly number[]) => {
    const bytes = Buffer.concat([Buffer.of(0), described(accuracyLog, probabilities), Buffer.of(0xff)])
    const end = bytes.length - 1
    const lastSymbol = probabilities.length - 1
    expect(table.read(bytes, 1, end, accuracyLog, lastSymbol)).toBe(end)
    expect(table.accuracyLog).toBe(accuracyLog)
    expect(cellsOf(table)).toBe(cellsOf(known(accuracyLog, probabilities)))
    expect(table.read(bytes, 1, end - 1, MAX_LOG, MAX_SYMBOL)).toBe(-1)
    expect(table.read(bytes, 1, end, accuracyLog - 1, MAX_SYMBOL)).toBe(-1)
    expect(table.read(bytes, 1, end, MAX_LOG, lastSymbol - 1)).toBe(-1)
  }

  test('read: every first probability, as it was written', () => {
    for (let accuracyLog = 5; accuracyLog <= MAX_LOG; accuracyLog++) {
      const size = 2 ** accuracyLog
      for (const first of [-1, 0, 1, size / 2 - 1, size / 2, size / 2 + 1, size - 2, size - 1, size]) {
        const rest = size - Math.abs(first)
        expectRead(accuracyLog, rest > 0 ? [first, rest] : [first])
      }
    }
  })

  test('read: fewer symbols behind a table cut short, as they were written', () => {
    const cut = described(5, [31, -1])
    expect(table.read(cut, 0, cut.length - 1, MAX_LOG, MAX_SYMBOL)).toBe(-1)
    expectRead(5, [32])
  })

  test('read: any probabilities, as they were written, within their bounds', () => {
    fc.assert(
      fc.property(distribution, ({ accuracyLog, probabilities }) => expectRead(accuracyLog, probabilities)),
      { numRuns: 200 }
    )
  })

  test.each([
    ['as many zeros as fit', 52, 52],
    ['a zero too many', 53, -1],
    ['three zeros too many', 55, -1]
  ])('read: %s, has its outcome', (_name, zeros, result) => {
    const bytes = described(5, [...Array(zeros).fill(0), 32])
    expect(table.read(bytes, 0, bytes.length, MAX_LOG, MAX_SYMBOL)).toBe(result < 0 ? result : bytes.length)
  })

  test('read: zeros without end, are read no further than the last symbol', () => {
    // The first symbol has probability 0, and every two bits behind it tell of three more.
    const bytes = Buffer.concat([Buffer.of(0x10, 0xfe), Buffer.alloc(1_000, 0xff)])
    let reads = 0
    const counted = new Proxy(bytes, {
      get: (target, key) => {
        reads += 1
        return Reflect.get(target, key)
      }
    })
    expect(table.read(counted, 0, bytes.length, MAX_LOG, MAX_SYMBOL)).toBe(-1)
    expect(reads).toBeLessThan(100)
  })

  test('setSymbol: after a table, one cell of no bits', () => {
    expectRead(6, [32, 32])
    table.setSymbol(7)
    expect([table.accuracyLog, table.cells[0]]).toEqual([0, 7])
  })
})
