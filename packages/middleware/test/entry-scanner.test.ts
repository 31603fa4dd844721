/** The scanner, field by field: what it takes is what the composed codecs make of it, and the usual is taken. */
import { EntryScanner } from '../src/codecs/entry-scanner'
import { JsonCursor } from '../src/codecs/json-cursor'
import { details, dimensions, iso, isTaken, least, type Members, own, source, usual, write } from './entries'

const names = [
  ...Object.keys({ ...least.epoch, ...least.daily, ...own, ...details }),
  'endTimestamp',
  'additionalDetails',
  'generation',
  'x'
]

const values: readonly (string | undefined)[] = [
  ...[undefined, 'null', 'true', 'false', '0', '-0', '1', '-1', '1.5', '-0.5', '1.0', '1e3', '1E-3', '1e21', '1e22'],
  ...['01', '-01', '+1', '1.', '.5', '-', '1e', '1x', '1 2', '1e400', '-1e400', '1e-400', '0.1234567890123456789'],
  ...['999999999999999', '-999999999999999', '1000000000000000', '9007199254740991', '-9007199254740991'],
  ...['9007199254740992', '9007199254740993', '-9007199254740993', '12345678901234567', '9007199254740993.0'],
  ...['1'.repeat(30), '1'.repeat(31), '1'.repeat(1_000), '1'.repeat(1_001), '86400000', '1662579572000.5'],
  ...['-62167219200000', '-62167219200001', '253402300799999', '253402300800000'],
  ...['""', '"null"', '"a"', '"\u00df"', '"\\u00df"', '"\\n\\"\\\\"', '"TRUE"', '"LONG"', '"boolean"', '"5"', '"-0"'],
  ...['"\u{1f600}"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\u0000"', '"\u007f"', '"\0"', '"\t"', '"\\x"', '"', '"a'],
  ...['"\ufeffa"', '\ufeff"a"', '"a"x', '"a""b"', `"${'x'.repeat(1_024)}"`, `"${'x'.repeat(1_025)}"`],
  ...[iso, '"2022-09-07T19:39:32.5+01:00"', '"2022-02-30T00:00:00Z"', '"2022-09-07"', '"2022-02-30"', '"2022-9-7"'],
  ...['"0000-01-01T00:00:00+00:01"', '"9999-12-31T23:59:59-00:01"', '"2022\\u002d09-07"', '"2022-09-07 "'],
  ...['{}', '[]', '{"valueType":"LONG"}', '{"x":1}', '{"x":null}', '{"medicalGrade":false}', '[1]', '{', '}', ']', ','],
  ...['nul', 'nulll', 'tru', 'falsey', 'Null', "'a'", '', ' ', ':']
]

describe.each(dimensions)('%s entries', (dimension) => {
  const entry = least[dimension]
  const full = usual[dimension]
  const withDetails = (members: Members): Members => ({ ...entry, additionalDetails: write(members) })

  test('any value in any field, is taken as the composed codecs take it, or not at all', () => {
    let taken = 0
    for (const name of names)
      for (const value of values)
        for (const members of [
          { ...entry, [name]: value },
          { ...full, [name]: value },
          withDetails({ ...details, [name]: value }),
          withDetails({ [name]: value })
        ])
          if (isTaken(dimension, write(members))) taken += 1
    expect(taken).toBeGreaterThan(600)
  })

  test('any two values in details, are taken as the composed codecs take them, or not at all', () => {
    for (const name of Object.keys(details))
      for (const other of [...Object.keys(details), 'x'])
        for (const value of [undefined, '"a"', '1', 'null'])
          isTaken(dimension, write(withDetails({ ...details, [name]: undefined, [other]: value })))
  })

  test.each<[string, Members]>([
    ['the least', entry],
    ['all fields', full],
    ...Object.entries(details).map(([name, value]): [string, Members] => [
      `the least with ${name}`,
      withDetails({ [name]: value })
    ]),
    ...Object.keys(details).map((name): [string, Members] => [
      `no ${name}`,
      withDetails({ ...details, [name]: undefined })
    ]),
    ...Object.keys(details).map((name): [string, Members] => [
      `null as ${name}`,
      withDetails({ ...details, [name]: 'null' })
    ]),
    ['no details', { ...entry, additionalDetails: '{}' }],
    ['null as details', { ...full, additionalDetails: 'null' }],
    ['a time zone', { ...entry, timezoneOffset: '0' }],
    ['null as time zone', { ...full, timezoneOffset: 'null' }],
    ['a number as value', { ...entry, value: '53.5' }],
    ['a number written with an exponent as value', { ...entry, value: '1.50e1' }],
    ['a safe integer as value', { ...entry, value: '9007199254740991' }],
    ['false as value', { ...withDetails({ valueType: '"BOOLEAN"' }), value: 'false' }],
    ['true as value', { ...withDetails({ valueType: '"BOOLEAN"' }), value: 'true' }],
    ['an empty value', { ...entry, value: '""' }],
    ['a value with escapes', { ...entry, value: '"\\u00df\\n\\"},{\\""' }],
    ['a value beyond ASCII', { ...entry, value: '"\u00df\u{1f600}"' }],
    ['a type as a fraction of zero', { ...entry, dataTypeId: '1000.0' }],
    ['texts with escapes', withDetails({ dataTypeName: '"\\u0053teps"', thirdPartyDataSourceName: '"\\"\\\\"' })],
    ['creation as text', withDetails({ creationTimestamp: iso })],
    ['creation as the text null', withDetails({ creationTimestamp: '"null"' })],
    ['a reference of 30 digits', withDetails({ measurementReference: '123456789012345678901234567890' })],
    ['true as medical grade', withDetails({ medicalGrade: 'true' })],
    ['the longest word', withDetails({ generationType: `"${'x'.repeat(1_024)}"` })],
    ['a word beyond ASCII', withDetails({ generationType: '"stra\u00dfe"' })],
    ['a word in lower case', withDetails({ generationType: '"tracker"' })],
    ...['1', '-1.5', 'true', 'false', '""', '"\\u00df"', 'null'].flatMap((value): [string, Members][] => [
      [`an unknown field of ${value}`, { ...entry, x: value }],
      [`an unknown detail of ${value}`, withDetails({ x: value })]
    ]),
    [
      'unknown fields everywhere',
      { x: '1', ...full, 7: '2', ...withDetails({ a: '1', ...details, '\\u00df': '2', b: 'null' }) }
    ],
    [
      'unknown fields by the names of what objects inherit',
      { ...entry, toString: '1', constructor: '2', hasOwnProperty: '3' }
    ]
  ])('%s, is accepted', (_name, members) => expect(isTaken(dimension, write(members))).toBe(true))

  test.each(['', '""', 'null', '[]', 'text', '1', '{}', '{"x":1}', '[{}]', '{', '}', ',', ' '])(
    '%s instead of an entry, is left to the composed codecs',
    (text) => expect(isTaken(dimension, text)).toBe(false)
  )

  test.each<[string, Members]>([
    ['no type', { ...entry, dataTypeId: undefined }],
    ['no value', { ...entry, value: undefined }],
    ['no time', { ...entry, startTimestamp: undefined, day: undefined }],
    ['no time, but an end', { ...entry, startTimestamp: undefined, day: undefined, endTimestamp: iso }],
    ['null as type', { ...entry, dataTypeId: 'null' }],
    ['null as value', { ...entry, value: 'null' }],
    ['null as time', { ...entry, startTimestamp: 'null', day: 'null' }],
    ['the text null as time', { ...entry, startTimestamp: '"null"', day: '"null"' }],
    ['an unknown field that is an object', { ...entry, x: '{}' }],
    ['an unknown field that is a list', { ...entry, x: '[]' }],
    ['an unknown field that is an object as a detail', withDetails({ x: '{}' })],
    ['an unknown integer that parsing rounds', { ...entry, x: '9007199254740993' }],
    ['an unknown field without its colon', { ...entry, 'x" "y': '1' }],
    ['an unknown field with a lone surrogate', { ...entry, x: '"\\ud800"' }],
    ['an unknown field by the name of __proto__', { ...entry, ['__proto__']: '1' }],
    ['a known field by a name with escapes', { ...entry, '\\u0076alue': '1' }],
    ['a known detail by a name with escapes', withDetails({ '\\u0076alueType': '"LONG"' })],
    ['the other name of a detail', withDetails({ generation: '"tracker"' })],
    ['an integer as value that parsing rounds', { ...entry, value: '9007199254740993' }],
    ['an integer as zone that parsing rounds', { ...entry, timezoneOffset: '-9007199254740993' }],
    ['an integer as exactness beyond 2^53', withDetails({ chronologicalExactness: '1e22' })],
    ['an empty word', withDetails({ generationType: '""' })],
    ['a word too long', withDetails({ generationType: `"${'x'.repeat(1_025)}"` })]
  ])('%s, is left to the composed codecs', (_name, members) => {
    expect(isTaken(dimension, write(members))).toBe(false)
  })
})

describe('unknown fields', () => {
  const text = write(least.epoch)
  const withUnknown = (members: string): string => text.replace('{', `{${members},`)

  test.each(['"x":1,"x":2', '"x":1,"x":null', '"x":null,"x":1', '"x":1,"\\u0078":1'])(
    '%s, are left to the composed codecs',
    (members) => expect(isTaken('epoch', withUnknown(members))).toBe(false)
  )

  test('more than 64 different ones in a delivery, are left to the parser, which bounds them', () => {
    const keys = Array.from({ length: 65 }, (_, index) => `k${index}`)
    const entries = [...keys, 'k0'].map((key) => withUnknown(`"${key}":1`))
    const cursor = new JsonCursor(Buffer.from(`${entries.join('')}  `))
    const scanner = new EntryScanner(cursor, 'epoch')
    const isTaken = entries.map((_entry, index) => {
      cursor.at = entries.slice(0, index).join('').length
      return scanner.read(source) !== undefined
    })
    expect(isTaken).toEqual([...keys.slice(0, 64).map(() => true), false, false])
  })
})

describe('epoch entries: timestamps', () => {
  test.each<Members>([
    { startTimestamp: '0' },
    { startTimestamp: '-62167219200000' },
    { startTimestamp: '253402300799999' },
    { endTimestamp: '0' },
    { endTimestamp: 'null' },
    { endTimestamp: '"null"' },
    { endTimestamp: '"2022-09-07T21:39:32.250+02:00"' }
  ])('%j, is accepted', (members) => expect(isTaken('epoch', write({ ...least.epoch, ...members }))).toBe(true))
})

describe('flat records', () => {
  const read = (dimension: 'epoch' | 'daily', members: Members, of: typeof source | object = source) =>
    new EntryScanner(new JsonCursor(Buffer.from(write(members))), dimension).read(of as typeof source)

  test('all fields, in the order of the declaration, and no other', () => {
    const record = read('epoch', usual.epoch)
    expect(record).toStrictEqual({
      dimension: 'epoch',
      ...source,
      startTimestamp: new Date('2022-09-07T19:39:32Z'),
      endTimestamp: new Date(1),
      timezoneOffset: -120.5,
      dataTypeId: 1000,
      value: '53.0',
      parsedValue: 53,
      creationTimestamp: new Date(1_662_579_572_000),
      dataTypeName: 'Steps',
      valueType: 'DOUBLE',
      thirdPartyDataSourceId: 7,
      thirdPartyDataSourceName: 'Phone',
      measurementReference: '9007163812253719',
      generationType: 'MANUAL_ENTRY',
      trustworthiness: 'PLAUSIBLE',
      medicalGrade: false,
      chronologicalExactness: 1.5
    })
    expect(Object.keys(record ?? {}).join()).toBe(
      'dimension,endUserId,endUserAlias,dataSourceId,dataSourceName,startTimestamp,endTimestamp,timezoneOffset,dataTypeId,value,parsedValue,creationTimestamp,dataTypeName,valueType,thirdPartyDataSourceId,thirdPartyDataSourceName,measurementReference,generationType,trustworthiness,medicalGrade,chronologicalExactness'
    )
  })

  test('the least, has no field more', () => {
    expect(read('daily', least.daily, { endUserId: 'user-1', dataSourceId: 5 })).toStrictEqual({
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
    const extra = '{"source":{"x":1}}'
    expect(read('daily', least.daily, { ...source, extra })).toHaveProperty('extra', extra)
    expect(read('epoch', least.epoch, { ...source, extra })).toHaveProperty('extra', extra)
  })

  test('a record, is a plain object', () => {
    expect(Object.getPrototypeOf(read('epoch', usual.epoch))).toBe(Object.prototype)
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  test('the record of the sample, has all fields and is kept', () => {
    const epoch = new Date(0)
    expect(EntryScanner.kept).toStrictEqual([
      expect.any(EntryScanner),
      {
        dimension: 'epoch',
        ...{ endUserId: '', endUserAlias: '', dataSourceId: 0, dataSourceName: '' },
        ...{ startTimestamp: epoch, endTimestamp: epoch, timezoneOffset: 0, dataTypeId: 0, value: '', parsedValue: '' },
        ...{ creationTimestamp: epoch, dataTypeName: '', valueType: '', thirdPartyDataSourceId: 0 },
        ...{ thirdPartyDataSourceName: '', measurementReference: '0', generationType: 'A', trustworthiness: '' },
        ...{ medicalGrade: false, chronologicalExactness: 0 }
      }
    ])
  })
})
