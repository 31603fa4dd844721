/** The contract's inbox: deliveries that are acknowledged and not yet worked off. */
import type { Page, PageQuery, RawDelivery } from './raw-delivery'

/** Who wants to work on an entry, and for how long. The store's clock judges. */
export interface LeaseRequest {
  /** The worker's name, unique to its process. */
  readonly owner: string
  readonly durationMs: number
}

/** The right to work on one entry. */
export interface Lease {
  readonly deliveryId: string
  readonly owner: string
  /** The fencing token: it grows with every claim of the entry, so that a worker that lost its lease changes nothing. */
  readonly token: number
}

/** An entry handed to a worker. */
export interface Claim {
  readonly lease: Lease
  readonly delivery: RawDelivery
  /** How often the entry was worked on, this time included. */
  readonly attempt: number
}

/** What became of a put. */
export type PutResult =
  /** Durable now. `lease` is there when one was asked for. */
  | { readonly outcome: 'accepted'; readonly lease?: Lease }
  /** The entry was there already, in whatever state: durable too. */
  | { readonly outcome: 'duplicate' }

/** How a worker gives an entry back. */
export interface Release {
  /** When it may be claimed again, from now by the store's clock. */
  readonly delayMs: number
  /** Why: an error code, no data. */
  readonly code: string
  /** `false` takes the attempt back: an outage or a shutdown must not use attempts up. */
  readonly countsAttempt: boolean
  readonly endUserId?: string
}

/** `ready`: to be claimed · `leased`: being worked on · `dead`: given up, kept until requeued or removed · `done`: a marker without body. */
export type InboxState = 'ready' | 'leased' | 'dead' | 'done'

/** An inbox entry, without its body. */
export interface InboxEntry {
  readonly deliveryId: string
  readonly state: InboxState
  readonly receivedAt: Date
  readonly attempts: number
  /** The code of the last failure. */
  readonly lastError?: string
  readonly endUserId?: string
  /** Size of the kept body in bytes; 0 for a marker. */
  readonly bytes: number
  /** When it may be claimed, by the store's clock: a leased entry when its lease ends. Absent for dead and done ones. */
  readonly availableAt?: Date
}

/** An inbox entry with what was received. */
export interface InboxEntryDetails extends InboxEntry {
  /** Absent for a marker, whose body is gone. */
  readonly delivery?: RawDelivery
}

/** How full the inbox is. */
export interface InboxStats {
  readonly ready: number
  readonly leased: number
  readonly dead: number
  readonly done: number
  /** When the oldest entry that is neither done nor dead was received. */
  readonly oldestPendingAt?: Date
}

/**
 * A durable queue of raw deliveries. Every change of a claimed entry carries the lease and resolves to
 * `false`, changing nothing, when the lease is no longer the current one. A lease that ran out is current until another
 * worker claims the entry.
 */
export interface Inbox {
  /** Keeps a delivery. Resolves when it is durable; with `lease`, the caller holds it from the start (attempt 1). */
  put(delivery: RawDelivery, lease?: LeaseRequest): Promise<PutResult>
  /** Leases the entry that has waited longest: one that is ready, or whose lease ran out. */
  claim(lease: LeaseRequest): Promise<Claim | undefined>
  /** Makes the lease last `durationMs` from now. */
  extend(lease: Lease, durationMs: number): Promise<boolean>
  /** Settles the entry: its body goes, a marker stays for `dedupeSeconds` so that the sender's retry is recognised. */
  complete(lease: Lease, done: { readonly dedupeSeconds: number; readonly endUserId?: string }): Promise<boolean>
  /** Gives the entry back for a later attempt. */
  release(lease: Lease, release: Release): Promise<boolean>
  /** Gives the entry up. It is kept, with its body. */
  bury(lease: Lease, burial: { readonly code: string; readonly endUserId?: string }): Promise<boolean>
  /** Oldest receipt first; done markers are not listed unless asked for. */
  list(query?: PageQuery & { readonly state?: InboxState }): Promise<Page<InboxEntry>>
  /** Reads one entry, for an operator; changes nothing. Adapters may lack it: then nobody can look into a waiting delivery. */
  get?(deliveryId: string): Promise<InboxEntryDetails | undefined>
  /** Makes a dead entry ready, with its attempts at 0. @returns whether there was one. */
  requeue(deliveryId: string): Promise<boolean>
  /** Drops a dead entry. @returns whether there was one. */
  remove(deliveryId: string): Promise<boolean>
  stats(): Promise<InboxStats>
}
