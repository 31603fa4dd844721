/** Records of users that do not exist, for tests. */
import { recordKey } from '../identity'
import type { DailyRecord, EpochRecord, ThryveRecord } from '../records'
import type { SaveBatch, VersionedRecord } from '../storage/storage'
import { rawDelivery } from './synthetic-deliveries'

/** A step count of one instant of `synthetic-user`; what is given replaces its fields. */
export const epochRecord = (fields: Partial<EpochRecord> = {}): EpochRecord => ({
  dimension: 'epoch',
  endUserId: 'synthetic-user',
  dataSourceId: 5,
  dataTypeId: 1000,
  startTimestamp: new Date('2024-05-01T08:00:00Z'),
  value: '53',
  parsedValue: 53,
  valueType: 'LONG',
  ...fields
})

/** A step count of one day of `synthetic-user`; what is given replaces its fields. */
export const dailyRecord = (fields: Partial<DailyRecord> = {}): DailyRecord => ({
  dimension: 'daily',
  endUserId: 'synthetic-user',
  dataSourceId: 5,
  dataTypeId: 1000,
  day: '2024-05-01',
  value: '11203',
  parsedValue: 11203,
  valueType: 'LONG',
  ...fields
})

/** A record with its natural key and a version. @default version '1' */
export const versioned = (record: ThryveRecord, version = '1'): VersionedRecord => ({
  key: recordKey(record, 'origin'),
  version,
  record
})

/** A batch of a delivery of its own. */
export const saveBatch = (...records: VersionedRecord[]): SaveBatch => {
  const { id, receivedAt } = rawDelivery()
  return { deliveryId: id, receivedAt, records }
}
