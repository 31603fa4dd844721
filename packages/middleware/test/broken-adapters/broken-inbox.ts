/** Adapters whose inbox is wrong. */
import type { Claim, Lease } from '@thryve-webhook/middleware'
import type { MemoryStore, StoredEntry } from '../../../adapter-memory/src/store'
import { type Broken, spoilInbox } from './broken'

const entryOf = (store: MemoryStore, id: string): StoredEntry | undefined => store.inbox.get(id)

/** The lease that would be accepted, whoever asks. */
const currentLease = (store: MemoryStore, lease: Lease): Lease => ({
  ...lease,
  token: entryOf(store, lease.deliveryId)?.token ?? lease.token
})

/** By what is wrong with them. */
export const brokenInbox: Record<string, Broken> = {
  'does not fence complete': {
    spoil: spoilInbox((inbox, store) => ({
      complete: (lease, done) => inbox.complete(currentLease(store, lease), done)
    })),
    fails: 'inbox.complete: another worker has claimed since, false and nothing changes'
  },
  'does not fence release': {
    spoil: spoilInbox((inbox, store) => ({
      release: (lease, release) => inbox.release(currentLease(store, lease), release)
    })),
    fails: 'inbox.release: another worker has claimed since, false and nothing changes'
  },
  'does not fence bury': {
    spoil: spoilInbox((inbox, store) => ({ bury: (lease, burial) => inbox.bury(currentLease(store, lease), burial) })),
    fails: 'inbox.bury: another worker has claimed since, false and nothing changes'
  },
  'does not fence extend': {
    spoil: spoilInbox((inbox, store) => ({ extend: (lease, ms) => inbox.extend(currentLease(store, lease), ms) })),
    fails: 'inbox.extend: another worker has claimed since, false and nothing changes'
  },
  'says false to a lost lease, but extends': {
    spoil: spoilInbox((inbox, store) => ({
      extend: async (lease, ms) =>
        (await inbox.extend(currentLease(store, lease), ms)) && lease.token === currentLease(store, lease).token
    })),
    fails: 'inbox.extend: a lost lease, the new one still runs out in time'
  },
  'fences by the owner': {
    spoil: spoilInbox((inbox, store) => {
      const owners = new Map<string, string>()
      return {
        async claim(request) {
          const claim = await inbox.claim(request)
          if (claim !== undefined) owners.set(claim.lease.deliveryId, claim.lease.owner)
          return claim
        },
        complete: (lease, done) =>
          inbox.complete(owners.get(lease.deliveryId) === lease.owner ? currentLease(store, lease) : lease, done)
      }
    }),
    fails: 'inbox.complete: the same worker has claimed again, its old lease is as good as none'
  },
  'uses the attempt as token': {
    spoil: spoilInbox((inbox, store) => {
      const numberByAttempt = (lease: Lease): Lease => {
        const entry = entryOf(store, lease.deliveryId) as StoredEntry
        entry.token = entry.attempts
        return { ...lease, token: entry.attempts }
      }
      return {
        async put(delivery, request) {
          const result = await inbox.put(delivery, request)
          return 'lease' in result && result.lease ? { ...result, lease: numberByAttempt(result.lease) } : result
        },
        async claim(request) {
          const claim = await inbox.claim(request)
          return claim && { ...claim, lease: numberByAttempt(claim.lease) }
        }
      }
    }),
    fails: 'inbox.complete: released without counting and claimed since, false and nothing changes'
  },
  'settles a settled entry again': {
    spoil: spoilInbox((inbox, store) => ({
      async bury(lease, burial) {
        const entry = entryOf(store, lease.deliveryId)
        if (entry?.state === 'done') {
          store.markers.remove(entry)
          entry.state = 'leased'
        }
        return inbox.bury(lease, burial)
      }
    })),
    fails: 'inbox.bury: already settled as done, false and nothing changes'
  },
  'hands one entry to all who ask at once': {
    spoil: spoilInbox((inbox) => {
      let shared: Promise<Claim | undefined> | undefined
      return {
        claim(request) {
          shared ??= inbox.claim(request).finally(() => {
            shared = undefined
          })
          return shared
        }
      }
    }),
    fails: 'inbox.claim: 200 at once, each entry once'
  },
  'claims what came last': {
    spoil: spoilInbox((inbox, store) => ({
      async claim(request) {
        const waiting = [...store.inbox.values()].filter(({ slot, due }) => slot >= 0 && due <= store.now())
        for (const entry of waiting) store.waiting.schedule(entry, -entry.arrival)
        return inbox.claim(request)
      }
    })),
    fails: 'inbox.claim: several ready, the one that has waited longest'
  },
  'never lets a lease run out': {
    spoil: spoilInbox((inbox, store) => ({
      async claim(request) {
        return store.waiting.first?.state === 'leased' ? undefined : inbox.claim(request)
      }
    })),
    fails: 'inbox.put: with a lease that runs out, anyone may claim'
  },
  'hands out no bytes': {
    spoil: spoilInbox((inbox) => ({
      async claim(request) {
        const claim = await inbox.claim(request)
        return claim && { ...claim, delivery: { ...claim.delivery, body: new Uint8Array() } }
      }
    })),
    fails: 'inbox.put: every byte there is, claimed exactly'
  },
  'keeps bytes as text': {
    spoil: spoilInbox((inbox) => ({
      put: (delivery, lease) =>
        inbox.put({ ...delivery, body: Buffer.from(Buffer.from(delivery.body).toString()) }, lease)
    })),
    fails: 'inbox.put: every byte there is, claimed exactly'
  },
  'keeps the whole buffer behind a part of it': {
    spoil: spoilInbox((inbox) => ({
      put: (delivery, lease) => inbox.put({ ...delivery, body: new Uint8Array(delivery.body.buffer) }, lease)
    })),
    fails: 'inbox.put: a Buffer that is part of a larger one, claimed exactly'
  },
  'keeps no marker': {
    spoil: spoilInbox((inbox) => ({ complete: (lease, done) => inbox.complete(lease, { ...done, dedupeSeconds: 0 }) })),
    fails: 'inbox.put: same delivery while it is done, duplicate and nothing changes'
  },
  'keeps the body of a done entry': {
    spoil: spoilInbox((inbox, store) => ({
      async complete(lease, done) {
        const body = entryOf(store, lease.deliveryId)?.body
        const isDone = await inbox.complete(lease, done)
        if (isDone) (entryOf(store, lease.deliveryId) as StoredEntry).body = body
        return isDone
      }
    })),
    fails: 'inbox.complete: a marker stays, its body goes'
  },
  'makes a dead entry ready when it comes again': {
    spoil: spoilInbox((inbox) => ({
      async put(delivery, lease) {
        const result = await inbox.put(delivery, lease)
        await inbox.requeue(delivery.id)
        return result
      }
    })),
    fails: 'inbox.put: same delivery while it is dead, duplicate and nothing changes'
  },
  'drops the body of a dead entry': {
    spoil: spoilInbox((inbox, store) => ({
      async bury(lease, burial) {
        const isDead = await inbox.bury(lease, burial)
        if (isDead) (entryOf(store, lease.deliveryId) as StoredEntry).body = undefined
        return isDead
      }
    })),
    fails: 'inbox.requeue: dead, claimed with the same bytes as attempt 1'
  }
}
