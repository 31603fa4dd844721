/** The four collections, with their indexes made before first use and every option that matters set. */
import type { Collection, CollectionOptions, WriteConcern } from 'mongodb'
import type { OpenConnection } from './connection'
import type { InboxDocument, QuarantineDocument, RecordDocument } from './documents'
import { ensureIndexes, indexesOf, missingIndexes } from './indexes'
import { onceDone } from './once-done'
import type { Settings } from './options'

/** The collections by what they hold. Each call connects first, and rejects once the connection was closed. */
export interface Collections {
  epoch(): Promise<Collection<RecordDocument>>
  daily(): Promise<Collection<RecordDocument>>
  inbox(): Promise<Collection<InboxDocument>>
  quarantine(): Promise<Collection<QuarantineDocument>>
}

/** The collections as the adapter's parts share them. */
export interface OpenCollections extends Collections {
  /** Creates what indexes are missing, whatever the options say. */
  ensureIndexes(): Promise<void>
  /** Names the indexes that are missing. */
  missingIndexes(): Promise<string[]>
}

/** A put must be answered within a delivery's deadline; a bulk of records may take its time to replicate. */
const WTIMEOUT_MS = { epoch: 30_000, daily: 30_000, inbox: 1_000, quarantine: 10_000 } as const

type Name = keyof Collections

/**
 * A host's client may be configured for quite other needs, so nothing is inherited from it: acknowledged means on
 * disk on a majority, what is read is durable, numbers are numbers and bytes are bytes.
 */
const optionsOf = (name: Name): CollectionOptions => ({
  writeConcern: { w: 'majority', j: true, wtimeoutMS: WTIMEOUT_MS[name] } satisfies Partial<WriteConcern>,
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  raw: false,
  fieldsAsRaw: {},
  promoteValues: true,
  promoteLongs: true,
  promoteBuffers: true,
  useBigInt64: false,
  bsonRegExp: false,
  serializeFunctions: false,
  // An undefined in a filter then means "absent"; ignored, it would match everything.
  ignoreUndefined: false
})

/** Prepares the collections. Nothing is sent before the first use. */
export const openCollections = (
  { db, connect }: OpenConnection,
  { collectionPrefix, ensureIndexes: isLazy }: Settings
): OpenCollections => {
  const open = <T extends object>(name: Name) => {
    const collection = db.collection<T>(`${collectionPrefix}${name}`, optionsOf(name))
    const ensure = onceDone(() => ensureIndexes(collection, indexesOf[name]))
    const use = async (): Promise<Collection<T>> => {
      await connect()
      if (isLazy) await ensure()
      return collection
    }
    return Object.assign(use, { ensure, missing: () => missingIndexes(collection, indexesOf[name]) })
  }

  const epoch = open<RecordDocument>('epoch')
  const daily = open<RecordDocument>('daily')
  const inbox = open<InboxDocument>('inbox')
  const quarantine = open<QuarantineDocument>('quarantine')

  return {
    epoch,
    daily,
    inbox,
    quarantine,
    async ensureIndexes() {
      await connect()
      for (const { ensure } of [inbox, quarantine, epoch, daily]) await ensure()
    },
    async missingIndexes() {
      await connect()
      const gaps = await Promise.all([inbox, quarantine, epoch, daily].map(({ missing }) => missing()))
      const used = gaps.filter(({ isThere }) => isThere)
      return (used.length > 0 ? used : gaps).flatMap(({ names }) => names)
    }
  }
}
