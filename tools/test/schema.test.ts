/** The JSON Schemas that ship: what the generator gives, and of one mind with the codecs. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv from 'ajv/dist/2020'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either'
import { Delivery, Envelope } from '../../packages/middleware/src/codecs/delivery'
import { details } from '../../packages/middleware/src/codecs/details'
import { dailyItem, epochItem } from '../../packages/middleware/src/codecs/item'
import { notification } from '../../packages/middleware/src/codecs/notification'
import { Source } from '../../packages/middleware/src/codecs/source'
import { eventNames } from '../../packages/middleware/src/events'
import { parseJson, stringifyJson } from '../../packages/middleware/src/json'
import { eventArbitrary } from '../../packages/middleware/test/arbitraries'
import { vendorExamples } from '../../packages/middleware/test/vendor-examples'
import { fieldsOf, schemasOf } from '../schema'

const root = join(__dirname, '../..')
const shipped = (name: string) => JSON.parse(readFileSync(join(root, 'packages/middleware/schema', name), 'utf8'))

const ajv = new Ajv({ strict: true })
addFormats(ajv)
const isDelivery = ajv.compile(shipped('delivery.json'))
const isRecord = ajv.compile(shipped('record.json'))

const decodes = (text: string) => isRight(Delivery.decode(parseJson(Buffer.from(text))))
/** What each says of a JSON text. */
const judged = (text: string) => ({ codec: decodes(text), schema: isDelivery(JSON.parse(text)) })

const item = { startTimestamp: '2022-09-07T19:39:32Z', dataTypeId: 1000, value: '53.0' }
const epoch = (fields: object, source: object = {}) =>
  stringifyJson({
    endUserId: 'user-1',
    type: 'event.data.epoch.create',
    data: { dataSourceId: 5, ...source, epochData: [{ ...item, ...fields }] }
  })
const daily = (day: unknown) =>
  stringifyJson({
    endUserId: 'user-1',
    type: 'event.data.daily.update',
    data: { dataSourceId: 5, dailyData: [{ day, dataTypeId: 1000, value: '1' }] }
  })
const notified = (type: string, data: object) => stringifyJson({ endUserId: 'user-1', type, data })

test('the schemas in the package, are what the generator makes of the codecs', () => {
  const made = schemasOf({
    envelope: Envelope,
    source: Source,
    epochItem: epochItem.ISO,
    dailyItem: dailyItem.ISO,
    details: details.ISO,
    notifications: notification.ISO,
    eventNames
  })
  expect({ 'delivery.json': shipped('delivery.json'), 'record.json': shipped('record.json') }).toEqual(made)
})

test('fieldsOf: a codec of the package, names its fields and which of them may be missing', () => {
  const fields = fieldsOf(epochItem.ISO).map(({ name, codec, isOptional }) => [name, codec?.name, isOptional])
  expect(fields).toEqual([
    ['startTimestamp', 'ISO 8601 instant with zone, or unix milliseconds', false],
    ['endTimestamp', 'ISO 8601 instant with zone, or unix milliseconds', true],
    ['timezoneOffset', 'number', true],
    ['dataTypeId', 'integer', false],
    ['value', 'text, number or boolean', false],
    ['additionalDetails', 'additional details', true]
  ])
})

describe('deliveries: accepted by both', () => {
  test.each(Object.entries(vendorExamples))("the vendor's example: %s", (_name, example) => {
    expect(judged(JSON.stringify(example))).toEqual({ codec: true, schema: true })
  })

  test('any event, as it is encoded', () => {
    fc.assert(
      fc.property(eventArbitrary, (event) => {
        expect(judged(stringifyJson(Delivery.encode(event)))).toEqual({ codec: true, schema: true })
      }),
      { numRuns: 150 }
    )
  })

  test.each([
    ['connect', { timestamp: '2022-09-07T19:39:32Z', dataSourceId: 5 }, 'notification.source.connect'],
    ['disconnect', { timestamp: 1662579572000, dataSourceId: 5 }, 'notification.source.disconnect'],
    [
      'daily',
      { startDay: '2022-09-07', endDay: '2022-09-08', dataSourceId: 5, dataTypeIds: [1000] },
      'notification.data.daily.createupdate'
    ],
    [
      'epoch',
      { startTimestamp: 1662579572000, endTimestamp: 1662579902000, dataSourceId: 5, dataTypeIds: [] },
      'notification.data.epoch.createupdate'
    ]
  ])('a notification: %s', (_name, data, type) => {
    expect(judged(notified(type, data))).toEqual({ codec: true, schema: true })
  })
})

/** Values that are wrong in most places, and right in some. */
const strange = [
  null,
  'null',
  '',
  'text',
  0,
  -1,
  1.5,
  true,
  [],
  [null],
  {},
  '2022-09-07',
  '2022-09-07T19:39Z',
  '2022-09-07T19:39:32',
  '2022-09-07T19:39:32,5+0200',
  '2022-09-07T24:00:00Z',
  '2022-13-01T00:00:00Z',
  1662508800000,
  1662508800001,
  253402300800000,
  '12',
  '007',
  '-0',
  'x'.repeat(1_025),
  ...eventNames,
  'event.data.measurement.create',
  [1000, 'x'],
  { dataSourceId: 5, epochData: [] },
  [{ dataSourceId: 5, dailyData: [] }]
]

type Path = readonly (string | number)[]

const pathsOf = (value: unknown, path: Path = []): Path[] =>
  typeof value !== 'object' || value === null
    ? [path]
    : [path, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key]))]

/** The same JSON value with one place of it replaced; `undefined` removes it. */
const withPlace = (value: unknown, [key, ...rest]: Path, place: unknown): unknown => {
  if (key === undefined) return place ?? null
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) }
  Object.assign(copy, { [key]: withPlace((value as Record<string, unknown>)[key], rest, place) })
  if (rest.length === 0 && place === undefined) delete (copy as Record<string, unknown>)[key]
  return Array.isArray(copy) ? copy.filter((member) => member !== undefined) : copy
}

const known = ['epochData', 'dailyData', 'additionalDetails', 'generation', 'endTimestamp', 'timestampType', 'other']

const notifications = [
  notified('notification.source.connect', { timestamp: '2022-09-07T19:39:32Z', dataSourceId: 5 }),
  notified('notification.data.daily.createupdate', {
    startDay: '2022-09-07',
    endDay: 1662508800000,
    dataSourceId: 5,
    dataTypeIds: [1000]
  })
]

describe('deliveries: any change of a good one', () => {
  const good = fc.oneof(
    eventArbitrary.map((event) => stringifyJson(Delivery.encode(event))),
    fc.constantFrom(...Object.values(vendorExamples).map((example) => JSON.stringify(example))),
    fc.constantFrom(...notifications)
  )
  const changed = fc
    .tuple(good, fc.nat(), fc.constantFrom(undefined, ...strange), fc.constantFrom(undefined, ...known))
    .map(([text, at, value, added]) => {
      const payload: unknown = JSON.parse(text.replace(/"measurementReference":-?\d{16,}/g, '"measurementReference":7'))
      const paths = pathsOf(payload)
      const path = paths[at % paths.length] ?? []
      return JSON.stringify(withPlace(payload, added === undefined ? path : [...path.slice(0, -1), added], value))
    })

  test('schema and codec, agree', () => {
    const verdicts = new Set<boolean>()
    fc.assert(
      fc.property(changed, (text) => {
        const { codec, schema } = judged(text)
        verdicts.add(codec)
        expect(schema).toBe(codec)
      }),
      { numRuns: 1_000 }
    )
    expect([...verdicts].sort()).toEqual([false, true])
  })
})

/** All that a schema cannot say; `docs/json-schema.md` lists it. */
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) })
const beyondSchema = [
  ['a day that does not exist', daily('2022-02-31')],
  ['an instant of a day that does not exist', epoch({ startTimestamp: '2023-02-29T10:00:00Z' })],
  ['an instant whose zone moves it out of the years 0 to 9999', epoch({ startTimestamp: '9999-12-31T23:59:59-01:00' })],
  ['text with a lone surrogate', epoch({ value: '\ud800' })],
  ['an id of more than 1,024 UTF-16 units, but fewer characters', epoch({}).replace('user-1', '😀'.repeat(600))],
  ['a number beyond 2^53, written as an integer', epoch({ timezoneOffset: 9007199254740993n })],
  [
    'a reference beyond 2^53 that is not written in digits',
    epoch({ additionalDetails: { measurementReference: 1e21 } })
  ],
  ['unknown fields nested more than 32 deep', epoch({ other: nested(34) })],
  ['unknown fields of a source beyond 4,096 characters', epoch({}, { other: 'x'.repeat(5_000) })]
] as const

describe('deliveries: what a schema cannot say', () => {
  test.each(beyondSchema)('%s: the codec alone refuses it', (_what, text) => {
    expect(judged(text)).toEqual({ codec: false, schema: true })
  })

  test('the page about the schemas, lists it and nothing else', () => {
    const page = readFileSync(join(root, 'docs/json-schema.md'), 'utf8')
    expect([...page.matchAll(/^- (.+)\.$/gm)].map(([, what]) => what)).toEqual(beyondSchema.map(([what]) => what))
  })
})

describe('records', () => {
  const records = eventArbitrary.map((event) => JSON.parse(JSON.stringify('records' in event ? event.records : [])))

  test('any record as JSON, is one by its schema', () => {
    fc.assert(
      fc.property(records, (list: object[]) => {
        for (const record of list) expect(isRecord(record)).toBe(true)
      }),
      { numRuns: 200 }
    )
  })

  const record = {
    dimension: 'epoch',
    endUserId: 'user-1',
    dataSourceId: 5,
    startTimestamp: '2022-09-07T19:39:32.000Z',
    dataTypeId: 1000,
    value: '53.0',
    parsedValue: 53
  }
  test.each([
    ['as it is', {}, true],
    ['a reference in digits', { measurementReference: '9007199254740993' }, true],
    ['a reference that was rounded to a number', { measurementReference: 9007199254740992 }, false],
    ['a field too many', { other: 1 }, false],
    ['of the other dimension', { dimension: 'daily' }, false],
    ['an instant that is null', { endTimestamp: null }, false],
    ['an instant as a number', { startTimestamp: 1662579572000 }, false],
    ['a value that is no text', { value: 53 }, false],
    ['no value', { value: undefined }, false],
    ['no user', { endUserId: '' }, false]
  ])('%s', (_what, fields, expected) => {
    expect(isRecord(JSON.parse(JSON.stringify({ ...record, ...fields })))).toBe(expected)
  })
})
