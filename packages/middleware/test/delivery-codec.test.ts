import { isLeft, isRight, left, right } from 'fp-ts/lib/Either'
import { Delivery, decodeDelivery, Envelope } from '../src/codecs/delivery'
import type { ThryveEvent } from '../src/events'

const item = { startTimestamp: '2022-09-07T19:39:32Z', dataTypeId: 1000, value: '53.0' }
const epoch = { endUserId: 'user-1', type: 'event.data.epoch.create', data: { dataSourceId: 5, epochData: [item] } }
const notification = {
  endUserId: 'user-1',
  type: 'notification.data.daily.createupdate',
  data: { startDay: '2022-09-07', endDay: '2022-09-08', dataSourceId: 5, dataTypeIds: [1000] }
}
const connect = (timestamp: unknown) => ({
  endUserId: 'user-1',
  type: 'notification.source.connect',
  data: { timestamp, dataSourceId: 5 }
})
const entry = (fields: object, own: object = {}) => ({
  ...epoch,
  data: { dataSourceId: 5, epochData: [{ ...item, ...fields }] },
  ...own
})
const outcome = (payload: unknown) => {
  const result = decodeDelivery(payload)
  return isRight(result) ? result.right : result.left
}
const failuresOf = (payload: unknown) => outcome(payload).failures.map(({ path, expected }) => `${path}: ${expected}`)

describe('decodeDelivery: what it says of a payload it cannot use', () => {
  const eventName = { path: 'type', expected: 'an event name of this version' }

  test.each<[string, unknown, object]>([
    ['no object', 'text', { code: 'THRYVE_INVALID_PAYLOAD', failures: [{ path: '', expected: 'delivery' }] }],
    ['no type', { endUserId: 'u' }, { code: 'THRYVE_UNKNOWN_TYPE', failures: [eventName], endUserId: 'u' }],
    ['a type of another kind', { type: ['x'] }, { code: 'THRYVE_UNKNOWN_TYPE', failures: [eventName] }],
    [
      'no user',
      { ...epoch, endUserId: 7 },
      {
        code: 'THRYVE_INVALID_PAYLOAD',
        failures: [{ path: 'endUserId', expected: 'text of 1 to 1024 characters' }]
      }
    ],
    [
      'an alias that is none',
      { ...epoch, endUserAlias: 7 },
      {
        code: 'THRYVE_INVALID_PAYLOAD',
        failures: [{ path: 'endUserAlias', expected: 'text' }],
        endUserId: 'user-1'
      }
    ],
    [
      'a bad notification',
      { ...notification, data: null },
      {
        code: 'THRYVE_INVALID_PAYLOAD',
        failures: [{ path: 'data', expected: 'daily notification' }],
        endUserId: 'user-1'
      }
    ]
  ])('%s, is refused in these words', (_name, payload, refusal) => {
    expect(decodeDelivery(payload)).toStrictEqual(left(refusal))
  })

  test.each<[string, unknown]>([
    ['data: source notification', { ...connect(1), data: [] }],
    ['data: epoch notification', { ...notification, type: 'notification.data.epoch.createupdate', data: 7 }],
    ['data.dataTypeIds: list of integers', { ...notification, data: { ...notification.data, dataTypeIds: 7 } }],
    ['data.dataTypeIds[1]: integer', { ...notification, data: { ...notification.data, dataTypeIds: [1, '2'] } }],
    ['data.epochData[0].additionalDetails: additional details', entry({ additionalDetails: 7 })],
    [
      'data.epochData[0].additionalDetails.generation: text of 1 to 1024 characters',
      entry({ additionalDetails: { generation: '' } })
    ],
    ['data.epochData[0].timezoneOffset: number', entry({ timezoneOffset: '2' })],
    ['data.epochData[0]: epoch record', { ...epoch, data: { dataSourceId: 5, epochData: [7] } }],
    [
      'data.dailyData[0]: daily record',
      { ...epoch, type: 'event.data.daily.create', data: { dataSourceId: 5, dailyData: [7] } }
    ],
    [
      'data.epochData[0]: unknown fields nested at most 32 deep',
      entry({ deep: JSON.parse('['.repeat(33) + ']'.repeat(33)) })
    ]
  ])('%s', (failure, payload) => expect(failuresOf(payload)).toEqual([failure]))

  test.each([
    'creationTimestamp',
    'dataTypeName',
    'valueType',
    'thirdPartyDataSourceId',
    'thirdPartyDataSourceName',
    'measurementReference',
    'generationType',
    'generation',
    'trustworthiness',
    'medicalGrade',
    'chronologicalExactness'
  ])('a list as %s, is a bad record', (name) => {
    expect(failuresOf(entry({ additionalDetails: { [name]: [] } }))).toEqual([
      expect.stringContaining(`data.epochData[0].additionalDetails.${name}: `)
    ])
  })
})

describe('decodeDelivery: the form of the timestamps', () => {
  test.each<[string, unknown, string]>([
    ['text', epoch, 'ISO'],
    ['text, said to be unix', { ...epoch, timestampType: 'UNIX' }, 'ISO'],
    ['a number', entry({ startTimestamp: 1 }), 'UNIX'],
    [
      'a number as a day',
      {
        ...epoch,
        type: 'event.data.daily.create',
        data: { dataSourceId: 5, epochData: [{ day: 0, dataTypeId: 1, value: '1' }] }
      },
      'UNIX'
    ],
    [
      'a text as a day, said to be unix',
      {
        ...epoch,
        timestampType: 'unix',
        type: 'event.data.daily.create',
        data: { dataSourceId: 5, epochData: [{ day: '2022-09-07', dataTypeId: 1, value: '1' }] }
      },
      'ISO'
    ],
    ['no record, nothing said', { ...epoch, data: [] }, 'ISO'],
    ['no record, said to be iso', { ...epoch, data: [], timestampType: 'iso' }, 'ISO'],
    ['no record, said to be unix', { ...epoch, data: [], timestampType: 'Unix' }, 'UNIX'],
    [
      'a first record that is none, said to be unix',
      { ...epoch, data: { dataSourceId: 5, epochData: [[], item] }, timestampType: 'unix' },
      'UNIX'
    ],
    ['a number in a notification', connect(1), 'UNIX'],
    ['a text in a notification, said to be unix', { ...connect('2022-09-07T19:39:32Z'), timestampType: 'unix' }, 'ISO'],
    ['a first day', { ...notification, data: { ...notification.data, startDay: 0 } }, 'UNIX'],
    ['a last day alone', { ...notification, data: { ...notification.data, endDay: 0 } }, 'ISO']
  ])('%s, decides it', (_name, payload, form) => {
    expect(outcome(payload)).toHaveProperty('event.timestampType', form)
  })
})

describe('decodeDelivery: unknown fields', () => {
  test('of a notification, are its extra, by place', () => {
    const { data, ...envelope } = notification
    expect(outcome({ ...envelope, data: { ...data, x: 1 }, y: 2 })).toStrictEqual({
      event: { ...envelope, timestampType: 'ISO', ...data, extra: '{"delivery":{"y":2},"data":{"x":1}}' },
      failures: [],
      badRecords: 0
    })
    expect(outcome({ ...envelope, data, y: 2 })).toHaveProperty('event.extra', '{"delivery":{"y":2}}')
    expect(outcome({ ...envelope, data: { ...data, x: 1 } })).toHaveProperty('event.extra', '{"data":{"x":1}}')
    expect(outcome(notification)).not.toHaveProperty('event.extra')
  })

  test('of a record alone, are its extra, by place', () => {
    const extraOf = (fields: object) => outcome(entry(fields))
    expect(extraOf({ x: 1 })).toHaveProperty('event.records.0.extra', '{"record":{"x":1}}')
    expect(extraOf({ additionalDetails: { x: 1 } })).toHaveProperty(
      'event.records.0.extra',
      '{"additionalDetails":{"x":1}}'
    )
  })
})

describe('generation, another name of generationType', () => {
  test.each([
    [{ generation: 'tracker' }, 'TRACKER'],
    [{ generationType: 'manual_entry', generation: 'tracker' }, 'MANUAL_ENTRY'],
    [{ generationType: null, generation: 'tracker' }, 'TRACKER']
  ])('%j, is %s', (additionalDetails, generationType) => {
    const result = outcome(entry({ additionalDetails }))
    expect(result).toHaveProperty('event.records.0.generationType', generationType)
    expect(result).not.toHaveProperty('event.records.0.generation')
  })
})

describe('Delivery', () => {
  const event = { endUserId: 'user-1', type: 'event.data.epoch.create', timestampType: 'ISO', records: [] }

  test('decode: a good payload, is its event; another, fails once for each failure', () => {
    expect(Delivery.decode({ ...epoch, data: [] })).toEqual(right(event))
    const refused = Delivery.decode({ ...epoch, endUserId: '', type: epoch.type, endUserAlias: 7 })
    expect(isLeft(refused) && refused.left.map(({ message }) => message)).toEqual([
      'endUserId: text of 1 to 1024 characters',
      'endUserAlias: text'
    ])
  })

  test('is: events that can be encoded', () => {
    expect(Delivery.is(event)).toBe(true)
    const wrong = [
      { ...event, type: 'event.new' },
      { ...event, type: ['event.data.epoch.create'] },
      { ...event, endUserId: '' },
      { ...event, records: [{}] },
      { ...event, records: [null] },
      { ...event, timestampType: 'OTHER', type: 'notification.source.connect', records: undefined }
    ]
    for (const u of wrong) expect([u, Delivery.is(u)]).toEqual([u, false])
  })

  test('encode: an event, as its wire form', () => {
    expect(Delivery.encode(event as unknown as ThryveEvent)).toEqual({ ...event, records: undefined, data: [] })
  })

  test('its name and that of its envelope', () => {
    expect([Delivery.name, Envelope.name]).toEqual(['delivery', 'delivery'])
  })
})
