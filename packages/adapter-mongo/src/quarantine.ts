/** Keeps the deliveries that could not be understood. */
import type { DroppedEntry, Quarantine, QuarantineSummary } from '@thryve-webhook/middleware'
import type { Collections } from './collections'
import { deliveryFields, requireStorable, toBodiless, toDelivery } from './deliveries'
import type { QuarantineDocument } from './documents'
import { afterFilter, pageOf, pageRange } from './paging'
import { requireText } from './require-text'
import type { ServerClock } from './server-clock'

/** The quarantine, and what only the adapter asks of it. */
export interface MongoQuarantine extends Quarantine {
  /** Erases the items that are known to be a user's. @returns how many there were. */
  erase(endUserId: string): Promise<number>
}

/** Fields that one item has and the next may not: what is not set goes. */
const OPTIONAL = ['sentAt', 'contentEncoding', 'endUserId', 'headers'] as const

/** Opens the quarantine on its collection. */
export const createQuarantine = (collections: Collections, clock: ServerClock): MongoQuarantine => {
  let lastMs = 0
  /** Two items of one millisecond stay in their order. */
  const firstSeenAt = async (): Promise<Date> => {
    lastMs = Math.max((await clock.now()).getTime(), lastMs + 1)
    return new Date(lastMs)
  }

  return {
    async add({ delivery, scope, code, failures, badRecords, endUserId, headers }) {
      requireStorable(delivery.body)
      const quarantine = await collections.quarantine()
      const { _id, ...fields } = deliveryFields(delivery)
      const item: Partial<QuarantineDocument> = {
        ...fields,
        body: delivery.body,
        scope,
        code,
        failures: failures.map(({ path, expected }) => ({ path, expected })),
        badRecords,
        ...(endUserId !== undefined && { endUserId }),
        ...(headers !== undefined && { headers: headers.map(([name, value]) => [name, value]) })
      }
      const absent = OPTIONAL.filter((field) => item[field] === undefined)
      await quarantine.updateOne(
        { _id },
        {
          $set: item,
          ...(absent.length > 0 && { $unset: Object.fromEntries(absent.map((field) => [field, ''])) }),
          $setOnInsert: { firstSeenAt: await firstSeenAt() }
        },
        { upsert: true }
      )
    },

    async list(query = {}) {
      const range = pageRange(query)
      const quarantine = await collections.quarantine()
      const documents = await quarantine
        .find(afterFilter('firstSeenAt', '$lt', range), { projection: { body: 0 }, limit: range.limit + 1 })
        .sort({ firstSeenAt: -1, _id: -1 })
        .toArray()
      return pageOf(documents, range, (document) => document.firstSeenAt, toSummary)
    },

    async get(deliveryId) {
      const quarantine = await collections.quarantine()
      const document = await quarantine.findOne({ _id: requireText('deliveryId', deliveryId) })
      return document === null ? undefined : { ...toItem(document), delivery: toDelivery(document) }
    },

    async remove(deliveryId) {
      const quarantine = await collections.quarantine()
      return (await quarantine.deleteOne({ _id: requireText('deliveryId', deliveryId) })).deletedCount === 1
    },

    async trim({ maxEntries, maxBytes }) {
      const quarantine = await collections.quarantine()
      const newestFirst = quarantine
        .find({}, { projection: { firstSeenAt: 1, bytes: 1 } })
        .sort({ firstSeenAt: -1, _id: -1 })
      const excess: DroppedEntry[] = []
      let entries = 0
      let total = 0
      for await (const { _id, bytes } of newestFirst) {
        entries += 1
        total += bytes
        if (entries > maxEntries || total > maxBytes) excess.push({ deliveryId: _id, bytes })
      }
      // One by one, so that of several that trim at once only one tells that it was dropped.
      const dropped: DroppedEntry[] = []
      for (const entry of excess) {
        if ((await quarantine.deleteOne({ _id: entry.deliveryId })).deletedCount === 1) dropped.push(entry)
      }
      return dropped
    },

    async count() {
      const quarantine = await collections.quarantine()
      return quarantine.estimatedDocumentCount()
    },

    async erase(endUserId) {
      const quarantine = await collections.quarantine()
      return (await quarantine.deleteMany({ endUserId })).deletedCount
    }
  }
}

const toItem = ({ scope, code, failures, badRecords, endUserId, headers, firstSeenAt }: QuarantineDocument) => ({
  scope,
  code,
  failures,
  badRecords,
  ...(endUserId !== undefined && { endUserId }),
  ...(headers !== undefined && { headers }),
  firstSeenAt
})

const toSummary = (document: QuarantineDocument): QuarantineSummary => ({
  ...toItem(document),
  delivery: toBodiless(document),
  bytes: document.bytes
})
