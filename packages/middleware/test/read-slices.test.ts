/** Which deliveries are read slice by slice, and what is looked at on the way. */
import { performance } from 'node:perf_hooks'
import timers from 'node:timers/promises'
import { decodeDelivery } from '../src/codecs/delivery'
import { epochItem } from '../src/codecs/item'
import { readDelivery } from '../src/codecs/read-delivery'
import { leastLength } from '../src/codecs/wire-length'
import { parseJson } from '../src/json'
import { epochPayload, steps } from './deliveries'

const SLICE = 65_536
const limits = { maxRecords: 200_000, maxValues: 4_800_000 }

const entries = (count: number, fields: object = {}) => Array.from({ length: count }, () => steps('72.5', fields))
const payload = epochPayload(entries(900))
const text = JSON.stringify(payload)
const list = JSON.stringify(entries(900))
const { data: _data, ...envelope } = payload
const days = Array.from({ length: 900 }, () => ({ day: '2022-09-07', dataTypeId: 1000, value: '72.5' }))

/** Reads a delivery as the receiver does; tells the longest text that was parsed at once, and how many were. */
const read = async (delivery: string, maxValues = limits.maxValues, maxRecords = limits.maxRecords) => {
  const parse = jest.spyOn(JSON, 'parse')
  const result = await readDelivery(Buffer.from(delivery), { maxRecords, maxValues }).catch(({ code }) => code)
  const lengths = parse.mock.calls.map(([parsed]) => parsed.length)
  parse.mockRestore()
  return { result, longest: Math.max(...lengths), parses: lengths.length }
}
const expectRead = async (delivery: string, isSliced: boolean) => {
  const { result, longest } = await read(delivery)
  expect(result).toStrictEqual(decodeDelivery(parseJson(Buffer.from(delivery), limits)))
  expect(longest === delivery.length).toBe(!isSliced)
  if (isSliced) expect(longest).toBeLessThan(2.2 * SLICE)
  return result
}
const around = (before: string, after: string) =>
  `{${before}"type":"${payload.type}","data":{"dataSourceId":5,"epochData":${list}}${after}}`
const note = (length: number) => `"endUserId":"u","note":"${'x'.repeat(length)}",`

describe('readDelivery: in slices', () => {
  afterEach(() => jest.restoreAllMocks())

  test.each<[string, string]>([
    ['as a sender writes it', text],
    ['with lines and indentation', JSON.stringify(epochPayload(entries(2_000)), null, 2)],
    ['with spaces before the colon of its list', text.replace('"epochData":', '"epochData"  :')],
    ['with the other name of its list', text.replace('"epochData":', '"dailyData":')],
    [
      'of days',
      JSON.stringify({ ...envelope, type: 'event.data.daily.create', data: { dataSourceId: 5, dailyData: days } })
    ],
    ['of two sources', JSON.stringify({ ...payload, data: [payload.data, payload.data] })],
    ['with a bad entry', text.replace('"value":"72.5"', '"value":{}')],
    [
      'of days with a bad entry',
      JSON.stringify({
        ...envelope,
        type: 'event.data.daily.create',
        data: { dataSourceId: 5, dailyData: [...days, {}] }
      })
    ],
    [
      'with an entry as long as a slice at its end, and a seam behind its list',
      JSON.stringify({
        ...envelope,
        data: { dataSourceId: 5, epochData: [...entries(900), steps('x'.repeat(70_000))] },
        note: '},{'
      })
    ]
  ])('%s, a long delivery is', async (_name, delivery) => {
    await expectRead(delivery, true)
  })

  test.each<[string, string]>([
    ['of an unknown type', JSON.stringify({ ...payload, type: 'event.data.measurement.create' })],
    ['of a type that is no text', JSON.stringify({ ...payload, type: 7 })],
    ['of a notification', JSON.stringify({ ...payload, type: 'notification.data.epoch.createupdate' })],
    ['of no user', JSON.stringify({ ...payload, endUserId: 7 })],
    ['of no source', JSON.stringify({ ...payload, data: { epochData: payload.data.epochData } })],
    ['whose source has another list', text.replace('"epochData":', '"dailyDat\\u0061":[{}],"epochData":')],
    [
      'whose list stands outside of its source',
      `{"endUserId":"u","type":"${payload.type}","data":{"dataSourceId":5,"epochDat\\u0061":[]},"dailyData":${list}}`
    ],
    [
      'whose list of one stands outside of its source',
      `{"endUserId":"u","type":"${payload.type}","data":{"dataSourceId":5,"epochDat\\u0061":["x"]},"dailyData":${list}}`
    ]
  ])('%s, a long delivery is not', async (_name, delivery) => {
    await expectRead(delivery, false)
  })

  test('up to 4,096 characters before its list and behind, a long delivery is', async () => {
    const before = around(note(0), '').indexOf('"epochData":[') + '"epochData":['.length
    await expectRead(around(note(4_096 - before), ''), true)
    await expectRead(around(note(4_097 - before), ''), false)
    const spaced = (length: number) => around(note(0), ' '.repeat(length - ']}}'.length))
    await expectRead(spaced(4_096), true)
    await expectRead(spaced(4_097), false)
  })

  test('from 16,384 bytes on, a delivery is', async () => {
    const ending = (length: number) => JSON.stringify(epochPayload([...entries(9), steps('x'.repeat(length))]))
    const sized = (length: number) => ending(length - ending(0).length)
    await expectRead(sized(16_384), true)
    await expectRead(sized(16_383), false)
  })

  test('every slice, is as long as 64 Ki characters and the entry that ends it', async () => {
    const { longest, parses } = await read(text)
    const slices = Math.ceil(list.length / SLICE)
    expect(longest).toBeGreaterThan(SLICE)
    expect(longest).toBeLessThan(SLICE + 300)
    expect(parses).toBe(1 + slices)
  })

  test('usual entries, are not shown to the composed codecs', async () => {
    const validate = jest.spyOn(epochItem.ISO, 'validate')
    await expectRead(text, true)
    expect(validate).not.toHaveBeenCalled()
  })

  test('maxRecords, is met to the entry, in slices and whole', async () => {
    expect(await read(text, limits.maxValues, 900)).toMatchObject({ result: { right: {} }, parses: 3 })
    expect((await read(text, limits.maxValues, 899)).result).toBe('THRYVE_TOO_MANY_RECORDS')
    const short = JSON.stringify(epochPayload(entries(3)))
    expect((await read(short, limits.maxValues, 3)).result).toHaveProperty('right')
    expect((await read(short, limits.maxValues, 2)).result).toBe('THRYVE_TOO_MANY_RECORDS')
  })
})

describe('readDelivery: the scan that counts values', () => {
  // A delivery that is scanned is found to have more than one.
  const isScanned = async (delivery: string) => {
    const { result } = await read(delivery, 1)
    if (result !== 'THRYVE_TOO_MANY_RECORDS') expect(result).toHaveProperty('right.badRecords', 0)
    return result === 'THRYVE_TOO_MANY_RECORDS'
  }
  const spaced = (spaces: number) => text.replaceAll('"value":', `${' '.repeat(spaces)}"value":`)

  test('what is written without a character too many, is spared it', async () => {
    expect(await isScanned(text)).toBe(false)
  })

  test('what hides more than 24 Ki characters in all its slices, is not', async () => {
    expect(await isScanned(spaced(20))).toBe(false)
    expect(await isScanned(spaced(32))).toBe(true)
  })

  test('24 Ki characters that stand for nothing, are the most to be spared it', async () => {
    const plain = entries(200)
    const hidden = plain.reduce((sum, entry) => sum + JSON.stringify(entry).length - leastLength(entry), 1)
    const spaced = (spaces: number) =>
      JSON.stringify(epochPayload(plain)).replace('"value":', `${' '.repeat(spaces - hidden)}"value":`)
    expect(await isScanned(spaced(24_576))).toBe(false)
    expect(await isScanned(spaced(24_577))).toBe(true)
  })

  test('what is longer than two slices in one piece, is not', async () => {
    const ending = (length: number) => JSON.stringify(epochPayload([steps('x'.repeat(length))]))
    const long = (length: number) => ending(length - JSON.stringify([steps('')]).length + '[]'.length)
    expect(await isScanned(long(2 * SLICE))).toBe(false)
    expect(await isScanned(long(2 * SLICE + 1))).toBe(true)
  })

  test('once too much is hidden, every slice is scanned before it is parsed', async () => {
    // Some four values an entry: the first slice has fewer than 2,200, both have more.
    const { result, parses } = await read(spaced(60), 2_200)
    expect(result).toBe('THRYVE_TOO_MANY_RECORDS')
    expect(parses).toBe(2)
  })

  test('what has an unusual entry, is not', async () => {
    const short = JSON.stringify(epochPayload(entries(240)))
    for (const delivery of [short, text])
      expect(await isScanned(delivery.replace('"value":"72.5"', '"x":1,"value":"72.5"'))).toBe(true)
  })
})

describe('readDelivery: turns', () => {
  afterEach(() => jest.restoreAllMocks())

  test('others have theirs between two slices, where they have waited', async () => {
    const long = JSON.stringify(epochPayload(entries(3_000)))
    const turn = jest.spyOn(timers, 'setImmediate')
    const clock = jest.spyOn(performance, 'now').mockReturnValue(7)
    const { parses } = await read(long)
    expect(parses).toBeGreaterThan(4)
    expect(turn).not.toHaveBeenCalled()
    let now = 7
    clock.mockImplementation(() => {
      now += 5
      return now
    })
    await read(long)
    // One text is what surrounds the list; behind the last slice nobody waits for it.
    expect(turn).toHaveBeenCalledTimes(parses - 2)
  })
})
