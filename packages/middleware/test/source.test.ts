import { isRight, right } from 'fp-ts/lib/Either'
import { decodeDelivery } from '../src/codecs/delivery'
import { countEntries, decodeSources, openSource, Source } from '../src/codecs/source'

const item = { startTimestamp: '2022-09-07T19:39:32Z', dataTypeId: 1000, value: '53.0' }
const daily = { day: '2022-09-07', dataTypeId: 1000, value: '11203' }
const source = { dataSourceId: 5, epochData: [item] }
const delivery = (data: unknown, fields: object = {}) => ({
  endUserId: 'user-1',
  type: 'event.data.epoch.create',
  data,
  ...fields
})
const outcome = (payload: unknown) => {
  const result = decodeDelivery(payload)
  return isRight(result) ? result.right : result.left
}
const recordsOf = (payload: unknown) => {
  const result = outcome(payload)
  return 'event' in result && 'records' in result.event ? result.event.records : []
}

const ofDay = (ofSource: object, ofDelivery: object) =>
  delivery({ dataSourceId: 5, dailyData: [daily], ...ofSource }, { type: 'event.data.daily.update', ...ofDelivery })

describe('countEntries', () => {
  test.each<[string, unknown, number]>([
    ['nothing', undefined, 1],
    ['null', null, 1],
    ['no data', {}, 1],
    ['data that is no source', { data: 'text' }, 1],
    ['no source', { data: [] }, 0],
    ['an empty source', { data: { epochData: [] } }, 1],
    ['lists that are none', { data: { epochData: { length: 9 }, dailyData: 'text' } }, 1],
    ['one entry', { data: { epochData: [{}] } }, 1],
    ['entries that cannot be decoded', { data: { epochData: [1, null, {}] } }, 3],
    ['both lists', { data: { epochData: [1, 2], dailyData: [3] } }, 3],
    ['several sources', { data: [{ epochData: [1, 2] }, {}, null, { dailyData: [3, 4, 5] }] }, 7]
  ])('%s, counts', (_name, payload, entries) => expect(countEntries(payload)).toBe(entries))
})

describe('decodeDelivery: sources', () => {
  test('what a source says of itself, is in each of its records', () => {
    const data = [
      { ...source, dataSourceName: 'Watch' },
      { dataSourceId: 2, dailyData: [item, item] }
    ]
    expect(recordsOf(delivery(data, { endUserAlias: 'alias' }))).toEqual(
      [{ dataSourceId: 5, dataSourceName: 'Watch' }, { dataSourceId: 2 }, { dataSourceId: 2 }].map((own) =>
        expect.objectContaining({ dimension: 'epoch', endUserId: 'user-1', endUserAlias: 'alias', ...own })
      )
    )
  })

  test.each<[string, unknown, object[]]>([
    ['no object', 'text', [{ path: 'data', expected: 'source' }]],
    [
      'no list',
      { dataSourceId: 5 },
      [{ path: 'data.epochData', expected: 'a list of records, as epochData or dailyData' }]
    ],
    ['a list that is none', { dataSourceId: 5, dailyData: {} }, [{ path: 'data.dailyData', expected: 'list' }]],
    ['an id that is none', { ...source, dataSourceId: '5' }, [{ path: 'data.dataSourceId', expected: 'integer' }]]
  ])('%s, is refused with its place; in a list of sources it is left out', (_name, data, failures) => {
    expect(outcome(delivery(data))).toEqual({ code: 'THRYVE_INVALID_PAYLOAD', endUserId: 'user-1', failures })
    const result = outcome(delivery([source, data, source]))
    const inList = failures.map((failure) => ({
      ...failure,
      path: (failure as { path: string }).path.replace('data', 'data[1]')
    }))
    expect(result).toMatchObject({ badRecords: 1, failures: inList, event: { records: [{}, {}] } })
  })

  test('no source at all, is a delivery of no records', () => {
    expect(outcome(delivery([], { timestampType: 'unix' }))).toEqual({
      event: { endUserId: 'user-1', type: 'event.data.epoch.create', timestampType: 'UNIX', records: [] },
      failures: [],
      badRecords: 0
    })
  })

  test('bad records of each list, are found at their places', () => {
    const data = [source, { dataSourceId: 2, epochData: [item, 7], dailyData: [null, item] }]
    expect(outcome(delivery(data))).toMatchObject({
      badRecords: 2,
      failures: [
        { path: 'data[1].epochData[1]', expected: 'epoch record' },
        { path: 'data[1].dailyData[0]', expected: 'epoch record' }
      ]
    })
    const days = delivery({ dataSourceId: 2, dailyData: [daily, item] }, { type: 'event.data.daily.update' })
    expect(outcome(days)).toMatchObject({
      badRecords: 1,
      failures: [{ path: 'data.dailyData[1].day', expected: expect.stringMatching(/^day/) }]
    })
  })

  test('failures, are described up to the record that brings the hundredth', () => {
    const bad = (count: number) => outcome(delivery({ dataSourceId: 5, epochData: Array(count).fill({}) }))
    // An empty entry lacks three fields.
    expect(bad(33)).toMatchObject({ badRecords: 33, failures: { length: 99 } })
    expect(bad(34)).toMatchObject({ badRecords: 34, failures: { length: 102 } })
    expect(bad(10_000)).toMatchObject({ badRecords: 10_000, failures: { length: 102 } })
    const single = Array(200).fill({ ...item, dataTypeId: 'x' })
    expect(outcome(delivery({ dataSourceId: 5, epochData: single }))).toMatchObject({ failures: { length: 100 } })
  })

  test('unknown fields of delivery and source, are repeated up to 4,096 characters of JSON', () => {
    const around = '{"delivery":{"note":""},"source":{"x":1}}'.length
    const noted = (length: number) => ofDay({ x: 1 }, { note: 'x'.repeat(length - around) })
    expect(recordsOf(noted(4_096))[0]?.extra).toHaveLength(4_096)
    expect(outcome(noted(4_097))).toEqual({
      code: 'THRYVE_INVALID_PAYLOAD',
      endUserId: 'user-1',
      failures: [{ path: 'data', expected: 'unknown fields of at most 4096 characters' }]
    })
  })

  test.each<[string, object, object, string]>([
    ['the delivery', {}, { y: 2 }, '{"delivery":{"y":2}}'],
    ['the source', { x: 1 }, {}, '{"source":{"x":1}}'],
    ['both', { x: 1 }, { y: 2 }, '{"delivery":{"y":2},"source":{"x":1}}']
  ])('unknown fields of %s, are the extra of a plain record', (_name, ofSource, ofDelivery, extra) => {
    expect(recordsOf(ofDay(ofSource, ofDelivery))).toEqual([expect.objectContaining({ extra })])
    expect(recordsOf(delivery({ ...source, ...ofSource }, ofDelivery))).toEqual([expect.objectContaining({ extra })])
    // A field that is null means nothing, but the entry is none of the usual ones.
    const unusual = { ...source, ...ofSource, epochData: [{ ...item, note: null }] }
    expect(recordsOf(delivery(unusual, ofDelivery))).toEqual([expect.objectContaining({ extra })])
  })

  test('no unknown fields, no extra', () => {
    expect(recordsOf(delivery(source))[0]).not.toHaveProperty('extra')
  })
})

describe('openSource', () => {
  test('a plain source of a plain delivery, has no field more than it has', () => {
    expect(openSource({ dataSourceId: 5, epochData: [7] }, [], { endUserId: 'user-1' })).toStrictEqual(
      right({ fields: { endUserId: 'user-1', dataSourceId: 5 }, epochData: [7], dailyData: undefined })
    )
  })
})

describe('decodeSources', () => {
  const first = (data: unknown) => {
    const sources = decodeSources('epoch', data, { endUserId: 'user-1' })
    return isRight(sources) ? sources.right.firstItem : sources
  }

  test('the first entry, is the first that there is, good or bad', () => {
    expect(first([{ ...source, epochData: [] }, { ...source, epochData: [7, item] }, source])).toBe(7)
    expect(first([{ ...source, epochData: [] }])).toBeUndefined()
  })
})

describe('Source', () => {
  test('its entries, are not looked at', () => {
    expect(Source.name).toBe('source')
    expect(Source.decode({ dataSourceId: 5, epochData: [7], dailyData: null })).toMatchObject({
      right: { dataSourceId: 5, epochData: [7] }
    })
  })
})
