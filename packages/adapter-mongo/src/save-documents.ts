/** Stores the documents of one collection so that the greater version of each stays, whoever else is writing. */
import type { Dimension, SaveResult } from '@thryve-webhook/middleware'
import type { AnyBulkWriteOperation, Collection, MongoBulkWriteError, WriteError } from 'mongodb'
import type { RecordDocument } from './documents'
import { isSameRecord } from './record-documents'

/** One command's worth: the event loop is free between two of them. */
const CHUNK = 1_000
/** Above this length it pays to look first whether the documents are there already. */
const SAMPLE_ABOVE = 100
const SAMPLE_SIZE = 16
/** Every round that a document loses, another writer's was stored. So many in a row are not writers but a broken store. */
const MAX_ROUNDS = 100
const DUPLICATE_KEY = 11_000

type Counts = { -readonly [count in keyof SaveResult]: number }

type Operation = AnyBulkWriteOperation<RecordDocument>

/** What to do with a document, and what it counts as once that is done: nothing, a write, or a touch. */
interface Verdict {
  readonly count: keyof SaveResult
  /** Stores the document whole. */
  readonly write?: Operation
  /** Gives the stored document, which says the same, the greater version. */
  readonly touch?: Operation
}

/** What a document is judged by: all but where it came from. */
type StoredDocument = Omit<RecordDocument, 'schemaVersion' | 'deliveryId' | 'receivedAt'>

const PROVENANCE = { schemaVersion: 0, deliveryId: 0, receivedAt: 0 } as const

/**
 * Saves the documents, each `_id` once, and counts what became of them.
 *
 * In rounds: judge every document by what is stored; insert, replace or touch; read again what another writer changed
 * meanwhile. A replacement asks for the very state that it was judged by, and is an upsert: a lost race is then a
 * duplicate key, which the driver reports for each operation, while matched counts come as a sum only. For touches the
 * sum will do: whoever writes the version, the record is unchanged, so all of them may be judged again. No
 * transaction, no pipeline.
 */
export const saveDocuments = async (
  dimension: Dimension,
  collection: Collection<RecordDocument>,
  documents: readonly RecordDocument[]
): Promise<SaveResult> => {
  const counts: Counts = { inserted: 0, updated: 0, unchanged: 0, stale: 0 }
  for (let start = 0; start < documents.length; start += CHUNK) {
    await saveChunk(dimension, collection, documents.slice(start, start + CHUNK), counts)
  }
  return counts
}

const saveChunk = async (
  dimension: Dimension,
  collection: Collection<RecordDocument>,
  documents: readonly RecordDocument[],
  counts: Counts
): Promise<void> => {
  let pending = documents
  let round = 1
  if (await isMostlyNew(collection, documents)) {
    const { lost } = await execute(collection, documents.map(insert), true)
    counts.inserted += documents.length - lost.size
    if (lost.size === 0) return
    pending = documents.filter((_, position) => lost.has(position))
    round = 2
  }
  for (; ; round++) {
    const stored = await readStored(collection, pending)
    const judged = pending.map((document) => ({ document, ...judge(dimension, document, stored.get(document._id)) }))
    const writes = judged.flatMap(({ write }) => write ?? [])
    const touches = judged.flatMap(({ touch }) => touch ?? [])
    const [{ lost, upserted }, areTouched] = await Promise.all([
      execute(collection, writes, round < MAX_ROUNDS),
      touchAll(collection, touches)
    ])

    let position = 0
    const losers: RecordDocument[] = []
    for (const { document, count, write, touch } of judged) {
      if (write !== undefined ? lost.has(position++) : touch !== undefined && !areTouched) losers.push(document)
      // Upserted: someone erased the document after it was read.
      else counts[upserted.has(document._id) ? 'inserted' : count]++
    }
    if (losers.length === 0) return
    if (round >= MAX_ROUNDS) throw new Error(`After ${MAX_ROUNDS} rounds other writers still come between.`)
    pending = losers
  }
}

const insert = (document: RecordDocument): Operation => ({ insertOne: { document } })

const judge = (dimension: Dimension, document: RecordDocument, stored: StoredDocument | undefined): Verdict => {
  if (stored === undefined) return { count: 'inserted', write: insert(document) }
  const isSame = isSameRecord(dimension, stored, document)
  if (document.version < stored.version) return { count: isSame ? 'unchanged' : 'stale' }
  if (document.version === stored.version && isSame) return { count: 'unchanged' }

  const { _id, endUserId, version, schemaVersion, deliveryId, receivedAt } = document
  const filter = { _id, endUserId, version: stored.version, revision: stored.revision }
  const revision = stored.revision + 1
  if (isSame) {
    const $set = { version, revision, schemaVersion, deliveryId, receivedAt }
    return { count: 'unchanged', touch: { updateOne: { filter, update: { $set } } } }
  }
  return { count: 'updated', write: { replaceOne: { filter, replacement: { ...document, revision }, upsert: true } } }
}

/** Deliveries are mostly new records or, when they are sent again, mostly old ones: a few tell. */
const isMostlyNew = async (
  collection: Collection<RecordDocument>,
  documents: readonly RecordDocument[]
): Promise<boolean> => {
  if (documents.length <= SAMPLE_ABOVE) return true
  const step = documents.length / SAMPLE_SIZE
  const sample = Array.from({ length: SAMPLE_SIZE }, (_, n) => documents[Math.floor(n * step)] as RecordDocument)
  const found = await collection.find(filterOf(sample), { projection: { _id: 1 } }).toArray()
  return found.length < SAMPLE_SIZE / 2
}

const readStored = async (
  collection: Collection<RecordDocument>,
  documents: readonly RecordDocument[]
): Promise<Map<string, StoredDocument>> => {
  // The server's own first batch ends at 101 documents. One more than there are, so that it sees the end at once.
  const options = { projection: PROVENANCE, batchSize: documents.length + 1 }
  const stored = await collection.find<StoredDocument>(filterOf(documents), options).toArray()
  return new Map(stored.map((document) => [document._id, document]))
}

/** The users stand in the filter for a sharded cluster, which else would have to ask every shard. */
const filterOf = (documents: readonly RecordDocument[]) => ({
  _id: { $in: documents.map(({ _id }) => _id) },
  endUserId: { $in: [...new Set(documents.map(({ endUserId }) => endUserId))] }
})

interface Written {
  /** Positions of the operations that met another writer's document. */
  readonly lost: ReadonlySet<number>
  /** Keys of the replacements that found no document and inserted theirs. */
  readonly upserted: ReadonlySet<string>
}

const execute = async (
  collection: Collection<RecordDocument>,
  operations: Operation[],
  mayLose: boolean
): Promise<Written> => {
  if (operations.length === 0) return { lost: new Set(), upserted: new Set() }
  try {
    const { upsertedIds } = await collection.bulkWrite(operations, { ordered: false, ignoreUndefined: true })
    return { lost: new Set(), upserted: new Set(Object.values(upsertedIds)) }
  } catch (error) {
    const duplicates = duplicateKeysOf(error)
    if (!mayLose || duplicates.length === 0) throw error
    return {
      lost: new Set(duplicates.map(({ index }) => index)),
      // The driver's positions of upserts are wrong where inserts and updates mix; the ids are right.
      upserted: new Set(Object.values((error as MongoBulkWriteError).upsertedIds))
    }
  }
}

/** @returns whether all of them found the state that they were judged by. */
const touchAll = async (collection: Collection<RecordDocument>, operations: Operation[]): Promise<boolean> => {
  if (operations.length === 0) return true
  const { matchedCount } = await collection.bulkWrite(operations, { ordered: false })
  return matchedCount === operations.length
}

/** The duplicate keys that a bulk write met; none when anything else went wrong as well. */
const duplicateKeysOf = (error: unknown): WriteError[] => {
  const { name, writeErrors, result } = error as Partial<MongoBulkWriteError>
  if (name !== 'MongoBulkWriteError' || result?.getWriteConcernError() !== undefined) return []
  const all = [writeErrors ?? []].flat()
  return all.every(({ code }) => code === DUPLICATE_KEY) ? all : []
}
