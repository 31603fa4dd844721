/** Which indexes there are, and how they come to be. */
import type { Collection, CreateIndexesOptions, IndexDescriptionInfo, IndexSpecification } from 'mongodb'

/** One index, as the adapter wants it. */
export interface Index {
  readonly name: string
  readonly key: Readonly<Record<string, 1>>
  /** Documents go when this field's date is that many seconds old. */
  readonly expireAfterSeconds?: number
}

/** The indexes of each collection, beside that of `_id`. */
export const indexesOf = {
  // A user's records of a type in a time range, and the latest of them. endUserId leads: it is the shard key.
  epoch: [{ name: 'user_type_time', key: { endUserId: 1, dataTypeId: 1, startTimestamp: 1 } }],
  daily: [{ name: 'user_type_time', key: { endUserId: 1, dataTypeId: 1, day: 1 } }],
  inbox: [
    { name: 'available', key: { availableAt: 1, receivedAt: 1 } },
    { name: 'state_received', key: { state: 1, receivedAt: 1, _id: 1 } },
    { name: 'expiry', key: { expiresAt: 1 }, expireAfterSeconds: 0 }
  ],
  // The size is in it so that keeping the quarantine within its bounds reads no body.
  quarantine: [{ name: 'first_seen_bytes', key: { firstSeenAt: 1, _id: 1, bytes: 1 } }]
} as const satisfies Record<string, readonly Index[]>

const NAMESPACE_NOT_FOUND = 26

/**
 * Creates the indexes that are missing. An index on the same fields will do, whatever its name.
 *
 * @throws Error when an index of the wanted name, or on the wanted fields, is another one. It is left as it is.
 */
export const ensureIndexes = async <T extends object>(
  collection: Collection<T>,
  wanted: readonly Index[]
): Promise<void> => {
  const found = await listIndexes(collection)
  const missing = wanted.filter((index) => !isThere(collection.collectionName, index, found))
  for (const { name, key, ...options } of missing) {
    await collection.createIndex(key as IndexSpecification, { name, ...options } satisfies CreateIndexesOptions)
  }
}

/** The wanted indexes of a collection that are not there, and whether the collection is. */
export interface IndexGap {
  /** Whether the collection exists: each that does has the index of `_id`. */
  readonly isThere: boolean
  /** The names, as `collection.index`. */
  readonly names: readonly string[]
}

/** Finds the wanted indexes that are not there. Creates nothing. */
export const missingIndexes = async <T extends object>(
  collection: Collection<T>,
  wanted: readonly Index[]
): Promise<IndexGap> => {
  const indexes = await listIndexes(collection)
  const found = new Set(indexes.map(fingerprint))
  const missing = wanted.filter((index) => !found.has(fingerprint(index)))
  return { isThere: indexes.length > 0, names: missing.map(({ name }) => `${collection.collectionName}.${name}`) }
}

const listIndexes = async <T extends object>(collection: Collection<T>): Promise<IndexDescriptionInfo[]> => {
  try {
    return await collection.indexes()
  } catch (error) {
    if ((error as { code?: unknown }).code === NAMESPACE_NOT_FOUND) return []
    throw error
  }
}

const isThere = (collection: string, wanted: Index, found: readonly IndexDescriptionInfo[]): boolean => {
  if (found.some((index) => fingerprint(index) === fingerprint(wanted))) return true
  const rival = found.find(({ name, key }) => name === wanted.name || text(key) === text(wanted.key))
  if (rival === undefined) return false
  throw new Error(
    `Collection "${collection}" has an index "${rival.name}" on ${fingerprint(rival)}, but the adapter needs ` +
      `${fingerprint(wanted)}. Drop that index, or give the adapter another "collectionPrefix".`
  )
}

/** What tells two indexes apart. A server may give numbers as doubles or longs, hence Number. */
const fingerprint = ({ key, ...index }: IndexDescriptionInfo | Index): string => {
  const options = {
    ...('expireAfterSeconds' in index && { expireAfterSeconds: Number(index.expireAfterSeconds) }),
    ...('unique' in index && index.unique === true && { unique: true }),
    ...('sparse' in index && index.sparse === true && { sparse: true }),
    ...('partialFilterExpression' in index && { partialFilterExpression: index.partialFilterExpression })
  }
  return Object.keys(options).length === 0 ? text(key) : `${text(key)} with ${JSON.stringify(options)}`
}

const text = (key: object): string =>
  `{ ${Object.entries(key)
    .map(([field, direction]) => `${field}: ${direction}`)
    .join(', ')} }`
