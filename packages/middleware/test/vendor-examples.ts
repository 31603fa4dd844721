/** The examples of the vendor's data push page, as printed there. */
const details = (creationTimestamp: string | number, valueType: string) => ({
  creationTimestamp,
  dataTypeName: 'Steps',
  valueType,
  thirdPartyDataSourceId: 1,
  thirdPartyDataSourceName: 'UNKNOWN',
  measurementReference: 9007163812253719,
  generationType: 'MANUAL_ENTRY',
  trustworthiness: 'doubt_from_device_source',
  medicalGrade: false,
  chronologicalExactness: 15
})

const envelope = (
  type: string,
  timestampType: string,
  record: object,
  list: 'epochData' | 'dailyData' = 'epochData'
) => ({
  endUserId: '123accessToken',
  endUserAlias: 'YourEndUserAlias',
  timestampType,
  type,
  data: { dataSourceId: 5, dataSourceName: 'Apple', [list]: [record] }
})

const epochIso = {
  startTimestamp: '2022-09-07T19:39:32Z',
  endTimestamp: '2022-09-07T19:45:02Z',
  timezoneOffset: 0,
  dataTypeId: 1000,
  value: '53.0',
  additionalDetails: details('2022-09-07T19:45:05Z', 'DOUBLE')
}

const epochUnix = {
  ...epochIso,
  startTimestamp: 1662579572000,
  endTimestamp: 1662579902000,
  additionalDetails: details(1662579905000, 'DOUBLE')
}

const dailyIso = {
  day: '2022-09-07',
  timezoneOffset: 0,
  dataTypeId: 1000,
  value: '11203',
  additionalDetails: details('2022-09-07T19:45:05Z', 'LONG')
}

const dailyUnix = { ...dailyIso, day: 1662508800000, additionalDetails: details(1662579905000, 'LONG') }

export const vendorExamples = {
  'epoch, ISO': envelope('event.data.epoch.create', 'ISO', epochIso),
  'epoch, unix': envelope('event.data.epoch.create', 'UNIX', epochUnix),
  'daily, ISO, in epochData as the examples print it': envelope('event.data.daily.create', 'ISO', dailyIso),
  'daily, ISO, in dailyData as the table names it': envelope('event.data.daily.create', 'ISO', dailyIso, 'dailyData'),
  'daily, unix, labelled ISO': envelope('event.data.daily.update', 'ISO', dailyUnix)
}
