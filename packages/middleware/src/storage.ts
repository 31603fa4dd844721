/**
 * The storage contract: what an adapter must offer (`save`) and may offer (the rest).
 * Adapters import these types and nothing else. They reject when they failed, with their driver's own error.
 */
import type { Dimension, ThryveRecord } from './records'

/** One record to save, with the two values that make saving idempotent. */
export interface VersionedRecord {
  /** The record's natural key as one text: equal for every version of the same record. Treat it as opaque. */
  readonly key: string
  /** The version as one text: of two versions of a key, the one whose text compares greater (by code unit) wins. Equal: the later arrival. */
  readonly version: string
  readonly record: ThryveRecord
}

/** The records of one delivery. Every key occurs once. */
export interface SaveBatch {
  /** The delivery that brought the records. */
  readonly deliveryId: string
  readonly receivedAt: Date
  readonly records: readonly VersionedRecord[]
}

/** What became of a batch's records; the counts add up to the batch's length. */
export interface SaveResult {
  /** Keys that were not stored before. */
  readonly inserted: number
  /** Stored records whose content this batch changed. */
  readonly updated: number
  /** Records whose content was stored already, in whatever version. A newer version still raises the stored one. */
  readonly unchanged: number
  /** Records that lost against a newer version in the store. */
  readonly stale: number
}

/** A delivery as it came over the wire, after its signature was verified. */
export interface RawDelivery {
  /** SHA-256 of signature timestamp and body, in hex; random for an unsigned delivery. */
  readonly id: string
  /** The bytes as received, still compressed. */
  readonly body: Uint8Array
  /** `Content-Encoding` as sent, in lower case; absent for identity. */
  readonly contentEncoding?: string
  /** When the receiver got it, by the receiver's clock. */
  readonly receivedAt: Date
  /** The signature's timestamp: when the sender signed it. Absent when unsigned. */
  readonly sentAt?: Date
}

/** A page of a listing. */
export interface Page<T> {
  readonly entries: readonly T[]
  /** Hand it to the next call as `after`; absent on the last page. */
  readonly next?: string
}

/** Which page of a listing. */
export interface PageQuery {
  /** @default 100 */
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string
}

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

/** Which records to read. */
export interface RecordQuery {
  readonly dimension: Dimension
  readonly endUserId: string
  /** @default all */
  readonly dataTypeIds?: readonly number[]
  /** @default all */
  readonly dataSourceIds?: readonly number[]
  /** From this instant on, it included. A daily record counts as the midnight UTC that begins its day. */
  readonly from?: Date
  /** Up to this instant, it excluded. */
  readonly to?: Date
  /** By `startTimestamp` or `day`, then by key; 'desc' is exactly the reverse. @default 'asc' */
  readonly order?: 'asc' | 'desc'
  /** At most so many; 0 finds nothing. @default no limit */
  readonly limit?: number
}

/** What `deleteUser` erased. */
export interface DeletedUser {
  readonly records: number
  readonly inbox: number
  readonly quarantine: number
}

/** A store of records. Only `save` is required; each further member is one capability. */
export interface StorageAdapter {
  /** For logs, e.g. `memory`. @default 'custom' */
  readonly name?: string
  /**
   * Stores a batch, idempotent by key and version. Resolves when it is durable. Rejects if any record was
   * not stored; a part may have been, the same batch comes again.
   */
  save(batch: SaveBatch): Promise<SaveResult>
  readonly inbox?: Inbox
  readonly quarantine?: Quarantine
  find?(query: RecordQuery): AsyncIterable<ThryveRecord>
  /**
   * Erases the user's records, inbox entries (done markers too) and quarantined deliveries, as far as the user of these is
   * known: an entry that nobody has decoded yet is not.
   */
  deleteUser?(endUserId: string): Promise<DeletedUser>
  /** Rejects when the store cannot be used now. */
  check?(): Promise<void>
  /** Frees what the adapter itself opened. Twice is harmless; afterwards every other call rejects. */
  close?(): Promise<void>
}
