/**
 * The storage contract: what an adapter must offer (`save`) and may offer (the rest).
 * Adapters import these types and nothing else. They reject when they failed, with their driver's own error.
 */
import type { Dimension, ThryveRecord } from '../records'
import type { Inbox } from './inbox'
import type { Quarantine } from './quarantine'

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
