/** The inbox: one state machine per entry, fenced by the lease's token, timed by the store's clock. */
import type { Claim, Inbox, InboxEntry, Lease, LeaseRequest, RawDelivery } from '@thryve-webhook/middleware'
import { copyBytes, copyEnvelope } from './copy'
import { pageOf } from './page'
import type { MemoryStore, StoredEntry } from './store'

/** The inbox over a store. */
export const createInbox = (store: MemoryStore, assertOpen: () => void): Inbox => ({
  async put(delivery, lease) {
    assertOpen()
    forgetMarkers(store)
    if (store.inbox.get(delivery.id) !== undefined) return { outcome: 'duplicate' }
    const entry = keep(store, delivery)
    return lease === undefined ? { outcome: 'accepted' } : { outcome: 'accepted', lease: grant(store, entry, lease) }
  },

  async claim(request) {
    assertOpen()
    const entry = store.waiting.first
    if (entry === undefined || entry.due > store.now()) return undefined
    const lease = grant(store, entry, request)
    return { lease, delivery: deliveryOf(entry), attempt: entry.attempts } satisfies Claim
  },

  async extend(lease, durationMs) {
    assertOpen()
    const entry = held(store, lease)
    if (entry === undefined) return false
    store.waiting.schedule(entry, store.now() + durationMs)
    return true
  },

  async complete(lease, { dedupeSeconds, endUserId }) {
    assertOpen()
    const entry = held(store, lease)
    if (entry === undefined) return false
    entry.state = 'done'
    entry.body = undefined
    noteUser(entry, endUserId)
    store.waiting.remove(entry)
    store.markers.schedule(entry, store.now() + dedupeSeconds * 1000)
    return true
  },

  async release(lease, { delayMs, code, countsAttempt, endUserId }) {
    assertOpen()
    const entry = held(store, lease)
    if (entry === undefined) return false
    entry.state = 'ready'
    entry.lastError = code
    if (!countsAttempt) entry.attempts--
    noteUser(entry, endUserId)
    store.waiting.schedule(entry, store.now() + delayMs)
    return true
  },

  async bury(lease, { code, endUserId }) {
    assertOpen()
    const entry = held(store, lease)
    if (entry === undefined) return false
    entry.state = 'dead'
    entry.lastError = code
    noteUser(entry, endUserId)
    store.waiting.remove(entry)
    return true
  },

  async list({ state, ...query } = {}) {
    assertOpen()
    forgetMarkers(store)
    const isListed = (entry: StoredEntry) => (state === undefined ? entry.state !== 'done' : entry.state === state)
    return pageOf(store.inbox, query, { order: 'asc', isListed, show: summaryOf })
  },

  async get(deliveryId) {
    assertOpen()
    forgetMarkers(store)
    const entry = store.inbox.get(deliveryId)
    if (entry === undefined) return undefined
    return entry.body === undefined ? summaryOf(entry) : { ...summaryOf(entry), delivery: deliveryOf(entry) }
  },

  async requeue(deliveryId) {
    assertOpen()
    const entry = store.inbox.get(deliveryId)
    if (entry?.state !== 'dead') return false
    entry.state = 'ready'
    entry.attempts = 0
    store.waiting.schedule(entry, store.now())
    return true
  },

  async remove(deliveryId) {
    assertOpen()
    const isDead = store.inbox.get(deliveryId)?.state === 'dead'
    if (isDead) store.inbox.delete(deliveryId)
    return isDead
  },

  async stats() {
    assertOpen()
    forgetMarkers(store)
    const counts = { ready: 0, leased: 0, dead: 0, done: 0 }
    let oldest = Number.POSITIVE_INFINITY
    for (const { state, place } of store.inbox.values()) {
      counts[state]++
      if (state === 'ready' || state === 'leased') oldest = Math.min(oldest, place.ms)
    }
    return Number.isFinite(oldest) ? { ...counts, oldestPendingAt: new Date(oldest) } : counts
  }
})

/** Erases the entries that are known to be a user's, markers too. @returns how many there were. */
export const deleteUserEntries = (store: MemoryStore, endUserId: string): number => {
  const entries = [...store.inbox.values()].filter((entry) => entry.endUserId === endUserId)
  for (const entry of entries) drop(store, entry)
  return entries.length
}

const keep = (store: MemoryStore, delivery: RawDelivery): StoredEntry => {
  const entry: StoredEntry = {
    place: { ms: delivery.receivedAt.getTime(), id: delivery.id },
    delivery: copyEnvelope(delivery),
    body: copyBytes(delivery.body),
    state: 'ready',
    attempts: 0,
    token: 0,
    due: 0,
    slot: -1,
    arrival: ++store.lastArrival
  }
  store.inbox.add(entry)
  store.waiting.schedule(entry, store.now())
  return entry
}

const grant = (store: MemoryStore, entry: StoredEntry, { owner, durationMs }: LeaseRequest): Lease => {
  entry.state = 'leased'
  entry.attempts++
  entry.token = ++store.lastToken
  store.waiting.schedule(entry, store.now() + durationMs)
  return { deliveryId: entry.place.id, owner, token: entry.token }
}

/** The entry, while the lease is the latest one. One that ran out still counts, as long as nobody else has claimed. */
const held = (store: MemoryStore, { deliveryId, token }: Lease): StoredEntry | undefined => {
  const entry = store.inbox.get(deliveryId)
  return entry?.state === 'leased' && entry.token === token ? entry : undefined
}

const noteUser = (entry: StoredEntry, endUserId: string | undefined): void => {
  if (endUserId !== undefined) entry.endUserId = endUserId
}

const forgetMarkers = (store: MemoryStore): void => {
  const now = store.now()
  for (let marker = store.markers.first; marker !== undefined && marker.due <= now; marker = store.markers.first) {
    drop(store, marker)
  }
}

const drop = (store: MemoryStore, entry: StoredEntry): void => {
  store.inbox.delete(entry.place.id)
  if (entry.state === 'done') store.markers.remove(entry)
  else store.waiting.remove(entry)
}

const deliveryOf = ({ delivery, body = new Uint8Array() }: StoredEntry): RawDelivery => ({
  ...copyEnvelope(delivery),
  body: copyBytes(body)
})

const summaryOf = ({ place, delivery, state, attempts, lastError, endUserId, body, due }: StoredEntry): InboxEntry => ({
  deliveryId: place.id,
  state,
  receivedAt: new Date(delivery.receivedAt),
  attempts,
  ...(lastError === undefined ? {} : { lastError }),
  ...(endUserId === undefined ? {} : { endUserId }),
  bytes: body?.length ?? 0,
  ...(state === 'ready' || state === 'leased' ? { availableAt: new Date(due) } : {})
})
