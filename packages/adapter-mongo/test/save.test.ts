import type { SaveBatch } from '@thryve-webhook/middleware'
import { dailyRecord, epochRecord, saveBatch, versioned } from '@thryve-webhook/middleware/testing'
import { type Db, MongoClient } from 'mongodb'
import { describeWithMongo } from '../../../tools/test-mongo/jest'
import { mongoAdapter } from '../src/index'
import { saveInProcesses, sum } from './savers'

const MINUTE_MS = 60_000

/** A record of each minute. */
const deliveryOf = (size: number, version: string, value: (minute: number) => number): SaveBatch =>
  saveBatch(
    ...Array.from({ length: size }, (_, minute) => {
      const startTimestamp = new Date(Date.UTC(2024, 0, 1) + minute * MINUTE_MS)
      return versioned(
        epochRecord({ startTimestamp, value: String(value(minute)), parsedValue: value(minute) }),
        version
      )
    })
  )

describeWithMongo('mongoAdapter: save', (mongo) => {
  let client: MongoClient
  let db: Db
  beforeEach(() => {
    client = new MongoClient(mongo.uri(), { monitorCommands: true })
    db = client.db(mongo.freshDatabase())
  })
  afterEach(() => client.close())

  test('the same delivery in four processes at once: each record once, and the counts say who stored it', async () => {
    const delivery = deliveryOf(500, '1', (minute) => minute)
    const results = await saveInProcesses(mongo.uri(), db.databaseName, [
      [delivery],
      [delivery],
      [delivery],
      [delivery]
    ])
    expect(sum(results)).toEqual({ inserted: 500, updated: 0, unchanged: 1_500, stale: 0 })
    const documents = await db.collection('epoch').find().toArray()
    expect(documents).toHaveLength(500)
    expect(documents.every(({ revision }) => revision === 1)).toBe(true)
  })

  test('versions of the same records in four processes, each in another order: the greatest stays, all is counted', async () => {
    const versions = Array.from({ length: 8 }, (_, index) => index + 1)
    const deliveries = versions.map((version) => deliveryOf(150, `v${version}`, (minute) => minute + version * 1_000))
    const work = [
      deliveries,
      deliveries.toReversed(),
      [...deliveries.slice(4), ...deliveries.slice(0, 4)],
      [...deliveries.filter((_, index) => index % 2), ...deliveries.filter((_, index) => index % 2 === 0)]
    ]
    const total = sum(await saveInProcesses(mongo.uri(), db.databaseName, work))

    const documents = await db.collection('epoch').find().sort({ startTimestamp: 1 }).toArray()
    expect(documents.map(({ version, parsedValue }) => [version, parsedValue])).toEqual(
      Array.from({ length: 150 }, (_, minute) => ['v8', minute + 8_000])
    )
    // Every version differs, so each further write of a document is an update: no count is lost, and none is double.
    const written = documents.reduce((writes, { revision }) => writes + revision - 1, 0)
    expect(total).toMatchObject({ inserted: 150, updated: written })
    expect(total.inserted + total.updated + total.unchanged + total.stale).toBe(4 * 8 * 150)
  })

  test('10,000 records: stored in commands of 1,000 at most, then half of them updated', async () => {
    const adapter = mongoAdapter({ db })
    const sizes: number[] = []
    client.on('commandStarted', ({ commandName, command }) => {
      if (commandName === 'insert') sizes.push(command['documents'].length)
    })
    const first = deliveryOf(10_000, '1', (minute) => minute)
    await expect(adapter.save(first)).resolves.toEqual({ inserted: 10_000, updated: 0, unchanged: 0, stale: 0 })
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000)
    expect(sizes.reduce((total, size) => total + size)).toBe(10_000)

    const halfChanged = deliveryOf(10_000, '2', (minute) => (minute % 2 ? minute : -1))
    const changed = await adapter.save(halfChanged)
    expect(changed).toEqual({ inserted: 0, updated: 5_000, unchanged: 5_000, stale: 0 })
    await expect(db.collection('epoch').countDocuments({ version: '2' })).resolves.toBe(10_000)
  })

  test('a document: Thryve’s names, dates as dates, numbers as numbers, and where it came from', async () => {
    const record = epochRecord({
      endTimestamp: new Date('2024-05-01T08:01:00Z'),
      measurementReference: '12345678901234567890',
      medicalGrade: false,
      timezoneOffset: 120,
      extra: '{"$where":"1"}'
    })
    const { dimension, ...fields } = record
    const batch = saveBatch(versioned(record, 'v'), versioned(dailyRecord()))
    await mongoAdapter({ db }).save(batch)
    const { _id, ...document } = (await db.collection('epoch').findOne()) ?? {}
    expect(_id).toBe(batch.records[0]?.key)
    const origin = { deliveryId: batch.deliveryId, receivedAt: batch.receivedAt }
    expect(document).toEqual({ ...fields, version: 'v', revision: 1, schemaVersion: 1, ...origin })
    await expect(db.collection('epoch').countDocuments({ startTimestamp: { $type: 'date' } })).resolves.toBe(1)
    await expect(db.collection('daily').countDocuments({ day: '2024-05-01', schemaVersion: 1 })).resolves.toBe(1)
  })

  test('a record with every field, then one with the fewest: stored and replaced to the letter, nothing absent is null', async () => {
    const full = epochRecord({
      endUserAlias: 'alias',
      dataSourceName: 'Apple',
      dataTypeName: 'Steps',
      endTimestamp: new Date('2024-05-01T08:01:00Z'),
      timezoneOffset: 120,
      valueType: 'LONG',
      creationTimestamp: new Date('2024-05-01T08:02:00Z'),
      thirdPartyDataSourceId: 1,
      thirdPartyDataSourceName: 'UNKNOWN',
      measurementReference: '1',
      generationType: 'TRACKER',
      trustworthiness: 'plausible',
      medicalGrade: true,
      chronologicalExactness: 15,
      extra: '{}'
    })
    const adapter = mongoAdapter({ db })
    const stored = async () => {
      const document: Record<string, unknown> = (await db.collection('epoch').findOne()) ?? {}
      const { _id, version, revision, schemaVersion, deliveryId, receivedAt, ...fields } = document
      return { dimension: 'epoch', ...fields }
    }
    await adapter.save(saveBatch(versioned(full, '1')))
    expect(await stored()).toStrictEqual(full)
    const { dimension, endUserId, dataSourceId, dataTypeId, startTimestamp, value, parsedValue } = full
    const least = { dimension, endUserId, dataSourceId, dataTypeId, startTimestamp, value, parsedValue }
    const { key } = versioned(full)
    await adapter.save(saveBatch({ key, version: '2', record: least }))
    expect(await stored()).toStrictEqual(least)
    await db.collection('epoch').deleteMany({})
    await adapter.save(saveBatch({ key, version: '3', record: least }))
    expect(await stored()).toStrictEqual(least)
  })

  test('a record that no document can hold: rejects, and the others are stored', async () => {
    const value = 'x'.repeat(17 * 1024 * 1024)
    const tooLarge = versioned(dailyRecord({ value, parsedValue: value, valueType: 'STRING' }))
    const save = mongoAdapter({ db }).save(saveBatch(versioned(epochRecord()), tooLarge))
    await expect(save).rejects.toThrow(/^1 record\(s\) of the batch cannot be stored/)
    await expect(db.collection('epoch').countDocuments()).resolves.toBe(1)
  })
})
