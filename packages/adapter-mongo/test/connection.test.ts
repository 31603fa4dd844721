import { epochRecord, quarantineItem, rawDelivery, saveBatch, versioned } from '@thryve-webhook/middleware/testing'
import { MongoClient, ReadPreference } from 'mongodb'
import { describeWithMongo } from '../../../tools/test-mongo/jest'
import { mongoAdapter } from '../src/index'
import { type Line, openLine } from './line'

const batch = () => saveBatch(versioned(epochRecord()))

describeWithMongo('mongoAdapter: connection', (mongo) => {
  let line: Line
  beforeEach(async () => {
    line = await openLine(mongo.uri())
  })
  const opened: { close(): Promise<void> }[] = []
  const toClose = <T extends { close(): Promise<void> }>(each: T): T => {
    opened.push(each)
    return each
  }
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close()
    line.cut()
  })
  const urlOf = ({ port }: Line, patienceMs = 1_000) =>
    `mongodb://127.0.0.1:${port}/?serverSelectionTimeoutMS=${patienceMs}&directConnection=true`

  test('no server yet: construction is quiet, calls reject, and work once it is there', async () => {
    line.cut()
    const adapter = toClose(mongoAdapter({ url: urlOf(line), dbName: mongo.freshDatabase() }))
    const calls = [adapter.save(batch()), adapter.inbox.put(rawDelivery()), adapter.check()]
    for (const call of calls) call.catch(() => {})
    for (const call of calls) await expect(call).rejects.toMatchObject({ name: 'MongoServerSelectionError' })

    await line.mend()
    await expect(adapter.check()).resolves.toBeUndefined()
    await expect(adapter.save(batch())).resolves.toMatchObject({ inserted: 1 })
    await expect(adapter.inbox.put(rawDelivery())).resolves.toEqual({ outcome: 'accepted' })
  })

  test.each(['client', 'db'] as const)('%s: not connected yet, and no server: works once it is there', async (kind) => {
    line.cut()
    const client = toClose(new MongoClient(urlOf(line)))
    const dbName = mongo.freshDatabase()
    const adapter = mongoAdapter(kind === 'client' ? { client, dbName } : { db: client.db(dbName) })
    const calls = [adapter.save(batch()), adapter.inbox.stats(), adapter.quarantine.list()]
    for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected')

    await line.mend()
    await expect(adapter.save(batch())).resolves.toMatchObject({ inserted: 1 })
  })

  test('closed before it was used: every call rejects, and nothing is opened', async () => {
    const client = toClose(new MongoClient(mongo.uri()))
    let isOpened = false
    client.on('topologyOpening', () => {
      isOpened = true
    })
    const adapter = mongoAdapter({ client })
    await adapter.close()
    const lease = { deliveryId: 'x', owner: 'w', token: 1 }
    const calls = [adapter.save(batch()), adapter.inbox.extend(lease, 1), adapter.ensureIndexes(), adapter.check()]
    for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected')
    await expect(adapter.inbox.stats()).rejects.toThrow('The mongo adapter is closed.')
    expect(isOpened).toBe(false)
  })

  test('closed while it connects: the call rejects and no connection is left', async () => {
    const adapter = toClose(mongoAdapter({ url: urlOf(line, 5_000), dbName: mongo.freshDatabase() }))
    const saved = adapter.save(batch())
    await Promise.all([expect(saved).rejects.toThrow(), adapter.close()])
  })

  test('the server goes and comes back: calls reject meanwhile, and work again', async () => {
    // The driver looks for a lost server every half second.
    const adapter = toClose(mongoAdapter({ url: urlOf(line, 5_000), dbName: mongo.freshDatabase() }))
    await adapter.save(batch())
    line.cut()
    await expect(adapter.save(batch())).rejects.toThrow()
    await line.mend()
    await expect(adapter.save(batch())).resolves.toMatchObject({ unchanged: 1 })
  })

  test('url: close ends the connections', async () => {
    const dbName = mongo.freshDatabase()
    const adapter = toClose(mongoAdapter({ url: urlOf(line), dbName }))
    await adapter.check()
    await adapter.close()
    await adapter.close()
    await expect(adapter.check()).rejects.toThrow('closed')
  })

  test.each(['client', 'db'] as const)('%s: close leaves the host’s client open', async (kind) => {
    const client = toClose(new MongoClient(mongo.uri()))
    const dbName = mongo.freshDatabase()
    const adapter = mongoAdapter(kind === 'client' ? { client, dbName } : { db: client.db(dbName) })
    await adapter.save(batch())
    await adapter.close()
    await expect(adapter.save(batch())).rejects.toThrow('closed')
    await expect(client.db(dbName).collection('epoch').countDocuments()).resolves.toBe(1)
  })

  test('a connection string with a database: that one is used', async () => {
    const dbName = mongo.freshDatabase()
    const client = toClose(new MongoClient(mongo.uri().replace(/(\d)(\/[^?]*)?(\?|$)/, `$1/${dbName}$3`)))
    await mongoAdapter({ client }, { collectionPrefix: 'thryve.' }).save(batch())
    await expect(client.db(dbName).collection('thryve.epoch').countDocuments()).resolves.toBe(1)
  })

  test('a client with settings of its own: none of them changes what the adapter writes and reads', async () => {
    const client = toClose(
      new MongoClient(mongo.uri(), {
        promoteValues: false,
        promoteBuffers: false,
        useBigInt64: false,
        bsonRegExp: true,
        ignoreUndefined: true,
        serializeFunctions: true,
        writeConcern: { w: 0 },
        readPreference: ReadPreference.SECONDARY_PREFERRED
      })
    )
    const adapter = mongoAdapter({ client, dbName: mongo.freshDatabase() })
    const record = epochRecord({
      medicalGrade: true,
      chronologicalExactness: 0.5,
      value: '5000000000',
      parsedValue: 5e9
    })
    await expect(adapter.save(saveBatch(versioned(record)))).resolves.toMatchObject({ inserted: 1 })
    await expect(adapter.save(saveBatch(versioned(record)))).resolves.toMatchObject({ unchanged: 1 })
    for await (const found of adapter.find(record)) expect(found).toEqual(record)

    const delivery = rawDelivery()
    await adapter.inbox.put(delivery)
    await expect(adapter.inbox.put(delivery)).resolves.toEqual({ outcome: 'duplicate' })
    const claim = await adapter.inbox.claim({ owner: 'w', durationMs: 60_000 })
    expect(claim?.attempt).toBe(1)
    expect(Buffer.from(claim?.delivery.body ?? [])).toEqual(Buffer.from(delivery.body))
    const item = quarantineItem()
    await adapter.quarantine.add(item)
    const { entries } = await adapter.quarantine.list()
    expect(entries).toMatchObject([{ badRecords: item.badRecords, bytes: item.delivery.body.length }])
  })
})
