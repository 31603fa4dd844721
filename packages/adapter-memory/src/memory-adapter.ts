/** The contract over one process's memory: for development and tests. What it holds ends with the process. */
import type { StorageAdapter } from '@thryve-webhook/middleware'
import { createInbox, deleteUserEntries } from './inbox'
import { createQuarantine, deleteUserItems } from './quarantine'
import { createRecords, deleteUserRecords } from './records'
import { createStore, type MemoryStore } from './store'

/** Settings of {@link memoryAdapter}. */
export interface MemoryAdapterOptions {
  /** How many records to hold at most; beyond, those written longest ago go. @default no bound */
  readonly maxRecords?: number
  /** The store's clock in unix milliseconds: it judges leases, delays and markers. @default Date.now */
  readonly now?: () => number
}

/** A storage adapter with every capability of the contract. */
export type MemoryAdapter = Required<StorageAdapter>

/**
 * Keeps everything in memory. An acknowledged delivery survives a crash of a listener, not one of the process.
 *
 * @throws TypeError when an option cannot be used; it names the option.
 * @example
 * const webhook = thryveWebhook(secret, memoryAdapter())
 */
export const memoryAdapter = (options: MemoryAdapterOptions = {}): MemoryAdapter => {
  const { maxRecords, now = Date.now } = options
  if (maxRecords !== undefined && !(Number.isSafeInteger(maxRecords) && maxRecords > 0)) {
    throw new TypeError('"maxRecords" must be a positive integer')
  }
  if (typeof now !== 'function') throw new TypeError('"now" must be a function that returns unix milliseconds')
  return openStore(createStore(maxRecords ?? Number.POSITIVE_INFINITY, now))
}

/** An adapter over a store; several may share one, as several receivers share a database. */
export const openStore = (store: MemoryStore): MemoryAdapter => {
  let isClosed = false
  const assertOpen = (): void => {
    if (isClosed) throw new Error('The memory adapter is closed.')
  }
  return {
    name: 'memory',
    ...createRecords(store, assertOpen),
    inbox: createInbox(store, assertOpen),
    quarantine: createQuarantine(store, assertOpen),
    async deleteUser(endUserId) {
      assertOpen()
      return {
        records: deleteUserRecords(store, endUserId),
        inbox: deleteUserEntries(store, endUserId),
        quarantine: deleteUserItems(store, endUserId)
      }
    },
    async check() {
      assertOpen()
    },
    async close() {
      isClosed = true
    }
  }
}
