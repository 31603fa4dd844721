/** The one law of the accept path: it never decides otherwise than the composed codecs. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { acceptInstant } from '../src/codecs/accept-instant'
import { acceptItem } from '../src/codecs/accept-item'
import { decodeDelivery } from '../src/codecs/delivery'
import { encodeDelivery } from '../src/codecs/encode-delivery'
import { parseIsoInstant } from '../src/codecs/timestamp'
import { parseJson, stringifyJson } from '../src/json'
import { eventArbitrary } from './arbitraries'
import { vendorExamples } from './vendor-examples'

type Wire = Record<string, unknown>

const isObject = (u: unknown): u is Wire => typeof u === 'object' && u !== null && !Array.isArray(u)

const sourcesOf = (payload: unknown): Wire[] => (isObject(payload) ? [payload['data']].flat().filter(isObject) : [])

const itemsOf = (payload: unknown): unknown[] =>
  sourcesOf(payload).flatMap((source) => [source['epochData'], source['dailyData']].flat())

/** An unknown field that is null means nothing to the codecs, and leaves the accept path in doubt. */
const inDoubt = (payload: unknown): unknown => {
  const copy = structuredClone(payload)
  for (const item of itemsOf(copy)) if (isObject(item)) item['in doubt'] = null
  return copy
}

const orderOf = (decoded: unknown): unknown =>
  JSON.stringify(decoded, (_key, value) => (typeof value === 'bigint' ? String(value) : value))

const expectSame = (payload: unknown): void => {
  const fast = decodeDelivery(payload)
  const composed = decodeDelivery(inDoubt(payload))
  // Jest's own comparison is a hundred times slower; it is asked for its report alone.
  if (!isDeepStrictEqual(fast, composed)) expect(fast).toStrictEqual(composed)
  expect(orderOf(fast)).toBe(orderOf(composed))
}

const wireArbitrary = eventArbitrary.map((event) => parseJson(Buffer.from(stringifyJson(encodeDelivery(event)))))

const hostileValue = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      'null',
      '',
      'TRUE',
      '0',
      '-0',
      '1e3',
      '.5',
      '5.',
      '+1',
      '53.0',
      '9007199254740993',
      '\ud800',
      'x'.repeat(1_025)
    ],
    ...[
      null,
      true,
      false,
      0,
      -0,
      1.5,
      1e22,
      2 ** 53,
      -(2 ** 53),
      Number.POSITIVE_INFINITY,
      2n ** 64n,
      86_400_000,
      -62_167_219_200_001
    ],
    ...['2022-09-07T19:39:32Z', '2022-09-07T19:39:32+24:00', '2024-02-30T00:00:00Z', '2022-09-07', [], {}, { a: null }],
    ...['LONG', 'double', 'BOOLEAN', 'Date', 'ß', 'İ', '0000-01-01T00:00:00+00:01', '9999-12-31T23:59:59.999-00:01']
  ),
  fc.jsonValue() as fc.Arbitrary<unknown>
)
const detailNames = ['creationTimestamp', 'dataTypeName', 'valueType', 'thirdPartyDataSourceId', 'generationType']
const moreDetailNames = ['thirdPartyDataSourceName', 'measurementReference', 'generation', 'trustworthiness']
const ownNames = ['startTimestamp', 'endTimestamp', 'day', 'timezoneOffset', 'dataTypeId', 'value', 'additionalDetails']
const names = [...ownNames, ...detailNames, ...moreDetailNames, 'medicalGrade', 'chronologicalExactness']

const mutation = fc.record({
  at: fc.nat(),
  name: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, fc.constantFrom('toString', '__proto__', 'x')),
  value: fc.option(hostileValue, { nil: undefined, freq: 8 }),
  isInDetails: fc.boolean()
})

const mutate = (
  payload: unknown,
  mutations: readonly (typeof mutation extends fc.Arbitrary<infer M> ? M : never)[]
) => {
  for (const { at, name, value, isInDetails } of mutations) {
    const items = itemsOf(payload).filter(isObject)
    const item = items[at % Math.max(1, items.length)]
    const details = item?.['additionalDetails']
    const target = isInDetails && isObject(details) ? details : item
    if (target === undefined) continue
    if (value === undefined) delete target[name]
    else Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true })
  }
  return payload
}

const times = { epoch: { startTimestamp: '2022-09-07T19:39:32Z' }, daily: { day: '2022-09-07' } }

describe('the accept path and the composed codecs', () => {
  test.each(Object.entries(vendorExamples))("the vendor's example %s, accepted, and the same", (_name, example) => {
    const dimension = example.type.includes('epoch') ? 'epoch' : 'daily'
    const item = itemsOf(example).find(isObject)
    const isIso = typeof item?.['day'] !== 'number'
    expect(acceptItem[dimension](item, { endUserId: 'u', dataSourceId: 1 }) !== undefined).toBe(isIso)
    expectSame(example)
  })

  test('valid deliveries, the same', () => {
    fc.assert(fc.property(wireArbitrary, expectSame), { numRuns: 300 })
  })

  test('valid deliveries with unknown fields of the delivery and of its sources, the same', () => {
    const fields = fc.dictionary(fc.constantFrom('deviceName', 'note'), fc.jsonValue({ maxDepth: 1 }))
    fc.assert(
      fc.property(wireArbitrary, fields, fields, (payload, ofDelivery, ofSource) => {
        for (const source of sourcesOf(payload)) Object.assign(source, ofSource)
        expectSame({ ...(payload as Wire), ...ofDelivery })
      }),
      { numRuns: 300 }
    )
  })

  test.each(['epoch', 'daily'] as const)('an unknown field of the source, is in every plain %s record', (dimension) => {
    const item = { dataTypeId: 1, value: '1', ...times[dimension] }
    const data = { dataSourceId: 5, deviceName: 'Watch', [`${dimension}Data`]: [item, item] }
    const decoded = decodeDelivery({ endUserId: 'u', type: `event.data.${dimension}.create`, data })
    const extra = '{"source":{"deviceName":"Watch"}}'
    expect(decoded).toHaveProperty('right.event.records', [
      expect.objectContaining({ extra }),
      expect.objectContaining({ extra })
    ])
  })

  test('mutated deliveries, the same result, errors and extra', () => {
    fc.assert(
      fc.property(wireArbitrary, fc.array(mutation, { minLength: 1, maxLength: 8 }), (payload, mutations) =>
        expectSame(mutate(payload, mutations))
      ),
      { numRuns: 1_000 }
    )
  })

  test('random entries, the same', () => {
    const entry = fc.dictionary(fc.constantFrom(...names), hostileValue)
    const type = fc.constantFrom('event.data.epoch.create', 'event.data.daily.update')
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), type, (epochData, type) =>
        expectSame({ endUserId: 'u', type, data: { dataSourceId: 5, epochData } })
      ),
      { numRuns: 4_000 }
    )
  })

  test('fields that an entry inherits, are not its own', () => {
    const inherited = Object.create({ startTimestamp: 0, dataTypeId: 1, value: '1' }) as object
    expect(acceptItem.epoch(inherited, { endUserId: 'u', dataSourceId: 1 })).toBeUndefined()
  })

  test('a record, is a plain object', () => {
    const item = { startTimestamp: '2022-09-07T19:39:32Z', dataTypeId: 1000, value: '53.0' }
    const record = acceptItem.epoch(item, { endUserId: 'u', dataSourceId: 1 })
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype)
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

describe('acceptInstant', () => {
  const digits = (length: number) => fc.nat({ max: 10 ** length - 1 }).map((n) => String(n).padStart(length, '0'))
  const anyInstant = fc
    .tuple(
      fc.oneof(digits(4), fc.constantFrom('1900', '2000', '2023', '2024', '0000')),
      ...[12, 31, 24, 60, 60].map((max) => fc.nat({ max: max + 1 }).map((n) => String(n).padStart(2, '0'))),
      fc.constantFrom('', '.1', '.12', '.123', '.1234', ',123'),
      fc.constantFrom('Z', '+00:00', '-01:30', '+14:00', '+24:00', '+0100', '', 'z', 'Z ', '+1:00')
    )
    .map(([y, mo, d, h, mi, s, fraction, zone]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${fraction}${zone}`)

  test('any text, what the strict parser says, or nothing', () => {
    fc.assert(
      fc.property(anyInstant, fc.nat(30), fc.string({ maxLength: 1 }), (text, at, noise) => {
        for (const candidate of [text, text.slice(0, at) + noise + text.slice(at + 1)]) {
          const accepted = acceptInstant(candidate)
          if (!Number.isNaN(accepted)) expect(accepted).toBe(parseIsoInstant(candidate))
        }
      }),
      { numRuns: 10_000 }
    )
  })

  test('every day of 400 years, accepted', () => {
    for (let ms = Date.UTC(1900, 0); ms < Date.UTC(2300, 0); ms += 86_400_000) {
      const text = new Date(ms + 1).toISOString()
      if (acceptInstant(text) !== ms + 1) throw new Error(text)
    }
  })
})
