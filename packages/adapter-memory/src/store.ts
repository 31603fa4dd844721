/** What the adapter holds: plain data that the parts of the contract work on. */
import type { InboxState, QuarantineItem, RawDelivery } from '@thryve-webhook/middleware'
import { type Due, DueQueue } from './due-queue'
import type { Patterns, StoredRecord } from './packed-record'
import { type Placed, SortedMap } from './sorted-map'
import type { Timeline } from './timeline'

/** What is kept of one user. */
export interface StoredUser {
  readonly epoch: Timeline
  readonly daily: Timeline
  readonly patterns: Patterns
}

/** An inbox entry as it is kept. Placed by its receipt. Due: when it may be claimed, or a marker forgotten. */
export interface StoredEntry extends Placed, Due {
  readonly delivery: Omit<RawDelivery, 'body'>
  /** Gone once the entry is done. */
  body: Uint8Array | undefined
  state: InboxState
  attempts: number
  /** The fencing token of the latest claim. */
  token: number
  lastError?: string
  endUserId?: string
}

/** A quarantined delivery as it is kept. Placed by when it was seen first. */
export interface StoredItem extends Placed {
  item: QuarantineItem
}

/** The whole store. */
export interface MemoryStore {
  readonly now: () => number
  readonly maxRecords: number
  /** Every record by its key, in the order they were written. */
  readonly records: Map<string, StoredRecord>
  /** Follows `records` from the longest written on, once there are too many. A new one crosses all the gaps again. */
  oldestRecords: Iterator<StoredRecord> | undefined
  /** How many gaps came since it moved. */
  gaps: number
  readonly users: Map<string, StoredUser>
  readonly inbox: SortedMap<StoredEntry>
  /** Entries that are ready or leased. */
  readonly waiting: DueQueue<StoredEntry>
  /** Entries that are done. */
  readonly markers: DueQueue<StoredEntry>
  /** One count of claims for all entries: an id that comes back after its marker went can never revive an old lease. */
  lastToken: number
  /** How many entries ever came: who came first, where two are due at once. */
  lastArrival: number
  readonly quarantine: SortedMap<StoredItem>
}

/** An empty store. */
export const createStore = (maxRecords: number, now: () => number): MemoryStore => {
  return {
    now,
    maxRecords,
    records: new Map(),
    oldestRecords: undefined,
    gaps: 0,
    users: new Map(),
    inbox: new SortedMap(),
    waiting: new DueQueue(),
    markers: new DueQueue(),
    lastToken: 0,
    lastArrival: 0,
    quarantine: new SortedMap()
  }
}
