/** The limits of a delivery that is read entry by entry: they are those of the whole. */
import { detailed, payloadOf, read, sourcesOf } from './reading'

const json = (value: unknown) => JSON.stringify(value)
const nested = (levels: number) => `"x":${'['.repeat(levels)}${']'.repeat(levels)},`

describe('readDelivery: maxRecords', () => {
  test.each([
    [[20], 20, false],
    [[20], 19, true],
    [[10, 10], 20, false],
    [[10, 10], 19, true],
    [[10, 0, 10], 21, false],
    [[10, 0, 10], 20, true],
    [[20, 0], 21, false],
    [[20, 0], 20, true],
    [[0, 20], 21, false],
    [[0, 20], 20, true]
  ])('sources of %j entries at most %i, refused: %p', async (counts, maxRecords, isRefused) => {
    const payload = counts.length === 1 ? payloadOf(counts[0] as number) : sourcesOf(counts)
    const { result, isWhole } = await read(json(payload), { maxRecords })
    expect(result === 'THRYVE_TOO_MANY_RECORDS').toBe(isRefused)
    if (!isRefused) expect(result).toHaveProperty('right.event.records.length')
    // Only the whole is refused.
    expect(isWhole).toBe(isRefused)
  })

  test('a delivery too short to be scanned, refused all the same', async () => {
    expect((await read(json(payloadOf(3)), { maxRecords: 3 })).result).toHaveProperty('right')
    expect((await read(json(payloadOf(3)), { maxRecords: 2 })).result).toBe('THRYVE_TOO_MANY_RECORDS')
  })

  test.each([
    ['one list', payloadOf(20, (index) => ({ ...detailed(index), x: [] }))],
    ['two lists', sourcesOf([2, 18], (index) => ({ ...detailed(index), x: [] }))]
  ])('one entry too many in %s, nothing behind is read', async (_name, payload) => {
    const { parsed } = await read(json(payload), { maxRecords: 3 })
    // What surrounds the entries, the first one to see how timestamps are written, three entries, and the whole.
    expect(parsed).toHaveLength(1 + 1 + 3 + 1)
  })
})

describe('readDelivery: what is parsed', () => {
  test('more values than maxValues in doubtful entries together, refused without parsing all', async () => {
    const delivery = json(payloadOf(20, (index) => ({ ...detailed(index), x: Array(100).fill(1) })))
    const { result, parsed } = await read(delivery, { maxValues: 1_000 })
    expect(result).toBe('THRYVE_TOO_MANY_RECORDS')
    expect(parsed.length).toBeLessThan(12)
    expect((await read(delivery, { maxValues: 3_000 })).result).toHaveProperty('right.badRecords', 0)
  })

  test('usual entries, are not counted as values', async () => {
    const { result, isWhole } = await read(json(payloadOf(20)), { maxValues: 20 })
    expect(result).toHaveProperty('right.badRecords', 0)
    expect(isWhole).toBe(false)
  })

  test.each([
    ['a source', payloadOf(20), 60],
    ['a list of sources', sourcesOf([10, 10]), 59]
  ])('an entry of %s, may have 64 levels with those around it', async (_name, payload, levels) => {
    const edited = (levels: number) => json(payload).replace('"value":"7.0"', `${nested(levels)}$&`)
    const { result, isWhole } = await read(edited(levels))
    expect(result).toHaveProperty('right.badRecords', 1)
    expect(isWhole).toBe(false)
    expect((await read(edited(levels + 1))).result).toBe('THRYVE_INVALID_JSON')
  })

  test('many different keys in doubtful entries together, refused', async () => {
    const keys = (index: number) => Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${index}-${at}`, 1]))
    const keyed = (count: number) => json(payloadOf(count, (index) => ({ ...detailed(index), x: keys(index) })))
    expect((await read(keyed(150))).result).toHaveProperty('right.badRecords', 0)
    expect((await read(keyed(500))).result).toBe('THRYVE_TOO_MANY_RECORDS')
  })

  test('many different keys where a second value hides them, refused', async () => {
    let entry = 0
    const hiding = () => {
      entry += 1
      return `"value":{${Array.from({ length: 20 }, (_, at) => `"k${entry}-${at}":1`).join()}},"value"`
    }
    const delivery = json(payloadOf(500)).replaceAll('"value"', hiding)
    expect((await read(delivery)).result).toBe('THRYVE_TOO_MANY_RECORDS')
  })
})
