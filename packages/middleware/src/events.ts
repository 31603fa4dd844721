/** What a delivery says once decoded, and the names listeners subscribe to. */
import type { DailyRecord, EpochRecord } from './records'

/** How the sender writes timestamps: ISO 8601 text, or unix milliseconds. */
export type TimestampType = 'ISO' | 'UNIX'

/** What every event carries. */
export interface EventFields {
  readonly endUserId: string
  readonly endUserAlias?: string
  /** As the timestamps themselves are written, whatever the label beside them says. */
  readonly timestampType: TimestampType
  /** Fields of the envelope that this version does not know, as JSON text. */
  readonly extra?: string
}

/** Epoch records that were created or changed. */
export interface EpochEvent<Type extends string = 'event.data.epoch.create' | 'event.data.epoch.update'>
  extends EventFields {
  readonly type: Type
  readonly records: readonly EpochRecord[]
}

/** Daily records that were created or changed. */
export interface DailyEvent<Type extends string = 'event.data.daily.create' | 'event.data.daily.update'>
  extends EventFields {
  readonly type: Type
  readonly records: readonly DailyRecord[]
}

/** A user connected or disconnected a source. */
export interface SourceNotification<
  Type extends string = 'notification.source.connect' | 'notification.source.disconnect'
> extends EventFields {
  readonly type: Type
  readonly dataSourceId: number
  readonly timestamp: Date
}

/** Epoch data of a range changed and can be fetched. */
export interface EpochNotification extends EventFields {
  readonly type: 'notification.data.epoch.createupdate'
  readonly dataSourceId: number
  readonly dataTypeIds: readonly number[]
  readonly startTimestamp: Date
  readonly endTimestamp: Date
}

/** Daily data of a range changed and can be fetched. */
export interface DailyNotification extends EventFields {
  readonly type: 'notification.data.daily.createupdate'
  readonly dataSourceId: number
  readonly dataTypeIds: readonly number[]
  /** `YYYY-MM-DD`. */
  readonly startDay: string
  /** `YYYY-MM-DD`. */
  readonly endDay: string
}

/** Every event this version knows, by its `type`. */
export interface EventMap {
  readonly 'event.data.epoch.create': EpochEvent<'event.data.epoch.create'>
  readonly 'event.data.epoch.update': EpochEvent<'event.data.epoch.update'>
  readonly 'event.data.daily.create': DailyEvent<'event.data.daily.create'>
  readonly 'event.data.daily.update': DailyEvent<'event.data.daily.update'>
  readonly 'notification.source.connect': SourceNotification<'notification.source.connect'>
  readonly 'notification.source.disconnect': SourceNotification<'notification.source.disconnect'>
  readonly 'notification.data.epoch.createupdate': EpochNotification
  readonly 'notification.data.daily.createupdate': DailyNotification
}

/** The `type` of a delivery. */
export type EventName = keyof EventMap

/** A decoded delivery. */
export type ThryveEvent = EventMap[EventName]

/** A decoded delivery that brings records. */
export type DataEvent = EventMap[Extract<EventName, `event.data.${string}`>]

/** Every event name that this version knows. */
export const eventNames = [
  'event.data.epoch.create',
  'event.data.epoch.update',
  'event.data.daily.create',
  'event.data.daily.update',
  'notification.source.connect',
  'notification.source.disconnect',
  'notification.data.epoch.createupdate',
  'notification.data.daily.createupdate'
] as const satisfies readonly EventName[]

/** Whether a text is the `type` of a delivery that this version knows. */
export const isEventName = (name: string): name is EventName => (eventNames as readonly string[]).includes(name)

type Prefixes<Name extends string> = Name extends `${infer Head}.${infer Tail}`
  ? Head | `${Head}.${Prefixes<Tail>}`
  : never

/** A prefix of event names that ends in `.*`, such as `event.data.*`; `*` is every event. */
export type EventPattern = '*' | `${Prefixes<EventName>}.*`

/** The events that a name or pattern stands for. */
export type EventOf<Name extends EventName | EventPattern> = Name extends '*'
  ? ThryveEvent
  : Name extends `${infer Prefix}.*`
    ? EventMap[Extract<EventName, `${Prefix}.${string}`>]
    : EventMap[Extract<EventName, Name>]

/** The delivery an event came with. */
export interface DeliveryContext {
  readonly deliveryId: string
  readonly receivedAt: Date
  /** When the sender signed it; absent for an unsigned delivery. */
  readonly sentAt?: Date
  /** 1 for the first time the listeners see this delivery; greater when it is handed out again. */
  readonly attempt: number
}
