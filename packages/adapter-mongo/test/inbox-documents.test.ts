import { setTimeout as sleep } from 'node:timers/promises'
import { quarantineItem, rawDelivery } from '@thryve-webhook/middleware/testing'
import { type Db, MongoClient } from 'mongodb'
import { describeWithMongo } from '../../../tools/test-mongo/jest'
import { type MongoAdapter, mongoAdapter } from '../src/index'

const lease = { owner: 'worker', durationMs: 60_000 }

describeWithMongo('mongoAdapter: inbox and quarantine in the database', (mongo) => {
  let client: MongoClient
  let db: Db
  let adapter: MongoAdapter
  beforeEach(() => {
    client = new MongoClient(mongo.uri(), { promoteBuffers: true })
    db = client.db(mongo.freshDatabase())
    adapter = mongoAdapter({ db })
  })
  afterEach(() => client.close())
  const stored = () => db.collection('inbox').findOne()

  test('an entry: what was received, and where it stands', async () => {
    const delivery = { ...rawDelivery(), contentEncoding: 'zstd', sentAt: new Date(1_714_550_400_000) }
    await adapter.inbox.put(delivery, lease)
    expect(await stored()).toEqual({
      _id: delivery.id,
      schemaVersion: 1,
      receivedAt: delivery.receivedAt,
      sentAt: delivery.sentAt,
      contentEncoding: 'zstd',
      bytes: delivery.body.length,
      state: 'leased',
      availableAt: expect.any(Date),
      attempts: 1,
      token: expect.any(Number),
      owner: 'worker',
      body: Buffer.from(delivery.body),
      duplicates: 0
    })
  })

  test('delivered again: counted, by a write of its own', async () => {
    const delivery = rawDelivery()
    for (let times = 0; times < 4; times++) await adapter.inbox.put(delivery)
    expect(await stored()).toMatchObject({ state: 'ready', duplicates: 3 })
  })

  test('done: a marker without body and owner, that expires by the index', async () => {
    const { lease: held } = (await adapter.inbox.put(rawDelivery(), lease)) as never
    await adapter.inbox.complete(held, { dedupeSeconds: 3_600, endUserId: 'synthetic-user' })
    const marker = await stored()
    expect(marker).toMatchObject({ state: 'done', bytes: 0, availableAt: null, endUserId: 'synthetic-user' })
    expect(marker).not.toHaveProperty('body')
    expect(marker).not.toHaveProperty('owner')
    expect(marker?.['expiresAt'].getTime()).toBeGreaterThan(Date.now() + 3_500_000)
  })

  test('a marker that has expired and still lies there: as good as gone', async () => {
    const delivery = rawDelivery()
    const { lease: held } = (await adapter.inbox.put(delivery, lease)) as never
    await adapter.inbox.complete(held, { dedupeSeconds: 0 })
    await sleep(5)
    await expect(adapter.inbox.list({ state: 'done' })).resolves.toEqual({ entries: [] })
    await expect(adapter.inbox.stats()).resolves.toMatchObject({ done: 0 })
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => mongoAdapter({ db }).inbox.put(delivery)))
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['accepted', 'duplicate', 'duplicate', 'duplicate'])
  })

  test('nothing to claim: markers that have expired are swept away, the others stay', async () => {
    for (const dedupeSeconds of [0, 3_600]) {
      const { lease: held } = (await adapter.inbox.put(rawDelivery(), lease)) as never
      await adapter.inbox.complete(held, { dedupeSeconds })
    }
    await sleep(5)
    await mongoAdapter({ db }).inbox.claim(lease)
    await expect(db.collection('inbox').countDocuments()).resolves.toBe(1)
  })

  test('erased and delivered again: the old lease changes nothing', async () => {
    const delivery = rawDelivery()
    const { lease: old } = (await adapter.inbox.put(delivery, lease)) as never
    await db.collection('inbox').deleteMany({})
    await sleep(2)
    await adapter.inbox.put(delivery, lease)
    await expect(adapter.inbox.complete(old, { dedupeSeconds: 60 })).resolves.toBe(false)
    expect(await stored()).toMatchObject({ state: 'leased' })
  })

  test('this machine’s clock is wrong by an hour: leases are as long as they are', async () => {
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000)
    try {
      await adapter.inbox.put(rawDelivery(), lease)
    } finally {
      now.mockRestore()
    }
    const until = (await stored())?.['availableAt'].getTime() - Date.now()
    expect(until).toBeGreaterThan(50_000)
    expect(until).toBeLessThanOrEqual(60_500)
  })

  test('a body that no document can hold: rejects before anything is sent, and says what to set', async () => {
    const delivery = { ...rawDelivery(), body: new Uint8Array(16 * 1024 * 1024) }
    await expect(adapter.inbox.put(delivery)).rejects.toThrow(/"maxCompressedBytes"/)
    await expect(adapter.quarantine.add({ ...quarantineItem(), delivery })).rejects.toThrow(RangeError)
  })

  test('a body as large as can be: kept', async () => {
    const delivery = { ...rawDelivery(), body: new Uint8Array(16 * 1024 * 1024 - 65_536).fill(7) }
    await expect(adapter.inbox.put(delivery)).resolves.toEqual({ outcome: 'accepted' })
    const claim = await adapter.inbox.claim(lease)
    expect(Buffer.compare(claim?.delivery.body ?? Buffer.alloc(0), delivery.body)).toBe(0)
  })

  test.each([
    ['"limit"', { limit: 0 }],
    ['"limit"', { limit: 1.5 }],
    ['"after"', { after: 'x' }],
    ['"after"', { after: '1' }]
  ])('a page query that is none: rejects and names %s', async (name, query) => {
    await expect(adapter.inbox.list(query)).rejects.toThrow(name)
    await expect(adapter.quarantine.list(query)).rejects.toThrow(name)
  })

  test.each([{ $ne: '' }, undefined])('an id that is no text (%p): rejects, and nothing changes', async (id) => {
    const { lease: held } = (await adapter.inbox.put(rawDelivery(), lease)) as never
    await adapter.inbox.bury(held, { code: 'TEST' })
    await adapter.quarantine.add(quarantineItem())
    for (const call of [
      adapter.inbox.remove,
      adapter.inbox.requeue,
      adapter.quarantine.remove,
      adapter.quarantine.get
    ]) {
      await expect(call(id as never)).rejects.toThrow(TypeError)
    }
    expect(await stored()).toMatchObject({ state: 'dead' })
    await expect(db.collection('quarantine').countDocuments()).resolves.toBe(1)
  })

  test('an item again with less known: what is no longer true goes, the first sight stays', async () => {
    const { endUserId: _, ...item } = quarantineItem()
    await adapter.quarantine.add({ ...item, endUserId: 'synthetic-user' })
    const first = await db.collection('quarantine').findOne()
    await adapter.quarantine.add({ ...item, code: 'OTHER' })
    const second = await db.collection('quarantine').findOne()
    expect(second).toMatchObject({ code: 'OTHER', schemaVersion: 1, firstSeenAt: first?.['firstSeenAt'] })
    expect(second).not.toHaveProperty('endUserId')
  })
})
