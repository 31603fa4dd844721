import type { SaveBatch } from '@thryve-webhook/middleware'
import { dailyRecord, epochRecord, saveBatch, versioned } from '@thryve-webhook/middleware/testing'
import { type Collection, type Db, MongoClient } from 'mongodb'
import { describeWithMongo } from '../../../tools/test-mongo/jest'
import type { RecordDocument } from '../src/documents'
import { mongoAdapter } from '../src/index'
import { toDocument } from '../src/record-documents'
import { saveDocuments } from '../src/save-documents'

const counts = (given: object) => ({ inserted: 0, updated: 0, unchanged: 0, stale: 0, ...given })
const documentsOf = (batch: SaveBatch) => batch.records.map((record) => toDocument(record, batch))
const steps = (value: number, version: string) =>
  saveBatch(versioned(epochRecord({ value: String(value), parsedValue: value }), version))

describeWithMongo('save: another writer comes between', (mongo) => {
  let client: MongoClient
  let db: Db
  let epoch: Collection<RecordDocument>
  beforeEach(() => {
    client = new MongoClient(mongo.uri())
    db = client.db(mongo.freshDatabase())
    epoch = db.collection<RecordDocument>('epoch')
  })
  afterEach(() => client.close())

  /** The collection, on which something happens right before each of the first bulk writes. */
  const interrupted = (...interruptions: (() => Promise<unknown>)[]): Collection<RecordDocument> =>
    new Proxy(epoch, {
      get(target, property) {
        if (property !== 'bulkWrite') return Reflect.get(target, property, target)
        return async (...call: Parameters<typeof epoch.bulkWrite>) => {
          await interruptions.shift()?.()
          return target.bulkWrite(...call)
        }
      }
    })
  const store = (batch: SaveBatch) => saveDocuments('epoch', epoch, documentsOf(batch))
  const valueStored = async () => (await epoch.findOne())?.parsedValue

  test.each([
    ['a newer version', steps(9, '9'), { stale: 1 }, 9],
    ['an older version', steps(1, '1'), { updated: 1 }, 5],
    ['the same version and content', steps(5, '5'), { unchanged: 1 }, 5],
    ['the same version with other content', steps(4, '5'), { updated: 1 }, 5],
    ['a newer version of the same content', steps(5, '9'), { unchanged: 1 }, 5]
  ])('inserts %s first', async (_, theirs, expected, value) => {
    const collection = interrupted(() => store(theirs))
    await expect(saveDocuments('epoch', collection, documentsOf(steps(5, '5')))).resolves.toEqual(counts(expected))
    await expect(valueStored()).resolves.toBe(value)
  })

  test('replaces what was read, again and again: no write is lost and the newest stays', async () => {
    await store(steps(1, '1'))
    const collection = interrupted(
      async () => {},
      () => store(steps(2, '2')),
      () => store(steps(3, '3')),
      () => store(steps(4, '4'))
    )
    await expect(saveDocuments('epoch', collection, documentsOf(steps(5, '5')))).resolves.toEqual(
      counts({ updated: 1 })
    )
    await expect(epoch.findOne()).resolves.toMatchObject({ parsedValue: 5, version: '5', revision: 5 })
  })

  test('replaces it by the same version twice: the state is another, though the version is the same', async () => {
    await store(steps(1, '1'))
    const collection = interrupted(
      async () => {},
      () => store(steps(2, '1'))
    )
    await expect(saveDocuments('epoch', collection, documentsOf(steps(2, '1')))).resolves.toEqual(
      counts({ unchanged: 1 })
    )
  })

  test.each([
    ['gives it a newer version', steps(1, '9'), { unchanged: 1 }, 1, '9'],
    ['gives it another older version', steps(1, '2'), { unchanged: 1 }, 1, '5'],
    ['replaces it by a newer version', steps(9, '9'), { unchanged: 0, stale: 1 }, 9, '9'],
    ['replaces it by an older version', steps(2, '2'), { updated: 1 }, 1, '5']
  ])('%s while the same record gets a newer version', async (_, theirs, expected, value, version) => {
    await store(steps(1, '1'))
    const collection = interrupted(
      async () => {},
      () => store(theirs)
    )
    await expect(saveDocuments('epoch', collection, documentsOf(steps(1, '5')))).resolves.toEqual(counts(expected))
    await expect(epoch.findOne()).resolves.toMatchObject({ parsedValue: value, version })
  })

  test('erases the record while it gets a newer version: inserted whole', async () => {
    await store(steps(1, '1'))
    const collection = interrupted(
      async () => {},
      () => epoch.deleteMany({})
    )
    const batch = steps(1, '5')
    await expect(saveDocuments('epoch', collection, documentsOf(batch))).resolves.toEqual(counts({ inserted: 1 }))
    await expect(epoch.findOne()).resolves.toEqual(documentsOf(batch)[0])
  })

  test('changes one of many while all get a newer version: all are counted once', async () => {
    const minutes = (version: string) =>
      saveBatch(
        ...Array.from({ length: 150 }, (_, minute) =>
          versioned(epochRecord({ startTimestamp: new Date(Date.UTC(2024, 0, 1) + minute * 60_000) }), version)
        )
      )
    await store(minutes('1'))
    const collection = interrupted(() => epoch.updateOne({}, { $set: { value: '9', version: '9' } }))
    await expect(saveDocuments('epoch', collection, documentsOf(minutes('5')))).resolves.toEqual(
      counts({ unchanged: 149, stale: 1 })
    )
    await expect(epoch.countDocuments({ version: '5', revision: 2 })).resolves.toBe(149)
  })

  test('erases what was read: inserted', async () => {
    await store(steps(1, '1'))
    const collection = interrupted(
      async () => {},
      () => epoch.deleteMany({})
    )
    await expect(saveDocuments('epoch', collection, documentsOf(steps(5, '5')))).resolves.toEqual(
      counts({ inserted: 1 })
    )
    await expect(valueStored()).resolves.toBe(5)
  })

  test('a unique index of the host’s own refuses the record: rejects with the driver’s error in the end', async () => {
    await epoch.createIndex({ dataTypeId: 1 }, { unique: true })
    await store(steps(1, '1'))
    const other = saveBatch(versioned(epochRecord({ endUserId: 'another-user' })))
    await expect(store(other)).rejects.toMatchObject({ name: 'MongoBulkWriteError', code: 11_000 })
  })

  test('duplicate keys together with another failure: rejects', async () => {
    await store(steps(1, '1'))
    const failure = Object.assign(new Error('not replicated'), {
      name: 'MongoBulkWriteError',
      writeErrors: [{ code: 11_000, index: 0 }],
      result: { getWriteConcernError: () => ({ code: 64 }) }
    })
    // No server at hand makes this reply, so the error stands in for it.
    const collection = interrupted(() => Promise.reject(failure))
    await expect(saveDocuments('epoch', collection, documentsOf(steps(5, '5')))).rejects.toBe(failure)
  })

  test('a batch of 60 MB: stored whole, in several messages', async () => {
    const value = 'x'.repeat(60_000)
    const days = Array.from({ length: 1_000 }, (_, day) => new Date(Date.UTC(2022, 0, day)).toISOString().slice(0, 10))
    const batch = saveBatch(...days.map((day) => versioned(dailyRecord({ day, value, parsedValue: value.length }))))
    const adapter = mongoAdapter({ db })
    await expect(adapter.save(batch)).resolves.toEqual(counts({ inserted: 1_000 }))
    await expect(db.collection('daily').countDocuments()).resolves.toBe(1_000)
    // Duplicate keys in every message: the driver's positions must be those of the batch.
    const half = saveBatch(...batch.records.slice(500), ...batch.records.slice(0, 40))
    await db.collection('daily').deleteMany({ day: { $lt: days[20] as string } })
    await expect(adapter.save(half)).resolves.toEqual(counts({ unchanged: 520, inserted: 20 }))
  })

  test('half a surrogate pair: kept as U+FFFD, and known again', async () => {
    const adapter = mongoAdapter({ db })
    const record = epochRecord({ endUserId: 'synthetic-\ud800', value: 'a\udc00', parsedValue: 'a\udc00' })
    await expect(adapter.save(saveBatch(versioned(record)))).resolves.toEqual(counts({ inserted: 1 }))
    await expect(adapter.save(saveBatch(versioned(record)))).resolves.toEqual(counts({ unchanged: 1 }))
    await expect(epoch.findOne()).resolves.toMatchObject({ endUserId: 'synthetic-\ufffd', value: 'a\ufffd' })
  })
})
