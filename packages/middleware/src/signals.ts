/** What the receiver tells of its own work, and what listeners of it and of events take. */
import type { ErrorCode, ThryveError } from './errors'
import type { DeliveryContext, EventName, EventOf, EventPattern } from './events'
import type { HealthReason, HealthState } from './health/health-report'
import type { DecodeFailure, DroppedEntry } from './storage/quarantine'
import type { SaveResult } from './storage/storage'

/**
 * How a turn of work on a delivery ended.
 * `stored`: all of it is, and its listeners have been told · `quarantined`: nothing of it could be used, and it is kept ·
 * `partly-quarantined`: the good records are stored, the delivery is kept for the bad ones · `retried`: it failed and comes
 * again, from the inbox, or from the sender where there is none · `buried`: given up, a dead letter · `refused`: not
 * understood, and answered so · `lost`: another worker has it · `outage`: the store is out of reach, no attempt is used up.
 */
export type TurnOutcome =
  | 'stored'
  | 'quarantined'
  | 'partly-quarantined'
  | 'retried'
  | 'buried'
  | 'refused'
  | 'lost'
  | 'outage'

/** What the receiver tells of its own work. None of it holds health data but `quarantined`'s user id. */
export interface SignalMap {
  /** A delivery's records are stored. */
  readonly stored: SaveResult & { readonly deliveryId: string; readonly type: EventName }
  /** A delivery, or some of its records, could not be understood and is kept. */
  readonly quarantined: {
    readonly deliveryId: string
    readonly scope: 'delivery' | 'records'
    readonly code: string
    readonly failures: readonly DecodeFailure[]
    readonly badRecords: number
  }
  /** The quarantine was full: these were there longest and are gone. Raise `maxQuarantined` or `maxQuarantinedBytes`, or work it off. */
  readonly 'quarantine-overflow': { readonly dropped: readonly DroppedEntry[] }
  /** A delivery was answered with something other than 2xx. */
  readonly rejected: { readonly code: string; readonly status: number; readonly reason?: string }
  /** A request that was the webhook's has its answer. */
  readonly answered: {
    /** Only where the delivery is authentic. */
    readonly deliveryId?: string
    readonly status: number
    readonly code?: ErrorCode
    /** From the request's first byte to its answer. */
    readonly durationMs: number
    /** Size of the body as received; 0 where it was refused unread. */
    readonly bytes: number
  }
  /** A turn of work on a delivery has ended. */
  readonly processed: {
    readonly deliveryId: string
    readonly outcome: TurnOutcome
    /** Why it did not go well, or went to the quarantine. */
    readonly code?: ErrorCode
    /** Which turn it was, from 1. */
    readonly attempt: number
    readonly type?: EventName
    /** The sources of its records, each once, the first 20; or the one of the notification. */
    readonly dataSourceIds: readonly number[]
    /** Size of the body as received. */
    readonly bytes: number
    readonly decompressedBytes?: number
    /** What became of the records, where it came to saving them. */
    readonly records?: SaveResult
    readonly badRecords: number
    /** How long each step took that was reached. */
    readonly steps: {
      readonly decompressMs?: number
      readonly decodeMs?: number
      readonly saveMs?: number
      readonly listenersMs?: number
    }
    /** The whole turn. */
    readonly durationMs: number
  }
  /** The state of `webhook.health()` changed. Thryve switches a webhook off whose answers fail again and again. */
  readonly health: {
    readonly state: HealthState
    readonly previous: HealthState
    readonly reasons: readonly HealthReason[]
  }
  /** Something went wrong that no answer tells: a listener, a store, a bug. */
  readonly error: ThryveError
  /** Deliveries with and without the origin parts of the key come mixed: settle it at Thryve, or set `identity: 'source'`. */
  readonly 'degraded-identity': { readonly deliveryId: string; readonly hasOrigin: boolean }
}

/** The names of the receiver's own signals. */
export type SignalName = keyof SignalMap

/** Everything `on`, `once` and `off` take. */
export type ListenerName = EventName | EventPattern | SignalName

/** What a listener of that name is called with. */
export type ListenerArgument<Name extends ListenerName> = Name extends SignalName
  ? SignalMap[Name]
  : Name extends EventName | EventPattern
    ? EventOf<Name> & DeliveryContext
    : never

/** A listener. One of an event is awaited; a rejection is a failed attempt. */
export type Listener<Name extends ListenerName> = (argument: ListenerArgument<Name>) => unknown
