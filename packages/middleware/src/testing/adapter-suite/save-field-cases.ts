/** Every kind of field comes back as it went in. */
import type { DailyRecord, EpochRecord, ThryveRecord } from '../../records'
import { dailyRecord, epochRecord, saveBatch, versioned } from '../synthetic-records'
import { assertCounts, assertRecords, assertStored } from './compare'
import type { Cases } from './world'

const details = {
  endUserAlias: 'alias of nobody',
  dataSourceName: 'Apple',
  dataTypeName: 'Steps',
  timezoneOffset: -210,
  creationTimestamp: new Date('2024-05-01T08:00:05.678Z'),
  thirdPartyDataSourceId: 1,
  thirdPartyDataSourceName: 'UNKNOWN',
  measurementReference: '90071638122537190007',
  generationType: 'MANUAL_ENTRY',
  trustworthiness: 'doubt_from_device_source',
  medicalGrade: false,
  chronologicalExactness: 15,
  extra: '{"record":{"new":[1,{"deep":null}]},"additionalDetails":{"flag":true}}'
}

const bare = { dimension: 'epoch', endUserId: 'u', dataSourceId: 1, dataTypeId: 1 } as const

const records: Record<string, ThryveRecord> = {
  'all epoch fields': epochRecord({ ...details, endTimestamp: new Date('2024-05-01T08:05:30.001Z') }),
  'all daily fields': dailyRecord(details),
  'only the required fields': { ...bare, startTimestamp: new Date(0), value: '', parsedValue: '' },
  'a whole number': epochRecord({ value: '53.0', parsedValue: 53, valueType: 'DOUBLE' }),
  'a fraction': epochRecord({ value: '0.1', parsedValue: 0.1, valueType: 'DOUBLE' }),
  'a negative number': epochRecord({ value: '-273.15', parsedValue: -273.15 }),
  'a number above 2^31': epochRecord({ value: '4294967296', parsedValue: 4294967296, dataTypeId: 4_000_000_001 }),
  'the largest safe integer': epochRecord({ value: '9007199254740991', parsedValue: Number.MAX_SAFE_INTEGER }),
  'the largest number': epochRecord({ value: '1.7976931348623157e308', parsedValue: Number.MAX_VALUE }),
  'the smallest number': epochRecord({ value: '5e-324', parsedValue: Number.MIN_VALUE }),
  'an integer beyond 2^53, as text': epochRecord({ value: '9007199254740993', parsedValue: '9007199254740993' }),
  'the value true': epochRecord({ value: 'true', parsedValue: true, valueType: 'BOOLEAN' }),
  'the value false': epochRecord({ value: 'false', parsedValue: false, valueType: 'BOOLEAN' }),
  'a date as value': epochRecord({ value: '1714550400000', parsedValue: new Date(1714550400000), valueType: 'DATE' }),
  'text that looks like a date': epochRecord({
    value: '2024-05-01T08:00:00.000Z',
    parsedValue: '2024-05-01T08:00:00.000Z'
  }),
  'text that looks like a number': epochRecord({ value: '007', parsedValue: '007', valueType: 'STRING' }),
  'text of several scripts': epochRecord({ value: 'Ä e\u0301 שלום 健康 👩‍⚕️', parsedValue: 'Ä e\u0301 שלום 健康 👩‍⚕️' }),
  'text with control characters': epochRecord({ value: 'a\u0000b\r\n\t\u2028', parsedValue: 'a\u0000b\r\n\t\u2028' }),
  'text of 200,000 characters': epochRecord({ value: 'é'.repeat(200_000), parsedValue: 'é'.repeat(200_000) }),
  'extra with operators in it': epochRecord({
    extra: '{"record":{"$set":{"a.b":1},"$where":"1","__proto__":{"x":1}}}'
  }),
  'a user id with dots and dollars': epochRecord({ endUserId: '$where.a.$b..' }),
  'a user id of another script': dailyRecord({ endUserId: 'użytkownik/1 "2"\\' }),
  'a user id that is a name of every object': epochRecord({ endUserId: '__proto__' }),
  'an instant before 1970': epochRecord({ startTimestamp: new Date('1901-12-13T20:45:51.001Z') }),
  'an instant far ahead': epochRecord({ startTimestamp: new Date('2399-12-31T23:59:59.999Z') }),
  'a leap day': dailyRecord({ day: '2024-02-29' })
}

const queryOf = ({ dimension, endUserId }: EpochRecord | DailyRecord) => ({ dimension, endUserId })

/** One case for each kind of field: stored as it is, recognised as unchanged, found as it is. */
export const saveFieldCases: Cases = Object.fromEntries(
  Object.entries(records).map(([kind, record]) => [
    `save: ${kind}, kept exactly`,
    async ({ adapter, probe, find }) => {
      const batch = saveBatch(versioned(record))
      assertCounts(await adapter.save(batch), { inserted: 1 })
      await assertStored(probe, batch.records)
      assertCounts(await adapter.save(batch), { unchanged: 1 })
      if (adapter.find !== undefined) assertRecords(await find(queryOf(record)), [record])
    }
  ])
) satisfies Cases
