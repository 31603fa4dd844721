/** Records, and what a delivery of them is given. */
import type { DataEvent, EpochEvent } from '../src/events'
import type { Identity, VersionContext } from '../src/identity'
import { Versioner } from '../src/process/versioner'
import type { DailyRecord, EpochRecord } from '../src/records'

export const epoch: EpochRecord = {
  dimension: 'epoch',
  endUserId: 'user-1',
  dataSourceId: 5,
  dataTypeId: 1000,
  startTimestamp: new Date('2022-09-07T19:39:32Z'),
  thirdPartyDataSourceId: 1,
  generationType: 'TRACKER',
  value: '53',
  parsedValue: 53
}
export const daily: DailyRecord = {
  dimension: 'daily',
  endUserId: 'user-1',
  dataSourceId: 5,
  dataTypeId: 1000,
  day: '2022-09-07',
  value: '1',
  parsedValue: 1
}

/** Versions a delivery. */
export const versionRecords = (event: DataEvent, identity: Identity, context: Omit<VersionContext, 'isUpdate'>) => {
  const versioner = new Versioner(event.type, identity, context)
  for (const record of event.records) versioner.add(record)
  return versioner.winners()
}

/** A delivery of epoch records. */
export const event = (...records: EpochRecord[]): EpochEvent => ({
  type: 'event.data.epoch.create',
  endUserId: 'user-1',
  timestampType: 'ISO',
  records
})
