import type { ThryveRecord } from '@thryve-webhook/middleware'
import { dailyRecord, epochRecord, versioned } from '@thryve-webhook/middleware/testing'
import fc from 'fast-check'
import { isSameContent, type Patterns, packRecord, unpackRecord } from '../src/packed-record'

const date = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
const text = fc.constantFrom('a', 'b', '')
const number = fc.constantFrom(0, 1, 2.5)

const optional = {
  endUserAlias: text,
  dataSourceName: text,
  dataTypeName: text,
  timezoneOffset: number,
  valueType: text,
  creationTimestamp: date,
  thirdPartyDataSourceId: number,
  thirdPartyDataSourceName: text,
  measurementReference: text,
  generationType: text,
  trustworthiness: text,
  medicalGrade: fc.boolean(),
  chronologicalExactness: number,
  extra: text
}
const required = {
  endUserId: text,
  dataSourceId: number,
  dataTypeId: number,
  value: text,
  parsedValue: fc.oneof(text, number, fc.boolean(), date)
}
const withOptional = { requiredKeys: Object.keys(required) as (keyof typeof required)[] }

const epoch = fc
  .tuple(
    fc.record({ startTimestamp: date }),
    fc.record({ endTimestamp: date }, { requiredKeys: [] }),
    fc.record({ ...required, ...optional }, withOptional)
  )
  .map(([own, end, fields]) => ({ dimension: 'epoch', ...own, ...end, ...fields }) as ThryveRecord)
const daily = fc
  .tuple(
    fc.record({ day: fc.constantFrom('2024-05-01', '0004-02-29') }),
    fc.record({ ...required, ...optional }, withOptional)
  )
  .map(([own, fields]) => ({ dimension: 'daily', ...own, ...fields }) as ThryveRecord)
const record = fc.oneof(epoch, daily)

const pack = (given: ThryveRecord, patterns: Patterns) => packRecord(versioned(given), patterns)

test('packRecord: any records that share patterns, unpacked they are what they were', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 30 }), (records) => {
      const patterns: Patterns = new Map()
      const packed = records.map((each) => pack(each, patterns))
      expect(packed.map(unpackRecord)).toEqual(records)
      expect(packed.map(unpackRecord).map(Object.keys)).toEqual(records.map(Object.keys))
    })
  )
})

/** All fields as text, in one order. */
const textOf = (value: ThryveRecord): string =>
  JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))

test('isSameContent: any two records, as comparing all of their fields says', () => {
  fc.assert(
    fc.property(record, record, fc.boolean(), (a, other, isTwin) => {
      const patterns: Patterns = new Map()
      const b = isTwin ? structuredClone(a) : other
      expect(isSameContent(pack(a, patterns), pack(b, patterns))).toBe(textOf(a) === textOf(b))
    })
  )
})

const full = epochRecord({
  endUserAlias: 'alias',
  dataSourceName: 'source',
  dataTypeName: 'type',
  timezoneOffset: 60,
  endTimestamp: new Date('2024-05-01T00:01:00Z'),
  thirdPartyDataSourceId: 1,
  thirdPartyDataSourceName: 'third',
  measurementReference: '9007163800000001',
  generationType: 'TRACKER',
  trustworthiness: 'plausible',
  medicalGrade: false,
  chronologicalExactness: 15,
  valueType: 'LONG',
  creationTimestamp: new Date('2024-05-01T00:02:00Z'),
  extra: '{}'
})

test.each(Object.keys(full))('isSameContent: another %s, it is noticed', (field) => {
  const changed = { ...full, [field]: field.endsWith('Timestamp') ? new Date(7) : `other ${field}` } as ThryveRecord
  const { [field as keyof ThryveRecord]: _, ...without } = full
  const patterns: Patterns = new Map()
  const packed = pack(full, patterns)
  expect(isSameContent(packed, pack(changed, patterns))).toBe(false)
  expect(isSameContent(packed, pack(full, new Map()))).toBe(true)
  if (field !== 'dimension' && field !== 'startTimestamp')
    expect(isSameContent(packed, pack(without as ThryveRecord, patterns))).toBe(false)
})

test('packRecord: a text that is new with every record, few patterns are kept', () => {
  const patterns: Patterns = new Map()
  for (let index = 0; index < 1_000; index++) pack(epochRecord({ extra: String(index) }), patterns)
  const kept = [...patterns.values()].flat()
  expect(kept.length).toBeLessThanOrEqual(65)
})

test('packRecord: the same type in both dimensions, two patterns', () => {
  const patterns: Patterns = new Map()
  const [a, b] = [pack(epochRecord({ dataTypeId: 1 }), patterns), pack(dailyRecord({ dataTypeId: 1 }), patterns)]
  expect([unpackRecord(a).dimension, unpackRecord(b).dimension]).toEqual(['epoch', 'daily'])
})
