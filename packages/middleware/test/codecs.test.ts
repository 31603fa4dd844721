import fc from 'fast-check'
import { isLeft, isRight } from 'fp-ts/lib/Either'
import { Delivery, decodeDelivery } from '../src/codecs/delivery'
import { encodeDelivery } from '../src/codecs/encode-delivery'
import { eventNames, type ThryveEvent } from '../src/events'
import { parseJson, stringifyJson } from '../src/json'
import { eventArbitrary } from './arbitraries'
import { vendorExamples } from './vendor-examples'

const decoded = (payload: unknown) => {
  const result = decodeDelivery(payload)
  if (isLeft(result)) throw new Error(`not decoded: ${JSON.stringify(result.left)}`)
  return result.right
}

const refused = (payload: unknown) => {
  const result = decodeDelivery(payload)
  if (isRight(result)) throw new Error('decoded, but must not be')
  return result.left
}

const item = { startTimestamp: '2022-09-07T19:39:32Z', dataTypeId: 1000, value: '53.0' }
const epoch = (...epochData: unknown[]) => ({
  endUserId: 'user-1',
  type: 'event.data.epoch.create',
  data: { dataSourceId: 5, epochData }
})
const recordOf = (fields: object) => decoded(epoch({ ...item, ...fields })).event as ThryveEvent & { records: object[] }

describe("the vendor's examples", () => {
  test.each(Object.entries(vendorExamples))('decode: %s, gives every field', (_name, example) => {
    const { event, badRecords } = decoded(example)
    expect(badRecords).toBe(0)
    expect(event).toMatchSnapshot()
  })

  test.each(Object.entries(vendorExamples))('encode: %s, gives the same wire form back', (name, example) => {
    const encoded: unknown = JSON.parse(stringifyJson(encodeDelivery(decoded(example).event)))
    const { epochData } = example.data as { epochData?: unknown }
    // The page leaves open how a daily list is called, and mislabels its unix daily example.
    const asTheTableSays = { ...example, data: { ...example.data, epochData: undefined, dailyData: epochData } }
    const isDailyInEpochData = example.type.includes('daily') && epochData !== undefined
    const expected = {
      ...(isDailyInEpochData ? asTheTableSays : example),
      ...(name.includes('unix') ? { timestampType: 'UNIX' } : {})
    }
    expect(encoded).toEqual(JSON.parse(JSON.stringify(expected)))
  })
})

describe('Delivery', () => {
  test('decode after encode: any event, is the identity', () => {
    fc.assert(
      fc.property(eventArbitrary, (event) => {
        const wire = parseJson(Buffer.from(stringifyJson(encodeDelivery(event))))
        expect(decoded(wire)).toEqual({ event, failures: [], badRecords: 0 })
        expect(Delivery.is(event)).toBe(true)
      }),
      { numRuns: 500 }
    )
  })

  test('decode: one bad record, fails and names the place without its value', () => {
    const result = Delivery.decode(epoch({ ...item, value: { secret: 'canary' } }))
    expect(isLeft(result) && result.left.map(({ message }) => message)).toEqual([
      'data.epochData[0].value: text, number or boolean'
    ])
  })

  test.each([undefined, null, 7, 'text', [], {}, { type: 'event.data.epoch.create' }])('is: %p, says no', (u) => {
    expect(Delivery.is(u)).toBe(false)
  })
})

describe('decodeDelivery: envelopes', () => {
  test.each([
    ['null', null, 'THRYVE_INVALID_PAYLOAD', ''],
    ['a list', [], 'THRYVE_INVALID_PAYLOAD', ''],
    ['a number', 1, 'THRYVE_INVALID_PAYLOAD', ''],
    ['no type', { endUserId: 'u', data: {} }, 'THRYVE_UNKNOWN_TYPE', 'type'],
    ['a type that is no text', { ...epoch(item), type: 5 }, 'THRYVE_UNKNOWN_TYPE', 'type'],
    ['a type of tomorrow', { ...epoch(item), type: 'event.data.measurement.create' }, 'THRYVE_UNKNOWN_TYPE', 'type'],
    ['a type of Object.prototype', { ...epoch(item), type: 'constructor' }, 'THRYVE_UNKNOWN_TYPE', 'type'],
    ['the legacy trigger', { sourceUpdate: { partnerUserID: 'u' } }, 'THRYVE_UNKNOWN_TYPE', 'type'],
    ['no user', { ...epoch(item), endUserId: undefined }, 'THRYVE_INVALID_PAYLOAD', 'endUserId'],
    ['an empty user', { ...epoch(item), endUserId: '' }, 'THRYVE_INVALID_PAYLOAD', 'endUserId'],
    ['an operator as user', { ...epoch(item), endUserId: { $gt: '' } }, 'THRYVE_INVALID_PAYLOAD', 'endUserId'],
    ['a user of 1 MB', { ...epoch(item), endUserId: 'x'.repeat(1e6) }, 'THRYVE_INVALID_PAYLOAD', 'endUserId'],
    ['a user with a lone surrogate', { ...epoch(item), endUserId: '\ud800' }, 'THRYVE_INVALID_PAYLOAD', 'endUserId'],
    ['no data', { ...epoch(item), data: undefined }, 'THRYVE_INVALID_PAYLOAD', 'data'],
    ['no source id', { ...epoch(item), data: { epochData: [item] } }, 'THRYVE_INVALID_PAYLOAD', 'data.dataSourceId'],
    ['no list', { ...epoch(item), data: { dataSourceId: 5 } }, 'THRYVE_INVALID_PAYLOAD', 'data.epochData'],
    [
      'a list that is none',
      { ...epoch(item), data: { dataSourceId: 5, epochData: {} } },
      'THRYVE_INVALID_PAYLOAD',
      'data.epochData'
    ]
  ])('%s, is refused with its place', (_name, payload, code, path) => {
    const left = refused(payload)
    expect(left.code).toBe(code)
    expect(left.failures.map((failure) => failure.path)).toContain(path)
  })

  test('a refusal names the user where it can be read', () => {
    expect(refused({ endUserId: 'user-1', type: 'event.new' }).endUserId).toBe('user-1')
  })

  test('data as a list of sources, brings the records of all', () => {
    const data = [
      { dataSourceId: 5, epochData: [item] },
      { dataSourceId: 2, dataSourceName: 'Garmin', epochData: [item, item] }
    ]
    const { event } = decoded({ ...epoch(), data })
    expect('records' in event && event.records.map((record) => record.dataSourceId)).toEqual([5, 2, 2])
  })

  test('one bad source of a list, the other sources go on', () => {
    const data = [
      { dataSourceId: 'x', epochData: [item] },
      { dataSourceId: 2, epochData: [item] }
    ]
    const { event, failures, badRecords } = decoded({ ...epoch(), data })
    expect('records' in event && event.records).toHaveLength(1)
    expect({ failures, badRecords }).toEqual({
      failures: [{ path: 'data[0].dataSourceId', expected: 'integer' }],
      badRecords: 1
    })
  })

  test('either list name for either dimension, even both at once', () => {
    const data = { dataSourceId: 5, epochData: [item], dailyData: [item] }
    expect(decoded({ ...epoch(), data }).event).toHaveProperty('records.length', 2)
  })
})

describe('decodeDelivery: records', () => {
  test('bad ones, are left out with path and expectation; the good ones go on', () => {
    const { event, failures, badRecords } = decoded(
      epoch(item, { ...item, startTimestamp: 'yesterday', dataTypeId: '1000' }, item, null, {
        ...item,
        additionalDetails: { medicalGrade: 'yes' }
      })
    )
    expect('records' in event && event.records).toHaveLength(2)
    expect(badRecords).toBe(3)
    expect(failures).toEqual([
      { path: 'data.epochData[1].startTimestamp', expected: 'ISO 8601 instant with zone, or unix milliseconds' },
      { path: 'data.epochData[1].dataTypeId', expected: 'integer' },
      { path: 'data.epochData[3]', expected: 'epoch record' },
      { path: 'data.epochData[4].additionalDetails.medicalGrade', expected: 'boolean' }
    ])
  })

  test('10,000 bad ones, are counted but not all described', () => {
    const { failures, badRecords } = decoded(epoch(...Array.from({ length: 10_000 }, () => ({}))))
    expect(badRecords).toBe(10_000)
    expect(failures.length).toBeLessThan(400)
  })

  test.each([
    ['absent', {}],
    ['null', { endTimestamp: null, timezoneOffset: null, additionalDetails: null }],
    ['the text "null"', { endTimestamp: 'null' }],
    ['null details', { additionalDetails: { creationTimestamp: 'null', generationType: null } }]
  ])('%s, is absent', (_name, fields) => {
    expect(Object.keys(recordOf(fields).records[0] ?? {})).toEqual([
      'dimension',
      'endUserId',
      'dataSourceId',
      'startTimestamp',
      'dataTypeId',
      'value',
      'parsedValue'
    ])
  })

  test('a label against the timestamps, the timestamps win', () => {
    const { event } = decoded({ ...epoch({ ...item, startTimestamp: 1662579572000 }), timestampType: 'ISO' })
    expect(event.timestampType).toBe('UNIX')
    expect('records' in event && event.records[0]).toMatchObject({ startTimestamp: new Date(1662579572000) })
  })

  test('a reference beyond 2^53, survives digit for digit both ways', () => {
    const text =
      '{"endUserId":"u","type":"event.data.epoch.create","timestampType":"ISO","data":{"dataSourceId":5,"epochData":[{"startTimestamp":"2022-09-07T19:39:32Z","dataTypeId":1,"value":"1","additionalDetails":{"measurementReference":123456789012345678901234567890,"futureReference":9007199254740993}}]}}'
    const { event } = decoded(parseJson(Buffer.from(text)))
    expect('records' in event && event.records[0]).toMatchObject({
      measurementReference: '123456789012345678901234567890',
      extra: '{"additionalDetails":{"futureReference":9007199254740993}}'
    })
    const wire = stringifyJson(encodeDelivery(event))
    expect(wire).toContain('"measurementReference":123456789012345678901234567890')
    expect(wire).toContain('"futureReference":9007199254740993')
  })

  test('unknown fields at every place, are kept as text, so that no key can become an operator', () => {
    const payload = {
      ...epoch({ ...item, $where: 'x', 'a.b': 1, additionalDetails: { heartZone: [1, 2] } }),
      apiVersion: '6'
    }
    ;(payload.data as Record<string, unknown>)['deviceName'] = 'Watch'
    const { event } = decoded(payload)
    expect(event.extra).toBe('{"delivery":{"apiVersion":"6"}}')
    expect('records' in event && JSON.parse(event.records[0]?.extra ?? '')).toEqual({
      delivery: { apiVersion: '6' },
      source: { deviceName: 'Watch' },
      record: { $where: 'x', 'a.b': 1 },
      additionalDetails: { heartZone: [1, 2] }
    })
  })

  test('a __proto__ key, lends nothing and changes nothing', () => {
    const text = JSON.stringify(epoch(item)).replace(
      '"value":"53.0"',
      '"value":"53.0","__proto__":{"endTimestamp":1,"additionalDetails":{"medicalGrade":true}}'
    )
    const { event } = decoded(parseJson(Buffer.from(text)))
    expect('records' in event && event.records[0]).not.toHaveProperty('medicalGrade')
    expect('records' in event && Object.hasOwn(event.records[0] ?? {}, 'endTimestamp')).toBe(false)
    expect('records' in event && event.records[0]?.extra).toContain('__proto__')
    expect(({} as Record<string, unknown>)['medicalGrade']).toBeUndefined()
  })

  test('unknown fields nested 5,000 deep, are a bad record and no crash', () => {
    const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)
    expect(decoded(epoch({ ...item, deep }, item))).toMatchObject({ badRecords: 1, event: { records: [{}] } })
  })

  test('large unknown fields of a source, are refused instead of repeated in every record', () => {
    const payload = { ...epoch(item), note: 'x'.repeat(5_000) }
    expect(refused(payload)).toMatchObject({ code: 'THRYVE_INVALID_PAYLOAD', failures: [{ path: 'data' }] })
  })

  test('a bare number or boolean as value, becomes text', () => {
    expect(recordOf({ value: 53.5 }).records[0]).toMatchObject({ value: '53.5', parsedValue: 53.5 })
    expect(recordOf({ value: true, additionalDetails: { valueType: 'BOOLEAN' } }).records[0]).toMatchObject({
      value: 'true',
      parsedValue: true
    })
  })

  test('generation types in either case and under either name, are one', () => {
    for (const details of [{ generationType: 'manual_entry' }, { generation: 'MANUAL_ENTRY' }]) {
      expect(recordOf({ additionalDetails: details }).records[0]).toMatchObject({ generationType: 'MANUAL_ENTRY' })
    }
  })

  test.each([
    ['a value that is missing', { value: undefined }],
    ['a null value', { value: null }],
    ['a value of 1e400', { value: Number.POSITIVE_INFINITY }],
    ['a list as value', { value: [1] }],
    ['a lone surrogate in the value', { value: 'a\udc00' }],
    ['a type id beyond 2^53', { dataTypeId: 9007199254740993n }],
    ['a fraction as type id', { dataTypeId: 1.5 }],
    ['no start', { startTimestamp: undefined }],
    ['the text "null" as start', { startTimestamp: 'null' }],
    ['a fraction of a millisecond', { startTimestamp: 1662579572000.5 }],
    ['an instant after the year 9999', { startTimestamp: 8.64e15 }],
    ['a list as details', { additionalDetails: [] }],
    ['a fraction as reference', { additionalDetails: { measurementReference: 1.5 } }]
  ])('%s, is a bad record', (_name, fields) => {
    expect(decoded(epoch({ ...item, ...fields })).badRecords).toBe(1)
  })

  test.each([
    ['2022-02-30', false],
    ['2022-09-07', true],
    ['2024-02-29', true],
    ['2023-02-29', false],
    ['2022-9-7', false],
    [1662508800000, true],
    [1662508800001, false],
    ['1662508800000', false],
    [null, false],
    ['2022-09-07T00:00:00Z', false]
  ])('day %p, is one: %p', (day, isGood) => {
    const daily = { ...epoch({ dataTypeId: 1, value: '1', day }), type: 'event.data.daily.create' }
    expect(decoded(daily).badRecords).toBe(isGood ? 0 : 1)
  })
})

describe('notifications', () => {
  const envelope = { endUserId: 'user-1', timestampType: 'unix' }
  test.each([
    [{ ...envelope, type: 'notification.source.connect', data: { timestamp: 1662579572000, dataSourceId: 5 } }],
    [
      {
        ...envelope,
        type: 'notification.source.disconnect',
        data: { timestamp: '2022-09-07T19:39:32Z', dataSourceId: 5 }
      }
    ],
    [
      {
        ...envelope,
        type: 'notification.data.epoch.createupdate',
        data: { startTimestamp: 1, endTimestamp: 2, dataSourceId: 5, dataTypeIds: [1000, 3000] }
      }
    ],
    [
      {
        ...envelope,
        type: 'notification.data.daily.createupdate',
        data: {
          startDay: '2022-09-07',
          endDay: 1662508800000,
          dataSourceId: 5,
          dataTypeIds: [],
          dataSourceName: 'Apple'
        }
      }
    ]
  ])('decode: $type, gives its members', (payload) => {
    expect(decoded(payload).event).toMatchSnapshot()
  })

  test('a member of the wrong kind, is refused with its place', () => {
    const payload = {
      ...envelope,
      type: 'notification.data.epoch.createupdate',
      data: { startTimestamp: 1, dataSourceId: 5, dataTypeIds: ['x'] }
    }
    expect(refused(payload).failures.map(({ path }) => path)).toEqual(['data.dataTypeIds[0]', 'data.endTimestamp'])
  })

  test('every event name of the list, is decoded', () => {
    for (const type of eventNames) expect(refused({ endUserId: 'u', type }).code).toBe('THRYVE_INVALID_PAYLOAD')
  })
})
