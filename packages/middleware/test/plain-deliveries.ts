/** Random deliveries as most senders write them: the scanner takes all of their entries. */
import fc from 'fast-check'
import type { Dimension } from '../src/records'
import { instantArbitrary } from './arbitraries'

const text = fc.oneof(
  fc.constantFrom('', 'null', 'Steps', 'abcdX', 'abcdY', '\u00df', '\u{1f600}', '"},{"', '\\', '\n', '\0', '\u007f'),
  fc.string({ maxLength: 6 })
)
const instant = fc.oneof(
  instantArbitrary.map((date) => date.getTime()),
  instantArbitrary.map((date) => date.toISOString()),
  instantArbitrary.map((date) => `${date.toISOString().slice(0, 19)}+01:30`)
)
const number = fc.oneof(fc.integer({ min: -720, max: 840 }), fc.constantFrom(-0.5, 1.25, 1e-7, 2 ** 53 - 1))
const value = fc.oneof(text, number, fc.boolean(), fc.constantFrom('53.0', '-0', '1e3', 'TRUE', '2022-09-07T19:39:32Z'))

const details = fc.record(
  {
    creationTimestamp: fc.oneof(instant, fc.constantFrom(null, 'null')),
    dataTypeName: text,
    valueType: fc.constantFrom('LONG', 'DOUBLE', 'STRING', 'boolean', 'DATE', null),
    thirdPartyDataSourceId: fc.nat(99),
    thirdPartyDataSourceName: text,
    measurementReference: fc.maxSafeNat(),
    generationType: fc.constantFrom('MANUAL_ENTRY', 'tracker', '\u00df'),
    trustworthiness: fc.option(text),
    medicalGrade: fc.option(fc.boolean()),
    chronologicalExactness: number
  },
  { requiredKeys: [] }
)
const common = { dataTypeId: fc.nat(9_999), value, timezoneOffset: fc.option(number), additionalDetails: details }
const entries = {
  epoch: fc.record(
    { startTimestamp: instant, endTimestamp: fc.oneof(instant, fc.constantFrom(null, 'null')), ...common },
    { requiredKeys: ['startTimestamp', 'dataTypeId', 'value'] }
  ),
  daily: fc.record(
    { day: instantArbitrary.map((date) => date.toISOString().slice(0, 10)), ...common },
    { requiredKeys: ['day', 'dataTypeId', 'value'] }
  )
} satisfies Record<Dimension, fc.Arbitrary<object>>

/** A delivery of one source, or of several. */
const deliveryOf = (dimension: Dimension) =>
  fc
    .array(fc.array(entries[dimension] as fc.Arbitrary<object>, { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 2
    })
    .map((lists) => {
      const sources = lists.map((list, index) => ({ dataSourceId: index, [`${dimension}Data`]: list }))
      const data = sources.length === 1 ? sources[0] : sources
      return { endUserId: 'u', type: `event.data.${dimension}.create`, data }
    })

/** A delivery of plain entries, epochs or days. */
export const plainDelivery = fc.oneof(deliveryOf('epoch'), deliveryOf('daily'))

/** How many entries it has. */
export const countOf = ({ data }: { readonly data: unknown }): number =>
  [data].flat().reduce((sum: number, source) => sum + Object.values(source as object).flat().length - 1, 0)
