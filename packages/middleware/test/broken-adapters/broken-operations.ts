/** Adapters that are wrong about retries, listings, the quarantine, or their own end. */
import { rawDelivery } from '../../src/testing/synthetic-deliveries'
import { type Broken, spoilInbox, spoilQuarantine } from './broken'

/** By what is wrong with them. */
export const brokenOperations: Record<string, Broken> = {
  'counts every attempt': {
    spoil: spoilInbox((inbox) => ({
      release: (lease, release) => inbox.release(lease, { ...release, countsAttempt: true })
    })),
    fails: 'inbox.release: the attempt does not count, the same at the next claim'
  },
  'retries at once': {
    spoil: spoilInbox((inbox) => ({ release: (lease, release) => inbox.release(lease, { ...release, delayMs: 0 }) })),
    fails: 'inbox.release: with a delay, not to be claimed before'
  },
  'forgets a user it knew': {
    spoil: spoilInbox((inbox, store) => ({
      async release(lease, release) {
        delete store.inbox.get(lease.deliveryId)?.endUserId
        return inbox.release(lease, release)
      }
    })),
    fails: 'inbox.release: the user was known before, it stays known'
  },
  'removes whatever it is asked to': {
    spoil: spoilInbox((_, store) => ({ remove: async (deliveryId) => store.inbox.delete(deliveryId) })),
    fails: 'inbox.remove: leased, false and nothing changes'
  },
  'takes an entry it is asked to show': {
    spoil: spoilInbox((inbox) => ({
      async get(deliveryId) {
        await inbox.claim({ owner: 'operator', durationMs: 1_000 })
        return inbox.get?.(deliveryId)
      }
    })),
    fails: 'inbox.get: an entry of each state, as it is listed and with the bytes received'
  },
  'shows a marker with bytes it no longer has': {
    spoil: spoilInbox((inbox) => ({
      async get(deliveryId) {
        const entry = await inbox.get?.(deliveryId)
        return entry && { delivery: rawDelivery(), ...entry }
      }
    })),
    fails: 'inbox.get: a done marker, without a delivery'
  },
  'says that a lease never ends': {
    spoil: spoilInbox((inbox) => ({
      async list(query) {
        const page = await inbox.list(query)
        return { ...page, entries: page.entries.map((entry) => ({ ...entry, availableAt: new Date(0) })) }
      }
    })),
    fails: "inbox.list: by the store's clock, when each may be claimed"
  },
  'lists markers among the rest': {
    spoil: spoilInbox((inbox) => ({
      async list(query) {
        const [page, done] = [await inbox.list(query), await inbox.list({ state: 'done' })]
        return query?.state === undefined ? { ...page, entries: [...page.entries, ...done.entries] } : page
      }
    })),
    fails: 'inbox.list: no state asked for, everything but done markers'
  },
  'counts only what is ready as pending': {
    spoil: spoilInbox((inbox) => ({
      async stats() {
        const oldest = (await inbox.list({ state: 'ready', limit: 1 })).entries[0]?.receivedAt
        return { ...(await inbox.stats()), ...(oldest && { oldestPendingAt: oldest }) }
      }
    })),
    fails: 'inbox.stats: the oldest is being worked on, it still counts as pending'
  },
  'skips an entry between two pages of the quarantine': {
    spoil: spoilQuarantine((quarantine) => ({
      async list(query) {
        const page = await quarantine.list(query)
        return query?.after === undefined ? page : { ...page, entries: page.entries.slice(1) }
      }
    })),
    fails: 'quarantine.list: page by page, each once and in order'
  },
  'pages by offset': {
    spoil: spoilQuarantine((quarantine) => ({
      async list({ limit = 100, after = '0' } = {}) {
        const { entries } = await quarantine.list({ limit: 1_000 })
        const end = Number(after) + limit
        return { entries: entries.slice(Number(after), end), ...(end < entries.length && { next: String(end) }) }
      }
    })),
    fails: 'quarantine.list: page by page while others come, each of before once'
  },
  'drops the newest of a full quarantine': {
    spoil: spoilQuarantine((quarantine) => ({
      async trim({ maxEntries }) {
        const { entries } = await quarantine.list()
        const excess = entries.slice(0, Math.max(0, entries.length - maxEntries))
        for (const { delivery } of excess) await quarantine.remove(delivery.id)
        return excess.map(({ delivery, bytes }) => ({ deliveryId: delivery.id, bytes }))
      }
    })),
    fails: 'quarantine.trim: too many, those seen first go and are told'
  },
  'counts a full quarantine by entries only': {
    spoil: spoilQuarantine((quarantine) => ({
      trim: ({ maxEntries }) => quarantine.trim({ maxEntries, maxBytes: Number.POSITIVE_INFINITY })
    })),
    fails: 'quarantine.trim: too many bytes, the newest that fit stay'
  },
  'says there is more after the last page': {
    spoil: spoilQuarantine((quarantine) => ({
      async list(query) {
        const page = await quarantine.list(query)
        return { ...page, next: page.next ?? '0:' }
      }
    })),
    fails: 'quarantine.list: newest first, without the bytes'
  },
  'sees a delivery first whenever it comes': {
    spoil: spoilQuarantine((quarantine) => ({
      async add(item) {
        await quarantine.remove(item.delivery.id)
        await quarantine.add(item)
      }
    })),
    fails: 'quarantine.add: same delivery again, replaced but for when it was seen first'
  },
  'keeps the first of two quarantined items': {
    spoil: spoilQuarantine((quarantine) => ({
      async add(item) {
        if ((await quarantine.get(item.delivery.id)) === undefined) await quarantine.add(item)
      }
    })),
    fails: 'quarantine.add: same delivery again, replaced but for when it was seen first'
  },
  'cannot be closed twice': {
    spoil: (adapter) => ({
      ...adapter,
      async close() {
        await adapter.check()
        await adapter.close()
      }
    }),
    fails: 'close: twice in a row, harmless'
  },
  'goes on after close': {
    spoil: (adapter) => ({ ...adapter, async close() {} }),
    fails: 'quarantine.get: after close, rejects'
  },
  'throws instead of rejecting': {
    spoil: (adapter) => {
      let isClosed = false
      return {
        ...adapter,
        save(batch) {
          if (isClosed) throw new Error('closed')
          return adapter.save(batch)
        },
        async close() {
          isClosed = true
          await adapter.close()
        }
      }
    },
    fails: 'save: after close, rejects'
  },
  'closes the store under its peers': {
    spoil: (adapter, store) => ({
      ...adapter,
      async close() {
        await adapter.close()
        Object.assign(store, { users: undefined })
      }
    }),
    fails: 'peers: one is closed, the other goes on'
  },
  'answers false when the store fails': {
    spoil: spoilInbox((inbox) => ({
      complete: async (lease, done) => inbox.complete(lease, done).catch(() => false)
    })),
    fails: 'inbox.complete: the store fails, rejects'
  },
  'counts nothing when the store fails': {
    spoil: (adapter) => ({
      ...adapter,
      save: (batch) => adapter.save(batch).catch(() => ({ inserted: 0, updated: 0, unchanged: 0, stale: 0 }))
    }),
    fails: 'save: the store fails, rejects'
  },
  'ends a listing when the store fails': {
    spoil: (adapter) => ({
      ...adapter,
      async *find(query) {
        try {
          yield* adapter.find(query)
        } catch {}
      }
    }),
    fails: 'find: the store fails, rejects'
  },
  'says it is healthy when the store fails': {
    spoil: (adapter) => ({ ...adapter, check: () => adapter.check().catch(() => {}) }),
    fails: 'check: the store fails, rejects'
  },
  'has a member it does not declare': {
    spoil: ({ quarantine: _, ...adapter }) => adapter as never,
    fails: 'quarantine: said to be supported, there'
  }
}
