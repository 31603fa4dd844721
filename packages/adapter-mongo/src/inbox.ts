/** The durable queue of raw deliveries: one document each, one classic single-document write for every change. */
import type { Inbox, InboxEntry, InboxState, Lease } from '@thryve-webhook/middleware'
import type { Filter, UpdateFilter } from 'mongodb'
import type { Collections } from './collections'
import { deliveryFields, requireStorable, toDelivery } from './deliveries'
import type { InboxDocument } from './documents'
import { afterFilter, pageOf, pageRange } from './paging'
import { requireText } from './require-text'
import type { ServerClock } from './server-clock'

/** The inbox, and what only the adapter asks of it. */
export interface MongoInbox extends Inbox {
  /** Erases the entries that are known to be a user's. @returns how many there were. */
  erase(endUserId: string): Promise<number>
}

const DUPLICATE_KEY = 11_000
const MAX_PUTS = 3
const SWEEP_MS = 60_000
const LISTED: readonly InboxState[] = ['ready', 'leased', 'dead']

/** Opens the inbox on its collection. */
export const createInbox = (collections: Collections, clock: ServerClock): MongoInbox => {
  const after = async (delayMs: number): Promise<Date> => new Date((await clock.now()).getTime() + delayMs)

  /** The lease's token is the fence: when it is no longer the document's, nothing matches. */
  const change = async (lease: Lease, update: UpdateFilter<InboxDocument>): Promise<boolean> => {
    const { deliveryId, owner, token } = lease
    const inbox = await collections.inbox()
    const { matchedCount } = await inbox.updateOne({ _id: deliveryId, token, owner, state: 'leased' }, update)
    return matchedCount === 1
  }

  /** MongoDB drops done markers by itself, within a minute; servers that only speak its protocol may not. */
  let sweptAtMs = 0
  const sweep = async (now: Date): Promise<void> => {
    if (now.getTime() - sweptAtMs < SWEEP_MS) return
    sweptAtMs = now.getTime()
    await (await collections.inbox()).deleteMany(isExpired(now))
  }

  return {
    async put(delivery, lease) {
      requireStorable(delivery.body)
      const inbox = await collections.inbox()
      const now = await clock.now()
      // Not 1: an entry that was erased and comes again must not revive the leases of its former life.
      const token = now.getTime()
      const document: InboxDocument = {
        ...deliveryFields(delivery),
        state: lease ? 'leased' : 'ready',
        availableAt: new Date(now.getTime() + (lease?.durationMs ?? 0)),
        attempts: lease ? 1 : 0,
        token,
        ...(lease && { owner: lease.owner }),
        body: delivery.body,
        duplicates: 0
      }
      const { _id } = document
      for (let attempt = 1; ; attempt++) {
        try {
          await inbox.insertOne(document)
          return lease
            ? { outcome: 'accepted', lease: { deliveryId: _id, owner: lease.owner, token } }
            : { outcome: 'accepted' }
        } catch (error) {
          if ((error as { code?: unknown }).code !== DUPLICATE_KEY || attempt === MAX_PUTS) throw error
        }
        // A write of its own: its majority covers the first insert too, whose own may still be outstanding.
        const known = await inbox.updateOne({ _id, ...isNotExpired(now) }, { $inc: { duplicates: 1 } })
        if (known.matchedCount === 1) return { outcome: 'duplicate' }
        await inbox.deleteOne({ _id, ...isExpired(now) })
      }
    },

    async claim({ owner, durationMs }) {
      const inbox = await collections.inbox()
      const now = await clock.now()
      const availableAt = new Date(now.getTime() + durationMs)
      const document = await inbox.findOneAndUpdate(
        { availableAt: { $lte: now } },
        { $set: { state: 'leased', availableAt, owner }, $inc: { attempts: 1, token: 1 } },
        { sort: { availableAt: 1, receivedAt: 1 }, returnDocument: 'after' }
      )
      if (document === null) {
        await sweep(now)
        return undefined
      }
      return {
        lease: { deliveryId: document._id, owner, token: document.token },
        delivery: toDelivery(document),
        attempt: document.attempts
      }
    },

    async extend(lease, durationMs) {
      return change(lease, { $set: { availableAt: await after(durationMs) } })
    },

    async complete(lease, { dedupeSeconds, endUserId }) {
      const expiresAt = await after(dedupeSeconds * 1_000)
      return change(lease, {
        $set: { state: 'done', availableAt: null, expiresAt, bytes: 0, ...(endUserId && { endUserId }) },
        $unset: { body: '', owner: '' }
      })
    },

    async release(lease, { delayMs, code, countsAttempt, endUserId }) {
      return change(lease, {
        $set: {
          state: 'ready',
          availableAt: await after(delayMs),
          lastError: code,
          ...(endUserId && { endUserId })
        },
        $unset: { owner: '' },
        ...(!countsAttempt && { $inc: { attempts: -1 } })
      })
    },

    async bury(lease, { code, endUserId }) {
      return change(lease, {
        $set: { state: 'dead', availableAt: null, lastError: code, ...(endUserId && { endUserId }) },
        $unset: { owner: '' }
      })
    },

    async list(query = {}) {
      const range = pageRange(query)
      const inbox = await collections.inbox()
      const filter: Filter<InboxDocument> = {
        ...(query.state === undefined ? { state: { $in: LISTED } } : { state: query.state }),
        ...(query.state === 'done' && isNotExpired(await clock.now())),
        ...afterFilter('receivedAt', '$gt', range)
      }
      const documents = await inbox
        .find(filter, { projection: { body: 0 }, limit: range.limit + 1 })
        .sort({ receivedAt: 1, _id: 1 })
        .toArray()
      return pageOf(documents, range, ({ receivedAt }) => receivedAt, toEntry)
    },

    async get(deliveryId) {
      const inbox = await collections.inbox()
      const now = await clock.now()
      const document = await inbox.findOne({ _id: requireText('deliveryId', deliveryId), ...isNotExpired(now) })
      if (document === null) return undefined
      return { ...toEntry(document), ...(document.body !== undefined && { delivery: toDelivery(document) }) }
    },

    async requeue(deliveryId) {
      const inbox = await collections.inbox()
      const { matchedCount } = await inbox.updateOne(
        { _id: requireText('deliveryId', deliveryId), state: 'dead' },
        { $set: { state: 'ready', availableAt: await clock.now(), attempts: 0 } }
      )
      return matchedCount === 1
    },

    async remove(deliveryId) {
      const inbox = await collections.inbox()
      const { deletedCount } = await inbox.deleteOne({ _id: requireText('deliveryId', deliveryId), state: 'dead' })
      return deletedCount === 1
    },

    async stats() {
      const inbox = await collections.inbox()
      const now = await clock.now()
      const [ready, leased, dead, done, oldest] = await Promise.all([
        inbox.countDocuments({ state: 'ready' }),
        inbox.countDocuments({ state: 'leased' }),
        inbox.countDocuments({ state: 'dead' }),
        // Only done markers expire, and the index of that field alone can count them.
        inbox.countDocuments({ expiresAt: { $gt: now } }),
        inbox.findOne(
          { state: { $in: ['ready', 'leased'] } },
          { sort: { receivedAt: 1 }, projection: { receivedAt: 1 } }
        )
      ])
      return { ready, leased, dead, done, ...(oldest && { oldestPendingAt: oldest.receivedAt }) }
    },

    async erase(endUserId) {
      const inbox = await collections.inbox()
      return (await inbox.deleteMany({ endUserId })).deletedCount
    }
  }
}

const isExpired = (now: Date): Filter<InboxDocument> => ({ expiresAt: { $lte: now } })
const isNotExpired = (now: Date): Filter<InboxDocument> => ({ expiresAt: { $not: { $lte: now } } })

const toEntry = (document: InboxDocument): InboxEntry => {
  const { _id, state, receivedAt, attempts, lastError, endUserId, bytes, availableAt } = document
  return {
    deliveryId: _id,
    state,
    receivedAt,
    attempts,
    ...(lastError !== undefined && { lastError }),
    ...(endUserId !== undefined && { endUserId }),
    bytes,
    ...(availableAt !== null && { availableAt })
  }
}
