/** Reading a delivery entry by entry gives what reading it as a whole gives. */
import fc from 'fast-check'
import { epochPayload, steps } from './deliveries'
import { detailed, expectSame, payloadOf, read, sourcesOf } from './reading'

const nested = (levels: number) => `"x":${'['.repeat(levels)}${']'.repeat(levels)},`

const pieces = fc.constantFrom(
  ...['null', '{}', '},{', '}, {', ']', '[', '[ ]', '"', '\\', ',', ' ', '\ufeff', '\u00fc', '\ud83d\ude00', 'null,'],
  ...['1e999', '9007199254740993', '-0', '"x":{"y":[{},{}]},', '"value":"1",', '"dataTypeId":"1",', '"epochData":[],'],
  ...['"epochData":[', '"value":"},{",', '['.repeat(70), '"additionalDetails":{"generationType":"tracker"},'],
  '"measurementReference":123456789012345678901,'
)
/** Most texts put between two fields leave JSON valid. */
const places = fc.constantFrom('', '"startTimestamp"', '"startTimestamp"', '{"startTimestamp"')

describe('readDelivery', () => {
  test.each([1, 9, 10, 40, 300])('%i entries, as read whole', async (count) => {
    const decoded = await expectSame(JSON.stringify(payloadOf(count)))
    expect(decoded).toHaveProperty('right.event.records.length', count)
  })

  test.each([
    [[20, 20]],
    [[0, 30, 0]],
    [[1, 0, 20, 10]],
    [Array.from({ length: 64 }, () => 2)],
    [Array.from({ length: 65 }, () => 2)]
  ])('sources of %j entries, as read whole', async (counts) => {
    const decoded = await expectSame(JSON.stringify(sourcesOf(counts)))
    expect(decoded).toHaveProperty(
      'right.event.records.length',
      counts.reduce((sum, count) => sum + count)
    )
  })

  test.each<[string, (text: string) => string]>([
    ['two lists in a source', (text) => text.replace('}]},{"dataSourceId":6', '}],"dailyData":[]},{"dataSourceId":6')],
    ['a source that is none', (text) => text.replace('"dataSourceId":6', '"dataSourceId":"6"')],
    ['a source that is null', (text) => text.replace('{"dataSourceId":6', 'null,{"dataSourceId":6')],
    ['a list within an entry', (text) => text.replace('"value":"7.0"', '"epochData":[],"value":"7.0"')],
    ['a list within the envelope', (text) => text.replace('{', '{"note":{"epochData":[1]},')],
    ['the list of sources in a text', (text) => text.replace('{', '{"note":"\\"data\\":[",')],
    ['an unknown field in a source', (text) => text.replace('"dataSourceId":6', '"x":9007199254740993,$&')],
    ['a bad entry in the second source', (text) => text.replace(/(.*)"value":"7\.0"/, '$1"value":{}')]
  ])('several sources and %s, as read whole', async (_name, edit) => {
    const text = JSON.stringify(sourcesOf([10, 10, 10]))
    expect(edit(text)).not.toBe(text)
    await expectSame(edit(text))
  })

  test.each<[string, string]>([
    ['spaces everywhere', JSON.stringify(payloadOf(30), null, 2)],
    ['escapes everywhere', JSON.stringify(payloadOf(30)).replaceAll('DOUBLE', '\\u0044OUBLE')],
    ['unix timestamps', JSON.stringify(payloadOf(30)).replaceAll(/"2024[^"]*Z"/g, '1714521600000')],
    [
      'an unknown field in one entry',
      JSON.stringify(payloadOf(30)).replace('"value":"20.0"', '"x":{"y":9007199254740993},$&')
    ],
    ['an unknown field in every entry', JSON.stringify(payloadOf(30)).replaceAll('"value"', '"x":null,"z":1,$&')],
    ['an unknown field in the envelope', JSON.stringify({ new: { a: 1 }, ...payloadOf(30) })],
    [
      'a field of the envelope that is a long integer',
      JSON.stringify(payloadOf(30)).replace('{', '{"new":9007199254740993,')
    ],
    ['a bad entry far behind', JSON.stringify(payloadOf(30)).replace('"value":"28.0"', '"value":{}')],
    ['nothing but bad entries', JSON.stringify(payloadOf(120, (index) => ({ index, note: 'x'.repeat(20) })))],
    ['both lists', JSON.stringify(payloadOf(30)).replace('"epochData"', '"dailyData":[],"epochData"')],
    [
      'a list that is null beside the other',
      JSON.stringify(payloadOf(30)).replace('"epochData"', '"dailyData":null,$&')
    ],
    ['the list twice', JSON.stringify(payloadOf(30)).replace('"epochData"', '"epochData":[],"epochData"')],
    ['a text that looks like a seam', JSON.stringify(payloadOf(30, (index) => steps('},{"x":[', { x: index })))],
    ['lists of objects in entries', JSON.stringify(payloadOf(30, (index) => steps('1', { x: [{}, {}, { index }] })))],
    ['an unknown type', JSON.stringify(epochPayload(Array(30).fill(detailed(1)), 'event.new'))],
    ['no user', JSON.stringify({ ...payloadOf(30), endUserId: '' })],
    ['a byte order mark', `\ufeff${JSON.stringify(payloadOf(30))}`],
    ['65 levels', JSON.stringify(payloadOf(30)).replace('"value"', `${nested(61)}$&`)],
    ['64 levels', JSON.stringify(payloadOf(30)).replace('"value"', `${nested(60)}$&`)],
    ['no end', JSON.stringify(payloadOf(30)).slice(0, -1)],
    ['an end too many', `${JSON.stringify(payloadOf(30))}]`]
  ])('%s, as read whole', async (_name, text) => {
    await expectSame(text)
  })

  test.each([
    ['in an entry', '"value":"7.0"', '"value":"7\xff"'],
    ['around the entries', '"endUserId":"', '"endUserId":"\xff']
  ])('bytes %s that are no UTF-8, refused as when read whole', async (_name, found, replaced) => {
    const bytes = Buffer.from(JSON.stringify(payloadOf(30)).replace(found, replaced), 'latin1')
    expect(await expectSame(bytes)).toBe('THRYVE_INVALID_UTF8')
  })

  test('any text put anywhere into a delivery, the same result, errors and extra', async () => {
    const texts = [payloadOf(10), payloadOf(24), sourcesOf([8, 0, 16])].map((payload) => JSON.stringify(payload))
    const where = fc.double({ min: 0, max: 0.9999, noNaN: true })
    const edits = fc.array(fc.tuple(where, fc.nat({ max: 3 }), pieces, places), { minLength: 1, maxLength: 3 })
    // As many as there are, one more or fewer, or no limit that is met.
    const maxRecords = fc.constantFrom(9, 10, 11, 23, 24, 25, 26, 1_000, 1_000, 1_000)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...texts), edits, maxRecords, async (text, edits, maxRecords) => {
        let edited = text
        for (const [where, dropped, piece, place] of edits) {
          const at = edited.indexOf(place, Math.floor(where * edited.length))
          if (at >= 0) edited = edited.slice(0, at) + piece + edited.slice(at + (place === '' ? dropped : 0))
        }
        await expectSame(edited, { maxRecords })
      }),
      { numRuns: 600 }
    )
  })

  test('others get their turn before a long delivery is read', async () => {
    const bytes = Buffer.from(JSON.stringify(payloadOf(6_000)))
    let turns = 0
    let isRead = false
    const count = (): void => {
      turns += 1
      if (!isRead) setImmediate(count)
    }
    setImmediate(count)
    await read(bytes)
    isRead = true
    expect(turns).toBeGreaterThan(1)
  })
})
