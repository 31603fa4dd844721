/** The one law of the scanner: a delivery that it reads is what the composed codecs make of it, errors and all. */
import fc from 'fast-check'
import { encodeDelivery } from '../src/codecs/encode-delivery'
import { parseJson, stringifyJson } from '../src/json'
import { eventArbitrary } from './arbitraries'
import { expectSame, scannedOf } from './delivery-law'
import { applyEdits, edit } from './json-edits'
import { countOf, plainDelivery } from './plain-deliveries'
import { vendorExamples } from './vendor-examples'

type Wire = Record<string, unknown>

const isObject = (u: unknown): u is Wire => typeof u === 'object' && u !== null && !Array.isArray(u)

const sourcesOf = (payload: unknown): Wire[] => (isObject(payload) ? [payload['data']].flat().filter(isObject) : [])

const itemsOf = (payload: unknown): unknown[] =>
  sourcesOf(payload).flatMap((source) => [source['epochData'], source['dailyData']].flat())

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
    ...[null, true, false, 0, -0, 1.5, 1e22, 2 ** 53, -(2 ** 53), 2n ** 64n, 86_400_000, -62_167_219_200_001],
    ...['2022-09-07T19:39:32Z', '2022-09-07T19:39:32+24:00', '2024-02-30T00:00:00Z', '2022-09-07', [], {}, { a: null }],
    ...['LONG', 'double', 'BOOLEAN', 'Date', '\u00df', '\u0130', '0000-01-01T00:00:00+00:01', '\0', '\u007f', '\ufeff'],
    '9999-12-31T23:59:59.999-00:01'
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
  isInDetails: fc.boolean(),
  isFirst: fc.boolean()
})

const mutate = (
  payload: unknown,
  mutations: readonly (typeof mutation extends fc.Arbitrary<infer M> ? M : never)[]
) => {
  for (const { at, name, value, isInDetails, isFirst } of mutations) {
    const items = itemsOf(payload).filter(isObject)
    const item = items[at % Math.max(1, items.length)]
    const details = item?.['additionalDetails']
    const target = isInDetails && isObject(details) ? details : item
    if (target === undefined) continue
    const others = Object.entries(target).filter(([key]) => key !== name)
    for (const key of Object.keys(target)) if (isFirst || key === name) delete target[key]
    const put = (key: string, value: unknown) =>
      Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
    // A copy: the next mutation may change it, and other runs get the same value.
    if (value !== undefined) put(name, structuredClone(value))
    if (isFirst) for (const [key, value] of others) put(key, value)
  }
  return payload
}

const times = { epoch: { startTimestamp: '2022-09-07T19:39:32Z' }, daily: { day: '2022-09-07' } }

describe('the scanner and the composed codecs', () => {
  test.each(Object.entries(vendorExamples))(
    "the vendor's example %s, scanned, and the same",
    async (_name, example) => {
      const isIsoOrEpoch = itemsOf(example)
        .filter(isObject)
        .every((item) => typeof item['day'] !== 'number')
      expect(await scannedOf(JSON.stringify(example))).toBe(isIsoOrEpoch ? 1 : 0)
    }
  )

  test('valid deliveries, the same', async () => {
    await fc.assert(
      fc.asyncProperty(wireArbitrary, async (payload) => {
        await expectSame(stringifyJson(payload))
      }),
      { numRuns: 100 }
    )
  })

  test('valid deliveries with unknown fields of the delivery and of its sources, the same', async () => {
    const fields = fc.dictionary(fc.constantFrom('deviceName', 'note'), fc.jsonValue({ maxDepth: 1 }))
    await fc.assert(
      fc.asyncProperty(wireArbitrary, fields, fields, async (payload, ofDelivery, ofSource) => {
        for (const source of sourcesOf(payload)) Object.assign(source, ofSource)
        await expectSame(stringifyJson({ ...(payload as Wire), ...ofDelivery }))
      }),
      { numRuns: 100 }
    )
  })

  test.each(['epoch', 'daily'] as const)(
    'plain %s entries, scanned, with what is unknown of their source',
    async (dimension) => {
      const item = { dataTypeId: 1, value: '1', ...times[dimension] }
      const data = { dataSourceId: 5, deviceName: 'Watch', [`${dimension}Data`]: [item, item] }
      const text = JSON.stringify({ endUserId: 'u', type: `event.data.${dimension}.create`, data })
      expect(await scannedOf(text)).toBe(2)
      const extra = '{"source":{"deviceName":"Watch"}}'
      expect(await expectSame(text)).toHaveProperty('right.event.records', [
        expect.objectContaining({ extra }),
        expect.objectContaining({ extra })
      ])
    }
  )

  test('plain deliveries, scanned, and the same', async () => {
    await fc.assert(
      fc.asyncProperty(plainDelivery, async (payload) => {
        expect(await scannedOf(JSON.stringify(payload))).toBe(countOf(payload))
      }),
      { numRuns: 500 }
    )
  })

  test('mutated deliveries, the same result, errors and extra', async () => {
    const payload = fc.oneof(plainDelivery, wireArbitrary as fc.Arbitrary<object>)
    await fc.assert(
      fc.asyncProperty(payload, fc.array(mutation, { minLength: 1, maxLength: 4 }), async (payload, mutations) => {
        await expectSame(stringifyJson(mutate(payload, mutations)))
      }),
      { numRuns: 1_500 }
    )
  })

  test('mutated texts of deliveries, the same result, errors and extra', async () => {
    const payload = fc.oneof({ weight: 9, arbitrary: plainDelivery }, wireArbitrary as fc.Arbitrary<object>)
    await fc.assert(
      fc.asyncProperty(payload, fc.array(edit, { minLength: 1, maxLength: 3 }), async (payload, edits) => {
        await expectSame(applyEdits(stringifyJson(payload), edits))
      }),
      { numRuns: 4_000 }
    )
  })

  test('random entries, the same', async () => {
    const entry = fc.dictionary(fc.constantFrom(...names), hostileValue)
    const entries = fc.array(fc.oneof({ weight: 9, arbitrary: entry as fc.Arbitrary<unknown> }, hostileValue), {
      maxLength: 4
    })
    const type = fc.constantFrom('event.data.epoch.create', 'event.data.daily.update')
    await fc.assert(
      fc.asyncProperty(fc.array(entries, { minLength: 1, maxLength: 3 }), type, async (lists, type) => {
        const sources = lists.map((epochData) => ({ dataSourceId: 5, epochData }))
        await expectSame(stringifyJson({ endUserId: 'u', type, data: sources.length > 1 ? sources : sources[0] }))
      }),
      { numRuns: 1_000 }
    )
  })
})
