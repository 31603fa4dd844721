/** Memory adapters whose stores can be looked into: the probe reads the store's own data, not the adapter. */
import type { StoreProbe } from '@thryve-webhook/middleware/testing'
import { type MemoryAdapter, openStore } from '../src/memory-adapter'
import { unpackRecord } from '../src/packed-record'
import { createStore, type MemoryStore } from '../src/store'

const stores = new WeakMap<object, MemoryStore>()

/** The store behind an adapter that was made here. */
export const storeOf = (adapter: object): MemoryStore => {
  const store = stores.get(adapter)
  if (store === undefined) throw new Error('The adapter was not made by createAdapter or createPeer.')
  return store
}

const open = (store: MemoryStore): MemoryAdapter => {
  const adapter = openStore(store)
  stores.set(adapter, store)
  return adapter
}

/** An adapter over an empty store. */
export const createAdapter = (maxRecords = Number.POSITIVE_INFINITY): MemoryAdapter =>
  open(createStore(maxRecords, Date.now))

/** Another adapter over the same store. */
export const createPeer = (adapter: object): MemoryAdapter => open(storeOf(adapter))

/** What the store behind an adapter holds. */
export const probeStore = (store: MemoryStore): Required<StoreProbe> => ({
  records: async () =>
    [...store.records.values()].map((stored) => ({
      key: stored.key,
      version: stored.version,
      record: unpackRecord(stored)
    })),
  inbox: async () =>
    [...store.inbox.values()].map(({ place, state, body, endUserId }) => ({
      deliveryId: place.id,
      state,
      ...(body === undefined ? {} : { body }),
      ...(endUserId === undefined ? {} : { endUserId })
    })),
  quarantine: async () =>
    [...store.quarantine.values()].map(({ place, item }) => ({ deliveryId: place.id, body: item.delivery.body }))
})
