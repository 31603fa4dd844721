import * as t from 'io-ts'
import type { TimestampType } from '../events'
import { Integer } from './number'
import { shape } from './shape'
import { day, instant } from './timestamp'

const DataTypeIds = t.readonlyArray(Integer, 'list of integers')

const notificationCodecs = (form: TimestampType) => {
  const source = shape('source notification', { dataSourceId: Integer, timestamp: instant[form] })
  return {
    'notification.source.connect': source,
    'notification.source.disconnect': source,
    'notification.data.epoch.createupdate': shape('epoch notification', {
      dataSourceId: Integer,
      dataTypeIds: DataTypeIds,
      startTimestamp: instant[form],
      endTimestamp: instant[form]
    }),
    'notification.data.daily.createupdate': shape('daily notification', {
      dataSourceId: Integer,
      dataTypeIds: DataTypeIds,
      startDay: day[form],
      endDay: day[form]
    })
  }
}

/**
 * The `data` of each notification, by the timestamp form it encodes to; both decode both forms.
 *
 * @example notification.ISO['notification.source.connect'].decode({ dataSourceId: 5, timestamp: '2022-09-07T19:39:32Z' })
 */
export const notification = { ISO: notificationCodecs('ISO'), UNIX: notificationCodecs('UNIX') }

/** The name of a notification. */
export type NotificationName = keyof ReturnType<typeof notificationCodecs>
