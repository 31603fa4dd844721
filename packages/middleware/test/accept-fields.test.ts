/** The accept path, field by field: what it takes is what the composed codecs make of it, and the usual is taken. */
import { isDeepStrictEqual } from 'node:util'
import { isRight } from 'fp-ts/lib/Either'
import { acceptItem } from '../src/codecs/accept-item'
import { dailyItem, epochItem, toDailyRecord, toEpochRecord } from '../src/codecs/item'
import type { Dimension } from '../src/records'

type Wire = Readonly<Record<string, unknown>>

const source = { endUserId: 'user-1', endUserAlias: 'alias', dataSourceId: 5, dataSourceName: 'Watch' }
const iso = '2022-09-07T19:39:32Z'

const composed = (dimension: Dimension, wire: unknown): unknown => {
  if (dimension === 'epoch') {
    const decoded = epochItem.ISO.decode(wire)
    return isRight(decoded) ? toEpochRecord(source, decoded.right) : undefined
  }
  const decoded = dailyItem.ISO.decode(wire)
  return isRight(decoded) ? toDailyRecord(source, decoded.right) : undefined
}
/** Whether an entry was accepted; if so, it must be the composed codecs' record, its fields in the same order. */
const isAccepted = (dimension: Dimension, wire: unknown): boolean => {
  const accepted = acceptItem[dimension](wire, source)
  if (accepted === undefined) return false
  const expected = composed(dimension, wire)
  // Jest's own comparison is a hundred times slower; it is asked for its report alone.
  if (!isDeepStrictEqual(accepted, expected)) expect([wire, accepted]).toStrictEqual([wire, expected])
  if (JSON.stringify(accepted) !== JSON.stringify(expected)) throw new Error(`another order: ${JSON.stringify(wire)}`)
  return true
}

const least = {
  epoch: { startTimestamp: iso, dataTypeId: 1000, value: '53.0' },
  daily: { day: '2022-09-07', dataTypeId: 1000, value: '53.0' }
} satisfies Record<Dimension, Wire>
const own: Wire = { timezoneOffset: -120.5 }
const details: Wire = {
  creationTimestamp: 1_662_579_572_000,
  dataTypeName: 'Steps',
  valueType: 'DOUBLE',
  thirdPartyDataSourceId: 7,
  thirdPartyDataSourceName: 'Phone',
  measurementReference: 9_007_163_812_253_719,
  generationType: 'manual_entry',
  trustworthiness: 'PLAUSIBLE',
  medicalGrade: false,
  chronologicalExactness: 1.5
}
const names = [
  ...Object.keys({ ...least.epoch, ...least.daily, ...own, ...details }),
  'endTimestamp',
  'additionalDetails',
  'generation',
  'x'
]

const values: readonly unknown[] = [
  ...[undefined, null, true, false, 0, -0, 1, -1, 1.5, 1e21, 1e22, 2 ** 53, -(2 ** 53), 2 ** 53 - 1, 1.7e308],
  ...[Number.POSITIVE_INFINITY, Number.NaN, 0n, 2n ** 64n, 86_400_000, 1_662_579_572_000.5],
  ...[-62_167_219_200_000, -62_167_219_200_001, 253_402_300_799_999, 253_402_300_800_000],
  ...['', 'null', 'a', 'ß', 'TRUE', 'x'.repeat(1_024), 'x'.repeat(1_025), '\ud800', 'LONG', 'boolean', '5', '-0'],
  ...[
    iso,
    '2022-09-07T19:39:32.5+01:00',
    '2022-02-30T00:00:00Z',
    '2022-09-07',
    '2022-02-30',
    '0000-01-01T00:00:00+00:01'
  ],
  ...[
    {},
    [],
    { valueType: 'LONG' },
    { x: 1 },
    { x: null },
    Object.create(null),
    Object.create({ valueType: 'LONG' }),
    new Date(0)
  ]
]
const dimensions = ['epoch', 'daily'] as const

describe.each(dimensions)('%s entries', (dimension) => {
  const entry = least[dimension]
  const full = { ...entry, ...own, ...(dimension === 'epoch' ? { endTimestamp: 1 } : {}), additionalDetails: details }

  test('any value in any field, is taken as the composed codecs take it, or not at all', () => {
    let accepted = 0
    for (const name of names)
      for (const value of values)
        for (const wire of [
          { ...entry, [name]: value },
          { ...full, [name]: value },
          { ...entry, additionalDetails: { ...details, [name]: value } },
          { ...entry, additionalDetails: { [name]: value } }
        ])
          if (isAccepted(dimension, wire)) accepted += 1
    expect(accepted).toBeGreaterThan(300)
  })

  test('any two values in details, are taken as the composed codecs take them, or not at all', () => {
    for (const name of Object.keys(details))
      for (const other of [...Object.keys(details), 'x'])
        for (const value of [undefined, 'a', 1])
          isAccepted(dimension, { ...entry, additionalDetails: { ...details, [name]: undefined, [other]: value } })
  })

  test.each<[string, unknown]>([
    ['no object', 'text'],
    ['null', null],
    ['undefined', undefined],
    ['a list', []],
    ['an object of another prototype', Object.create(entry)],
    ['an object of no prototype', Object.assign(Object.create(null), entry)]
  ])('%s, is left to the composed codecs', (_name, wire) => {
    expect(acceptItem[dimension](wire, source)).toBeUndefined()
  })

  test.each<[string, Wire]>([
    ['value', { value: 2 ** 53 }],
    ['timezoneOffset', { timezoneOffset: -(2 ** 53) }],
    ['chronologicalExactness', { additionalDetails: { chronologicalExactness: 1e22 } }],
    ['measurementReference', { additionalDetails: { measurementReference: 2 ** 53 } }]
  ])('an integer as %s that parsing has rounded, is left to the composed codecs', (_name, fields) => {
    expect(isAccepted(dimension, { ...entry, ...fields })).toBe(false)
  })

  test('an empty word before any other, is no word', () => {
    jest.isolateModules(() => {
      const fresh = require('../src/codecs/accept-item') as { acceptItem: typeof acceptItem }
      const wire = { ...entry, additionalDetails: { generationType: '' } }
      expect(fresh.acceptItem[dimension](wire, source)).toBeUndefined()
    })
  })

  test.each<[string, Wire]>([
    ['the least', entry],
    ['all fields', full],
    ...Object.keys(details).map((name): [string, Wire] => [
      `the least with ${name}`,
      { ...entry, additionalDetails: { [name]: details[name] } }
    ]),
    ['no details', { ...entry, additionalDetails: {} }],
    ['a time zone', { ...entry, timezoneOffset: 0 }],
    ['a number as value', { ...entry, value: 53.5 }],
    ['a safe integer as value', { ...entry, value: 2 ** 53 - 1 }],
    ['a boolean as value', { ...entry, value: false, additionalDetails: { valueType: 'BOOLEAN' } }],
    ['an empty value', { ...entry, value: '' }],
    ['creation as text', { ...entry, additionalDetails: { creationTimestamp: iso } }],
    ['the longest word', { ...entry, additionalDetails: { generationType: 'x'.repeat(1_024) } }],
    ['the same word again', { ...entry, additionalDetails: { generationType: 'x'.repeat(1_024) } }],
    ['another word', { ...entry, additionalDetails: { generationType: 'tracker' } }]
  ])('%s, is accepted', (_name, wire) => expect(isAccepted(dimension, wire)).toBe(true))
})

describe('epoch entries: timestamps', () => {
  test.each([
    { startTimestamp: 0 },
    { startTimestamp: -62_167_219_200_000 },
    { startTimestamp: 253_402_300_799_999 },
    { endTimestamp: 0 },
    { endTimestamp: '2022-09-07T21:39:32.250+02:00' }
  ])('%j, is accepted', (fields) => expect(isAccepted('epoch', { ...least.epoch, ...fields })).toBe(true))
})

describe('flat records', () => {
  test('all fields, in the order of the declaration, and no other', () => {
    const wire = { ...least.epoch, ...own, endTimestamp: 1, additionalDetails: details }
    const record = acceptItem.epoch(wire, source)
    expect(record).toStrictEqual({
      dimension: 'epoch',
      ...source,
      startTimestamp: new Date(iso),
      endTimestamp: new Date(1),
      timezoneOffset: -120.5,
      dataTypeId: 1000,
      value: '53.0',
      parsedValue: 53,
      ...details,
      creationTimestamp: new Date(1_662_579_572_000),
      measurementReference: '9007163812253719',
      generationType: 'MANUAL_ENTRY'
    })
    expect(Object.keys(record ?? {}).join()).toBe(
      'dimension,endUserId,endUserAlias,dataSourceId,dataSourceName,startTimestamp,endTimestamp,timezoneOffset,dataTypeId,value,parsedValue,creationTimestamp,dataTypeName,valueType,thirdPartyDataSourceId,thirdPartyDataSourceName,measurementReference,generationType,trustworthiness,medicalGrade,chronologicalExactness'
    )
  })

  test('the least, has no field more', () => {
    const record = acceptItem.daily(least.daily, { endUserId: 'user-1', dataSourceId: 5 })
    expect(record).toStrictEqual({
      dimension: 'daily',
      endUserId: 'user-1',
      dataSourceId: 5,
      day: '2022-09-07',
      dataTypeId: 1000,
      value: '53.0',
      parsedValue: 53
    })
  })

  test('the extra of the source, is that of the record', () => {
    expect(acceptItem.daily(least.daily, { ...source, extra: '{"source":{"x":1}}' })).toHaveProperty(
      'extra',
      '{"source":{"x":1}}'
    )
  })
})
