/** Mechanisms taken out one by one: a simulation that does not notice proves nothing. */
import type { Inbox, Lease } from '../../src/index'
import type { Climate, PlantedBug } from '../simulation'
import type { StoreParts } from './faulty-store'

/** A mechanism that is missing, and what gives it away. */
export interface Planted {
  readonly mechanism: string
  readonly symptom: string
  readonly climate: Climate
  readonly bug: () => PlantedBug
}

const atInbox =
  (change: (inbox: Inbox) => Partial<Inbox>): (() => PlantedBug) =>
  () => ({ store: ({ inbox }: StoreParts) => ({ inbox: { ...inbox, ...change(inbox) } }) })

/** Any lease will do: it is exchanged for the one that holds now. */
const withoutFence = atInbox((inbox) => {
  const current = new Map<string, Lease>()
  const noted = <T extends Lease | undefined>(lease: T): T => {
    if (lease !== undefined) current.set(lease.deliveryId, lease)
    return lease
  }
  const holding = (lease: Lease): Lease => current.get(lease.deliveryId) ?? lease
  return {
    async put(delivery, request) {
      const result = await inbox.put(delivery, request)
      if (result.outcome === 'accepted') noted(result.lease)
      return result
    },
    async claim(request) {
      const claim = await inbox.claim(request)
      noted(claim?.lease)
      return claim
    },
    extend: (lease, durationMs) => inbox.extend(holding(lease), durationMs),
    release: (lease, release) => inbox.release(holding(lease), release),
    complete: (lease, done) => inbox.complete(holding(lease), done),
    bury: (lease, burial) => inbox.bury(holding(lease), burial)
  }
})

const withoutVersions = (): PlantedBug => {
  let arrivals = 0
  return {
    store: ({ save }) => ({
      save: ({ records, ...batch }) => {
        arrivals += 1
        const version = String(arrivals).padStart(9, '0')
        return save({ ...batch, records: records.map((versioned) => ({ ...versioned, version })) })
      }
    })
  }
}

/** The answer does not wait for the store. */
const answeredFirst = (): PlantedBug => ({
  worker: ({ inbox, ...adapter }) => ({
    ...adapter,
    inbox: {
      ...inbox,
      put: async (delivery) => {
        void inbox.put(delivery).catch(() => {})
        return { outcome: 'accepted' }
      }
    }
  })
})

/** A second of a marker is none: the sender's retry comes later. */
const withoutMarker = atInbox((inbox) => ({
  complete: (lease, done) => inbox.complete(lease, { ...done, dedupeSeconds: 0.001 })
}))

/** The table of planted bugs. */
export const plantedBugs: readonly Planted[] = [
  { mechanism: 'no fence', symptom: 'completed without the lease', climate: 'storm', bug: withoutFence },
  { mechanism: 'no done marker', symptom: 'accepted twice', climate: 'storm', bug: withoutMarker },
  { mechanism: 'put answered before it is durable', symptom: 'lost', climate: 'storm', bug: answeredFirst },
  { mechanism: 'version condition ignored in save', symptom: 'stale', climate: 'storm', bug: withoutVersions },
  {
    mechanism: 'lease never extended',
    symptom: 'worked on too often',
    climate: 'calm',
    bug: atInbox(() => ({ extend: async () => true }))
  },
  {
    mechanism: 'release dropped',
    symptom: 'too late',
    climate: 'calm',
    bug: atInbox(() => ({ release: async () => true }))
  },
  {
    mechanism: 'no retry',
    symptom: 'dead without a reason',
    climate: 'calm',
    bug: atInbox((inbox) => ({ release: (lease, { code }) => inbox.bury(lease, { code }) }))
  },
  {
    mechanism: 'attempts not counted',
    symptom: 'not drained',
    climate: 'storm',
    bug: atInbox((inbox) => ({
      claim: async (request) => {
        const claim = await inbox.claim(request)
        return claim && { ...claim, attempt: 1 }
      }
    }))
  },
  {
    mechanism: 'expired leases never claimed',
    symptom: 'not drained',
    climate: 'storm',
    bug: () => ({
      worker: ({ inbox, ...adapter }) => ({
        ...adapter,
        inbox: {
          ...inbox,
          put: (delivery, lease) => inbox.put(delivery, lease && { ...lease, durationMs: 10 * 3_600_000 }),
          claim: (request) => inbox.claim({ ...request, durationMs: 10 * 3_600_000 }),
          extend: (lease) => inbox.extend(lease, 10 * 3_600_000)
        }
      })
    })
  }
]
