import type { DailyRecord, DataEvent, EpochRecord, ThryveEvent, ThryveWebhook } from '../src/index'

/** Wrong programs that must not compile: the compiler checks this file, nothing runs it. */
export const programs = (webhook: ThryveWebhook) => {
  webhook.on('event.data.epoch.create', ({ type, endUserId, records, attempt }) => {
    const exact: 'event.data.epoch.create' = type
    const epochs: readonly EpochRecord[] = records
    // @ts-expect-error epoch records have no day
    records[0]?.day
    return [exact, endUserId.length, epochs, attempt.toFixed()]
  })
  webhook.on('event.data.daily.update', ({ records }) => {
    const days: readonly DailyRecord[] = records
    // @ts-expect-error daily records have no start
    records[0]?.startTimestamp
    return days
  })
  webhook.on('event.data.*', (event) => {
    const data: DataEvent = event
    // @ts-expect-error a pattern's event is one of several: narrow it by its type first
    event.records[0]?.startTimestamp
    if (event.type === 'event.data.epoch.update') event.records[0]?.startTimestamp.getTime()
    return data
  })
  webhook.on('event.data.daily.*', (event) => event.records[0]?.day.length)
  webhook.on('notification.source.*', ({ timestamp }) => timestamp.getTime())
  webhook.on('notification.data.epoch.createupdate', ({ dataTypeIds, endTimestamp }) => [dataTypeIds, endTimestamp])
  webhook.on('*', (event) => {
    const any: ThryveEvent = event
    return any
  })
  webhook.on('stored', ({ inserted, deliveryId }) => [inserted, deliveryId])
  webhook.on('error', (error) => error.code === 'THRYVE_STORE_FAILED')
  webhook.once('quarantined', ({ failures }) => failures[0]?.path).off('rejected', () => {})
  // @ts-expect-error no such event
  webhook.on('event.data.epoch.created', () => {})
  // @ts-expect-error no such pattern
  webhook.on('event.data.epoch.create.*', () => {})
  // @ts-expect-error no such prefix
  webhook.on('event.dat*', () => {})
  // @ts-expect-error a daily listener is none for epoch events
  webhook.on('event.data.epoch.create', (event: { readonly records: readonly DailyRecord[] }) => event)
  // @ts-expect-error no listener
  webhook.on('error', 'listener')
  // @ts-expect-error records are not to be changed
  webhook.on('event.data.epoch.create', ({ records }) => records.push())
}

test('types: this file, compiles', () => {
  expect(programs).toBeInstanceOf(Function)
})
