/** Random synthetic events, as the receiver would decode them. */
import fc from 'fast-check'
import { parseValue } from '../src/codecs/value'
import type { ThryveEvent } from '../src/events'
import type { ThryveRecord } from '../src/records'

/** Four-digit years: what both timestamp forms can write. */
export const instantArbitrary = fc
  .integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2100, 0, 1) })
  .map((ms) => new Date(ms))

const dayArbitrary = instantArbitrary.map((date) => date.toISOString().slice(0, 10))
const textArbitrary = fc.string({ unit: 'grapheme', maxLength: 20 })
const wordArbitrary = fc.constantFrom('MANUAL_ENTRY', 'TRACKER', 'CALCULATION', 'SMARTPHONE')
const referenceArbitrary = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String)

const valueArbitrary = fc.oneof(
  textArbitrary,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
  fc.constantFrom('true', 'false', '2022-09-07T19:39:32Z')
)

/** Drops what is undefined, as a decoded record has no such properties. */
const present = <T extends object>(object: T): T =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const measurement = {
  dataTypeId: fc.integer({ min: 1, max: 9999 }),
  value: valueArbitrary,
  timezoneOffset: optional(fc.integer({ min: -720, max: 840 })),
  creationTimestamp: optional(instantArbitrary),
  dataTypeName: optional(textArbitrary),
  valueType: optional(fc.constantFrom('LONG', 'DOUBLE', 'STRING', 'BOOLEAN', 'DATE', 'JSON')),
  thirdPartyDataSourceId: optional(fc.integer({ min: 1, max: 99 })),
  thirdPartyDataSourceName: optional(textArbitrary),
  measurementReference: optional(referenceArbitrary),
  generationType: optional(wordArbitrary),
  trustworthiness: optional(fc.constantFrom('PLAUSIBLE', 'doubt_from_device_source')),
  medicalGrade: optional(fc.boolean()),
  chronologicalExactness: optional(fc.integer({ min: 0, max: 600 })),
  extra: optional(fc.constantFrom('{"record":{"a.b":1}}', '{"additionalDetails":{"$x":[1,{"y":null}]}}'))
}

const source = { dataSourceId: fc.integer({ min: 1, max: 60 }), dataSourceName: optional(textArbitrary) }

const complete = (owner: object, fields: Record<string, unknown>): ThryveRecord =>
  present({
    ...owner,
    ...fields,
    parsedValue: parseValue(fields['value'] as string, fields['valueType'] as string | undefined)
  }) as unknown as ThryveRecord

const ownerArbitrary = fc
  .record({ endUserId: fc.string({ minLength: 1, maxLength: 12 }), endUserAlias: optional(textArbitrary) })
  .map(present)

/** An event with records, of any number of sources. */
export const eventArbitrary: fc.Arbitrary<ThryveEvent> = fc
  .record({
    owner: ownerArbitrary,
    timestampType: fc.constantFrom('ISO' as const, 'UNIX' as const),
    isDaily: fc.boolean(),
    verb: fc.constantFrom('create', 'update'),
    epochs: fc.array(
      fc.record({
        ...source,
        ...measurement,
        startTimestamp: instantArbitrary,
        endTimestamp: optional(instantArbitrary)
      }),
      { minLength: 1, maxLength: 6 }
    ),
    days: fc.array(fc.record({ ...source, ...measurement, day: dayArbitrary }), { minLength: 1, maxLength: 6 })
  })
  .map(({ owner, timestampType, isDaily, verb, epochs, days }) => {
    const dimension = isDaily ? 'daily' : 'epoch'
    const records = (isDaily ? days : epochs).map((fields) => complete({ dimension, ...owner }, fields))
    return { ...owner, timestampType, type: `event.data.${dimension}.${verb}`, records } as unknown as ThryveEvent
  })
