import { epochRecord, quarantineItem, rawDelivery, saveBatch, versioned } from '@thryve-webhook/middleware/testing'
import { MongoClient } from 'mongodb'
import { describeWithMongo } from '../../../tools/test-mongo/jest'
import { mongoAdapter } from '../src/index'

const WRITES = ['insert', 'update', 'delete', 'findAndModify']
const READS = ['find', 'aggregate', 'distinct']

describeWithMongo('mongoAdapter: what it asks of the server', (mongo) => {
  test('every write waits for a majority’s journal, every read is of what a majority has', async () => {
    const client = new MongoClient(mongo.uri(), { monitorCommands: true, w: 0, readConcernLevel: 'local' })
    const writes: unknown[] = []
    const reads: unknown[] = []
    client.on('commandStarted', ({ commandName, command }) => {
      if (WRITES.includes(commandName)) writes.push(command['writeConcern'])
      if (READS.includes(commandName)) reads.push(command['readConcern'])
    })
    const adapter = mongoAdapter({ client, dbName: mongo.freshDatabase() })
    const batch = saveBatch(versioned(epochRecord()))
    await adapter.save(batch)
    await adapter.save(batch)
    for await (const _ of adapter.find(epochRecord()));
    const delivery = rawDelivery()
    await adapter.inbox.put(delivery)
    await adapter.inbox.put(delivery)
    const claim = await adapter.inbox.claim({ owner: 'w', durationMs: 60_000 })
    await adapter.inbox.complete(claim?.lease ?? { deliveryId: '', owner: '', token: 0 }, { dedupeSeconds: 60 })
    await adapter.inbox.list()
    await adapter.inbox.stats()
    await adapter.quarantine.add(quarantineItem())
    await adapter.quarantine.list()
    await adapter.deleteUser('synthetic-user')
    await adapter.check()

    expect(writes.length).toBeGreaterThanOrEqual(10)
    for (const concern of writes)
      expect(concern).toMatchObject({ w: 'majority', j: true, wtimeout: expect.any(Number) })
    expect(reads.length).toBeGreaterThanOrEqual(6)
    for (const concern of reads) expect(concern).toEqual({ level: 'majority' })
    await client.close()
  })
})
