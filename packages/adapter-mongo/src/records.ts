/** Saving, finding and erasing records. */
import type {
  Dimension,
  RecordQuery,
  SaveBatch,
  SaveResult,
  ThryveRecord,
  VersionedRecord
} from '@thryve-webhook/middleware'
import type { Collections } from './collections'
import type { RecordDocument } from './documents'
import { findDocuments } from './find-documents'
import { toDocument, toRecord } from './record-documents'
import { requireText } from './require-text'
import { saveDocuments } from './save-documents'

/** The part of the adapter that holds records. */
export interface Records {
  save(batch: SaveBatch): Promise<SaveResult>
  find(query: RecordQuery): AsyncIterable<ThryveRecord>
  /** Erases a user's records. @returns how many there were. */
  erase(endUserId: string): Promise<number>
}

/** A document ends at 16 MiB; whatever is not text fits well into 64 KiB. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024 - 65_536

/** Opens the records on their collections. */
export const createRecords = (collections: Collections): Records => ({
  async save(batch) {
    const documents: Record<Dimension, RecordDocument[]> = { epoch: [], daily: [] }
    for (const versioned of batch.records) {
      if (fitsDocument(versioned)) documents[versioned.record.dimension].push(toDocument(versioned, batch))
    }
    const saveOf = async (dimension: Dimension): Promise<SaveResult> =>
      saveDocuments(dimension, await collections[dimension](), documents[dimension])
    const [epoch, daily] = await Promise.all([saveOf('epoch'), saveOf('daily')])
    throwIfAnyIsTooLarge(batch.records.length - documents.epoch.length - documents.daily.length)
    return {
      inserted: epoch.inserted + daily.inserted,
      updated: epoch.updated + daily.updated,
      unchanged: epoch.unchanged + daily.unchanged,
      stale: epoch.stale + daily.stale
    }
  },

  async *find(query) {
    requireText('endUserId', query.endUserId)
    const collection = await collections[query.dimension]()
    for await (const document of findDocuments(collection, query)) yield toRecord(query.dimension, document)
  },

  async erase(endUserId) {
    const user = { endUserId: requireText('endUserId', endUserId) }
    const epoch = await (await collections.epoch()).deleteMany(user)
    const daily = await (await collections.daily()).deleteMany(user)
    return epoch.deletedCount + daily.deletedCount
  }
})

const fitsDocument = ({ record: { value, extra = '' } }: VersionedRecord): boolean =>
  // UTF-8 takes three bytes for a code unit at most.
  (value.length + extra.length) * 3 <= MAX_TEXT_BYTES ||
  Buffer.byteLength(value) + Buffer.byteLength(extra) <= MAX_TEXT_BYTES

const throwIfAnyIsTooLarge = (count: number): void => {
  if (count === 0) return
  throw new RangeError(
    `${count} record(s) of the batch cannot be stored: MongoDB ends a document at 16 MiB. The others were stored.`
  )
}
