import { epochRecord, rawDelivery, saveBatch, versioned } from '@thryve-webhook/middleware/testing'
import { type CommandStartedEvent, type Db, MongoClient } from 'mongodb'
import { describeWithMongo } from '../../../tools/test-mongo/jest'
import { mongoAdapter } from '../src/index'

const NAMES = {
  epoch: ['_id_', 'user_type_time'],
  daily: ['_id_', 'user_type_time'],
  inbox: ['_id_', 'available', 'expiry', 'state_received'],
  quarantine: ['_id_', 'first_seen_bytes']
}

describeWithMongo('mongoAdapter: indexes', (mongo) => {
  let client: MongoClient
  let db: Db
  beforeEach(() => {
    client = new MongoClient(mongo.uri(), { monitorCommands: true })
    db = client.db(mongo.freshDatabase())
  })
  afterEach(() => client.close())

  const namesOf = async (collection: string): Promise<string[]> => {
    const exists = await db.listCollections({ name: collection }).toArray()
    if (!exists.some(({ name }) => name === collection)) return []
    return (await db.collection(collection).indexes()).map(({ name }) => name ?? '').sort()
  }
  const allNames = async () =>
    Object.fromEntries(await Promise.all(Object.keys(NAMES).map(async (name) => [name, await namesOf(name)])))

  test('ensureIndexes: from many at once, and again: each index once', async () => {
    const adapters = Array.from({ length: 5 }, () => mongoAdapter({ db }))
    await Promise.all(adapters.map((adapter) => adapter.ensureIndexes()))
    await adapters[0]?.ensureIndexes()
    await expect(allNames()).resolves.toEqual(NAMES)
    const expiry = (await db.collection('inbox').indexes()).find(({ name }) => name === 'expiry')
    expect(expiry).toMatchObject({ key: { expiresAt: 1 }, expireAfterSeconds: 0 })
  })

  test('missingIndexes: before, between and after, names what is not there and makes nothing', async () => {
    const adapter = mongoAdapter({ db })
    const all = Object.entries(NAMES).flatMap(([collection, names]) =>
      names.slice(1).map((name) => `${collection}.${name}`)
    )
    expect([...(await adapter.missingIndexes())].sort()).toEqual(all.sort())
    expect(await db.listCollections().toArray()).toEqual([])
    await adapter.ensureIndexes()
    await expect(adapter.missingIndexes()).resolves.toEqual([])
    await db.collection('inbox').dropIndex('available')
    await expect(mongoAdapter({ db }).missingIndexes()).resolves.toEqual(['inbox.available'])
  })

  test('missingIndexes: a quarantine that was never used, is not named', async () => {
    const adapter = mongoAdapter({ db })
    await adapter.inbox.stats()
    await expect(adapter.missingIndexes()).resolves.toEqual([])
    await db.collection('quarantine').insertOne({})
    await expect(adapter.missingIndexes()).resolves.toEqual(['quarantine.first_seen_bytes'])
  })

  test('first use: the indexes of that collection are made, once', async () => {
    const commands: string[] = []
    client.on('commandStarted', ({ commandName }) => commands.push(commandName))
    const adapter = mongoAdapter({ db })
    await adapter.inbox.put(rawDelivery())
    await adapter.inbox.put(rawDelivery())
    await expect(namesOf('inbox')).resolves.toEqual(NAMES.inbox)
    await expect(namesOf('epoch')).resolves.toEqual([])
    expect(commands.filter((name) => name === 'createIndexes')).toHaveLength(3)
  })

  test('ensureIndexes: false, none are made until asked for', async () => {
    const adapter = mongoAdapter({ db }, { ensureIndexes: false })
    await adapter.save(saveBatch(versioned(epochRecord())))
    await expect(namesOf('epoch')).resolves.toEqual(['_id_'])
    await adapter.ensureIndexes()
    await expect(allNames()).resolves.toEqual(NAMES)
  })

  test.each([
    ['other fields', { endUserId: 1 }, {}],
    ['unique', { endUserId: 1, dataTypeId: 1, startTimestamp: 1 }, { unique: true }]
  ] as const)('an index of the same name, but %s: every use rejects and says what to do', async (_, key, options) => {
    await db.collection('epoch').createIndex(key, { name: 'user_type_time', ...options })
    const adapter = mongoAdapter({ db })
    const save = () => adapter.save(saveBatch(versioned(epochRecord())))
    await expect(adapter.ensureIndexes()).rejects.toThrow(
      /^Collection "epoch" has an index "user_type_time" on .* but the adapter needs .* Drop that index/
    )
    await expect(save()).rejects.toThrow('user_type_time')
    await expect(db.collection('epoch').countDocuments()).resolves.toBe(0)

    await db.collection('epoch').dropIndex('user_type_time')
    await expect(save()).resolves.toMatchObject({ inserted: 1 })
  })

  test('the same index under another name: it will do', async () => {
    await db.collection('epoch').createIndex({ endUserId: 1, dataTypeId: 1, startTimestamp: 1 }, { name: 'by hand' })
    await mongoAdapter({ db }).save(saveBatch(versioned(epochRecord())))
    await expect(namesOf('epoch')).resolves.toEqual(['_id_', 'by hand'])
  })

  describe('explained by the server', () => {
    /** The plan of the last command of that name which the adapter sent; undefined where the server cannot explain. */
    const planOf = async (commandName: string, run: () => Promise<unknown>): Promise<string | undefined> => {
      let sent: CommandStartedEvent | undefined
      client.on('commandStarted', (event) => {
        if (event.commandName === commandName) sent = event
      })
      await run()
      const { lsid, $db, $clusterTime, readConcern, writeConcern, txnNumber, ...command } = sent?.command ?? {}
      try {
        return JSON.stringify(await db.command({ explain: command, verbosity: 'queryPlanner' }))
      } catch (error) {
        if ((error as { code?: unknown }).code !== 59) throw error
        console.warn(`SKIPPED: this server cannot explain, so the plan of ${commandName} was not looked at.`)
        return undefined
      }
    }
    const drain = async (records: AsyncIterable<unknown>): Promise<void> => {
      for await (const _ of records);
    }
    const user = { dimension: 'epoch', endUserId: 'synthetic-user' } as const
    const range = { from: new Date(0), to: new Date(1e12) }

    test.each([
      ['the latest value of a type', { ...user, dataTypeIds: [1], limit: 1, order: 'desc' } as const],
      ['a type in a time range', { ...user, dataTypeIds: [1], ...range }],
      ['two types in a time range', { ...user, dataTypeIds: [1, 2], ...range }],
      ['all of a user', user]
    ])('find: %s, by the index and without a sort', async (_, query) => {
      const adapter = mongoAdapter({ db })
      const plan = await planOf('find', async () => {
        const types = [1, 2].map((dataTypeId) => versioned(epochRecord({ dataTypeId })))
        await adapter.save(saveBatch(...types))
        await drain(adapter.find(query))
      })
      if (plan === undefined) return
      expect(plan).toContain('user_type_time')
      expect(plan).not.toContain('"stage":"SORT"')
      expect(plan).not.toContain('COLLSCAN')
    })

    test('inbox.claim: by the index and without a sort', async () => {
      const plan = await planOf('findAndModify', () => mongoAdapter({ db }).inbox.claim({ owner: 'w', durationMs: 1 }))
      if (plan === undefined) return
      expect(plan).toContain('available')
      expect(plan).not.toContain('"stage":"SORT"')
    })
  })
})
