/** The wire form of an event, as the vendor's page prints it. */
import type { DataEvent, EventName, ThryveEvent } from '../events'
import { stringifyJson } from '../json'
import type { ThryveRecord } from '../records'
import { readExtra, toItem } from './item'
import { type NotificationName, notification } from './notification'
import type { UnknownFields, WireObject } from './shape'

/** A delivery on the wire, ready for JSON. `measurementReference` is a `bigint` beyond 2^53: see {@link stringifyJson}. */
export interface WireDelivery extends WireObject {
  readonly type: EventName
  readonly endUserId: string
  readonly data: WireObject | readonly WireObject[]
}

const encodeNotification = (event: Exclude<ThryveEvent, DataEvent>, unknown: UnknownFields | undefined): WireObject => {
  const codec = notification[event.timestampType][event.type as NotificationName]
  return codec.encode({ ...event, ...(unknown === undefined ? {} : { unknown }) } as never)
}

const sourceOf = (record: ThryveRecord): WireObject => ({
  dataSourceId: record.dataSourceId,
  ...(record.dataSourceName === undefined ? {} : { dataSourceName: record.dataSourceName }),
  ...readExtra(record)['source']
})

const encodeSources = (event: DataEvent): WireObject | WireObject[] => {
  const isEpoch = event.type.startsWith('event.data.epoch')
  const sources: { readonly identity: string; readonly wire: WireObject; readonly items: object[] }[] = []
  for (const record of event.records as readonly ThryveRecord[]) {
    const wire = sourceOf(record)
    const identity = stringifyJson(wire)
    let source = sources.at(-1)
    if (source?.identity !== identity) {
      source = { identity, wire, items: [] }
      sources.push(source)
    }
    source.items.push(toItem(record, event.timestampType))
  }
  const encoded = sources.map(({ wire, items }) => ({ ...wire, [isEpoch ? 'epochData' : 'dailyData']: items }))
  const [first, ...others] = encoded
  return first !== undefined && others.length === 0 ? first : encoded
}

/**
 * Encodes an event. Records of several sources become a list of sources, in the records' order.
 *
 * @example stringifyJson(encodeDelivery(event))
 */
export const encodeDelivery = (event: ThryveEvent): WireDelivery => {
  const { delivery, data } = readExtra(event)
  const { endUserId, endUserAlias, timestampType, type } = event
  return {
    endUserId,
    ...(endUserAlias === undefined ? {} : { endUserAlias }),
    timestampType,
    type,
    data: 'records' in event ? encodeSources(event) : encodeNotification(event, data),
    ...delivery
  }
}
