/** Reading a delivery slice by slice gives what reading it as a whole gives. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { decodeDelivery } from '../src/codecs/delivery'
import { readDelivery } from '../src/codecs/read-delivery'
import { leastLength } from '../src/codecs/wire-length'
import { parseJson } from '../src/json'
import { epochPayload, steps } from './deliveries'

const limits = { maxRecords: 200_000, maxValues: 4_800_000 }

const outcomeOf = async (read: () => unknown): Promise<unknown> => {
  try {
    return await read()
  } catch (error) {
    return (error as { code?: string }).code ?? error
  }
}

const expectSame = async (text: string): Promise<unknown> => {
  const bytes = Buffer.from(text)
  const sliced = await outcomeOf(() => readDelivery(bytes, limits))
  const whole = await outcomeOf(() => decodeDelivery(parseJson(bytes, limits)))
  if (!isDeepStrictEqual(sliced, whole)) expect(sliced).toStrictEqual(whole)
  return sliced
}

const time = (index: number) => new Date(Date.UTC(2024, 4, 1) + index * 60_000).toISOString()
const detailed = (index: number) =>
  steps(`${index}.0`, {
    startTimestamp: time(index),
    additionalDetails: { creationTimestamp: time(index + 1), valueType: 'DOUBLE', measurementReference: 9e15 + index }
  })
const payloadOf = (count: number, item: (index: number) => object = detailed) =>
  epochPayload(Array.from({ length: count }, (_, index) => item(index)))

const sourcesOf = (counts: readonly number[]) => {
  const { data, ...envelope } = payloadOf(0)
  const sources = counts.map((count, index) => ({
    dataSourceId: 5 + index,
    epochData: Array.from({ length: count }, (_, minute) => detailed(minute))
  }))
  return { ...envelope, data: sources }
}

const pieces = fc.constantFrom(
  ...[
    'null',
    '{}',
    '},{',
    '}, {',
    ']',
    '[',
    '"',
    '\\',
    ',',
    '1e999',
    '9007199254740993',
    '-0',
    '\u00fc',
    '\ud83d\ude00'
  ],
  ...['"x":{"y":[{},{}]},', '"value":"1",', '"dataTypeId":"1",', '"measurementReference":123456789012345678901,'],
  ...['"epochData":[', '"value":"},{",', `${'['.repeat(70)}`, '"additionalDetails":{"generationType":"tracker"},']
)

describe('readDelivery', () => {
  test.each([1, 100, 200, 500, 1_500])('%i entries, as read whole', async (count) => {
    const decoded = await expectSame(JSON.stringify(payloadOf(count)))
    expect(decoded).toHaveProperty('right.event.records.length', count)
  })

  test.each([
    [[500, 500]],
    [[0, 900, 0]],
    [[1, 0, 700, 200]],
    [Array.from({ length: 64 }, () => 20)],
    [Array.from({ length: 65 }, () => 20)]
  ])('sources of %j entries, as read whole', async (counts) => {
    const decoded = await expectSame(JSON.stringify(sourcesOf(counts)))
    expect(decoded).toHaveProperty(
      'right.event.records.length',
      counts.reduce((sum, count) => sum + count)
    )
  })

  test('several sources, others get their turn before all are read', async () => {
    const bytes = Buffer.from(JSON.stringify(sourcesOf([3_000, 3_000, 3_000])))
    let turns = 0
    let isRead = false
    const count = (): void => {
      turns += 1
      if (!isRead) setImmediate(count)
    }
    setImmediate(count)
    await readDelivery(bytes, limits)
    isRead = true
    expect(turns).toBeGreaterThan(3)
  })

  test.each([
    [
      'two lists in a source',
      (text: string) => text.replace('}]},{"dataSourceId":6', '}],"dailyData":[]},{"dataSourceId":6')
    ],
    ['a source that is none', (text: string) => text.replace('"dataSourceId":6', '"dataSourceId":"6"')],
    ['a list within an entry', (text: string) => text.replace('"value":"7.0"', '"epochData":[],"value":"7.0"')],
    ['a list within the envelope', (text: string) => text.replace('{', '{"note":{"epochData":[1]},')],
    ['the list of sources in a text', (text: string) => text.replace('{', '{"note":"\\"data\\":[",')],
    [
      '64 levels in an entry',
      (text: string) => text.replace('"value":"7.0"', `"x":${'['.repeat(60)}${']'.repeat(60)},"value":"7.0"`)
    ],
    [
      '65 levels in an entry',
      (text: string) => text.replace('"value":"7.0"', `"x":${'['.repeat(61)}${']'.repeat(61)},"value":"7.0"`)
    ],
    ['a bad entry in the second source', (text: string) => text.replace(/(.*)"value":"7\.0"/, '$1"value":{}')]
  ])('several sources and %s, as read whole', async (_name, edit) => {
    const text = JSON.stringify(sourcesOf([300, 300, 300]))
    expect(edit(text)).not.toBe(text)
    await expectSame(edit(text))
  })

  test.each([
    [[900], 900, false],
    [[900], 899, true],
    [[450, 0, 450], 901, false],
    [[450, 0, 450], 900, true]
  ])('sources of %j entries at maxRecords %i, refused: %p', async (counts, maxRecords, isRefused) => {
    const bytes = Buffer.from(JSON.stringify(sourcesOf(counts)))
    const result = await outcomeOf(() => readDelivery(bytes, { ...limits, maxRecords }))
    expect(result === 'THRYVE_TOO_MANY_RECORDS').toBe(isRefused)
  })

  test('any text put anywhere into a long delivery, the same result, errors and extra', async () => {
    const texts = [payloadOf(900), sourcesOf([300, 0, 600])].map((payload) => JSON.stringify(payload))
    const edits = fc.array(fc.tuple(fc.double({ min: 0, max: 0.9999, noNaN: true }), fc.nat({ max: 3 }), pieces), {
      minLength: 1,
      maxLength: 3
    })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...texts), edits, fc.boolean(), async (text, edits, isAtEntries) => {
        let edited = text
        for (const [where, dropped, piece] of edits) {
          const at = Math.floor(where * edited.length)
          // Most texts put between two fields leave JSON valid.
          const from = isAtEntries ? edited.indexOf('"startTimestamp"', at) : at
          if (from >= 0) edited = edited.slice(0, from) + piece + edited.slice(from + (isAtEntries ? 0 : dropped))
        }
        await expectSame(edited)
      }),
      { numRuns: 200 }
    )
  }, 120_000)

  test.each([
    ['spaces everywhere', JSON.stringify(payloadOf(1_500), null, 2)],
    ['escapes everywhere', JSON.stringify(payloadOf(900)).replaceAll('DOUBLE', '\\u0044OUBLE')],
    ['unix timestamps', JSON.stringify(payloadOf(900)).replaceAll(/"2024[^"]*Z"/g, '1714521600000')],
    [
      'an unknown field in one entry',
      JSON.stringify(payloadOf(900)).replace('"value":"600.0"', '"x":{"y":9007199254740993},$&')
    ],
    ['an unknown field in every entry', JSON.stringify(payloadOf(900)).replaceAll('"value"', '"x":null,"z":1,$&')],
    ['an unknown field in the envelope', JSON.stringify({ new: { a: 1 }, ...payloadOf(900) })],
    ['a bad entry far behind', JSON.stringify(payloadOf(900)).replace('"value":"800.0"', '"value":{}')],
    ['two sources', JSON.stringify({ ...payloadOf(1), data: [payloadOf(300).data, payloadOf(300).data] })],
    ['both lists', JSON.stringify(payloadOf(900)).replace('"epochData"', '"dailyData":[],"epochData"')],
    ['the list twice', JSON.stringify(payloadOf(900)).replace('"epochData"', '"epochData":[],"epochData"')],
    ['a text that looks like a seam', JSON.stringify(payloadOf(900, (index) => steps('},{"x":[', { x: index })))],
    ['lists of objects in entries', JSON.stringify(payloadOf(900, (index) => steps('1', { x: [{}, {}, { index }] })))],
    ['an unknown type', JSON.stringify(epochPayload(Array(900).fill(detailed(1)), 'event.new'))],
    ['no user', JSON.stringify({ ...payloadOf(900), endUserId: '' })],
    ['65 levels', JSON.stringify(payloadOf(900)).replace('"value"', `"x":${'['.repeat(61)}${']'.repeat(61)},"value"`)],
    ['64 levels', JSON.stringify(payloadOf(900)).replace('"value"', `"x":${'['.repeat(60)}${']'.repeat(60)},"value"`)],
    ['5,000 keys', JSON.stringify(payloadOf(5_000, (index) => steps('1', { [`k${index}`]: 1 })))],
    ['no end', JSON.stringify(payloadOf(900)).slice(0, -1)],
    ['an end too many', `${JSON.stringify(payloadOf(900))}]`]
  ])('%s, as read whole', async (_name, text) => {
    await expectSame(text)
  })

  test('more entries than maxRecords, refused', async () => {
    const bytes = Buffer.from(JSON.stringify(payloadOf(900)))
    expect(await outcomeOf(() => readDelivery(bytes, { ...limits, maxRecords: 899 }))).toBe('THRYVE_TOO_MANY_RECORDS')
    expect(await outcomeOf(() => readDelivery(bytes, { ...limits, maxRecords: 900 }))).toHaveProperty('right')
  })

  test('many different keys where a second value hides them, refused', async () => {
    const hiding = (index: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${index}-${at}`, 1])))
    let entry = 0
    const next = () => {
      entry += 1
      return `"value":${hiding(entry)},"value"`
    }
    const text = JSON.stringify(payloadOf(900)).replaceAll('"value"', next)
    expect(await outcomeOf(() => readDelivery(Buffer.from(text), limits))).toBe('THRYVE_TOO_MANY_RECORDS')
  })

  test('a long delivery, others get their turn before it is read', async () => {
    let turns = 0
    let isRead = false
    const reading = readDelivery(Buffer.from(JSON.stringify(payloadOf(40_000))), limits).then(() => {
      isRead = true
    })
    while (!isRead) {
      turns += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
    await reading
    expect(turns).toBeGreaterThan(5)
  })
})

describe('leastLength', () => {
  test('any entry, never more than its text', () => {
    const number = fc.tuple(fc.integer(), fc.constantFrom(1, 1e3, 1e6, 1e-3)).map(([number, factor]) => number * factor)
    const plain = fc.oneof(number, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string(), fc.boolean())
    const entry = fc.dictionary(fc.string(), fc.oneof(plain, fc.dictionary(fc.string(), plain)))
    fc.assert(
      fc.property(entry, (value) => {
        expect(leastLength(value)).toBeLessThanOrEqual(JSON.stringify(value).length)
      }),
      { numRuns: 1_000 }
    )
  })

  test.each(['0', '-1', '1e2', '1e3', '12e4', '-1e15', '1.5', '1e-7', '9007163812253719', 'true', 'null', '"\\u0041"'])(
    '%s, at most its length',
    (text) => {
      expect(leastLength(JSON.parse(text))).toBeLessThanOrEqual(text.length)
    }
  )

  test('what a sender writes without spaces, nearly all of it', () => {
    for (const item of [detailed(1), detailed(17)]) {
      // The type 1000 could be written 1e3.
      expect(leastLength(item)).toBe(JSON.stringify(item).length - 1)
    }
  })
})
