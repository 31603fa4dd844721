/** Mongo adapters whose databases can be looked into: the probe reads through the plain driver, not the adapter. */
import type { VersionedRecord } from '@thryve-webhook/middleware'
import type { StoreProbe } from '@thryve-webhook/middleware/testing'
import { type Db, MongoClient } from 'mongodb'
import type { SuiteMongo } from '../../../tools/test-mongo/jest'
import { type MongoAdapter, mongoAdapter } from '../src/index'
import { type Line, openLine } from './line'

/** An adapter's database as the tests see it. */
interface Store {
  readonly dbName: string
  readonly line: Line
}

const METADATA = ['_id', 'version', 'revision', 'schemaVersion', 'deliveryId', 'receivedAt']

/** Adapters over databases of their own, each on a line that can be cut. */
export const createStores = (mongo: SuiteMongo) => {
  const stores = new WeakMap<object, Store>()
  const lines: Line[] = []
  let client: MongoClient | undefined

  const storeOf = (adapter: object): Store => {
    const store = stores.get(adapter)
    if (store === undefined) throw new Error('The adapter was not made here.')
    return store
  }
  const open = (store: Store): MongoAdapter => {
    const url = `mongodb://127.0.0.1:${store.line.port}/?serverSelectionTimeoutMS=300&directConnection=true`
    const adapter = mongoAdapter({ url, dbName: store.dbName })
    stores.set(adapter, store)
    return adapter
  }
  const databaseOf = (adapter: object): Db => {
    client ??= new MongoClient(mongo.uri())
    return client.db(storeOf(adapter).dbName)
  }

  return {
    async createAdapter(): Promise<MongoAdapter> {
      const line = await openLine(mongo.uri())
      lines.push(line)
      return open({ dbName: mongo.freshDatabase(), line })
    },
    /** Another adapter over the same database, with connections of its own. */
    createPeer: (adapter: object): MongoAdapter => open(storeOf(adapter)),
    breakStore: (adapter: object): void => storeOf(adapter).line.cut(),
    databaseOf,
    probe: (adapter: object): Required<StoreProbe> => probeDatabase(databaseOf(adapter)),
    async dispose(adapter: object): Promise<void> {
      storeOf(adapter).line.cut()
      await databaseOf(adapter).dropDatabase()
    },
    async close(): Promise<void> {
      for (const line of lines) line.cut()
      await client?.close()
      client = undefined
    }
  }
}

/** What a database holds. */
export const probeDatabase = (db: Db): Required<StoreProbe> => ({
  async records() {
    const all: VersionedRecord[] = []
    for (const dimension of ['epoch', 'daily'] as const) {
      for (const document of await db.collection(dimension).find().toArray()) {
        const fields = Object.entries(document).filter(([field]) => !METADATA.includes(field))
        // A long text that is both value and parsedValue is stored once.
        const record = { dimension, parsedValue: document['value'], ...Object.fromEntries(fields) }
        all.push({ key: String(document._id), version: document['version'], record } as unknown as VersionedRecord)
      }
    }
    return all
  },
  async inbox() {
    const documents = await db.collection('inbox').find({}, { promoteBuffers: true }).toArray()
    return documents.map(({ _id, state, body, endUserId }) => ({
      deliveryId: String(_id),
      state,
      ...(body === undefined ? {} : { body }),
      ...(endUserId === undefined ? {} : { endUserId })
    }))
  },
  async quarantine() {
    const documents = await db.collection('quarantine').find({}, { promoteBuffers: true }).toArray()
    return documents.map(({ _id, body }) => ({ deliveryId: String(_id), body }))
  }
})
