/** The contract's quarantine: what is kept because it could not be understood. */
import type { Page, PageQuery, RawDelivery } from './raw-delivery'

/** Why one place of a payload could not be decoded. It never holds a value. */
export interface DecodeFailure {
  /** Where, e.g. `data.epochData[3].startTimestamp`. */
  readonly path: string
  /** What was expected there, e.g. `ISO 8601 instant with zone`. */
  readonly expected: string
}

/** A delivery that could not be understood, in whole or in part. */
export interface QuarantineItem {
  readonly delivery: RawDelivery
  /** `delivery`: nothing of it could be used. `records`: the rest of it was stored. */
  readonly scope: 'delivery' | 'records'
  /** The error code that says why, e.g. `THRYVE_INVALID_JSON`. */
  readonly code: string
  /** The first failures, one per bad place. Empty where the code says it all. */
  readonly failures: readonly DecodeFailure[]
  /** How many records are bad; 0 for a whole delivery. */
  readonly badRecords: number
  /** The user, where the payload could be read that far. */
  readonly endUserId?: string
  /** Headers that may carry the signature; only with `THRYVE_UNVERIFIED`, so that it can be verified before a replay. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
}

/** A quarantined delivery as the store knows it. Its id is the delivery's. */
export interface QuarantineEntry extends QuarantineItem {
  /** When it came into the quarantine first. */
  readonly firstSeenAt: Date
}

/** A listing leaves the bytes out. */
export interface QuarantineSummary extends Omit<QuarantineEntry, 'delivery'> {
  readonly delivery: Omit<RawDelivery, 'body'>
  /** Size of the kept body in bytes. */
  readonly bytes: number
}

/** How much a quarantine may hold. */
export interface QuarantineBounds {
  readonly maxEntries: number
  /** Of the kept bodies, in bytes. */
  readonly maxBytes: number
}

/** A quarantined delivery that fell out since newer ones needed its place. */
export interface DroppedEntry {
  readonly deliveryId: string
  /** Size of its body in bytes. */
  readonly bytes: number
}

/** Keeps what could not be understood. */
export interface Quarantine {
  /** Keeps an item. The same delivery again replaces it, but for `firstSeenAt`. */
  add(item: QuarantineItem): Promise<void>
  /** Newest first. */
  list(query?: PageQuery): Promise<Page<QuarantineSummary>>
  get(deliveryId: string): Promise<QuarantineEntry | undefined>
  /** @returns whether there was one. */
  remove(deliveryId: string): Promise<boolean>
  /**
   * Drops what has been there longest until the rest is within the bounds.
   *
   * @returns what this call dropped; of several calls at once, one tells each.
   */
  trim(bounds: QuarantineBounds): Promise<readonly DroppedEntry[]>
  /** How many there are, about. For health and metrics; without it they leave the figure out. */
  count?(): Promise<number>
}
