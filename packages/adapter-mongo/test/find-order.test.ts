import type { RecordQuery, ThryveRecord } from '@thryve-webhook/middleware'
import { dailyRecord, epochRecord, saveBatch, versioned } from '@thryve-webhook/middleware/testing'
import { type CommandStartedEvent, MongoClient } from 'mongodb'
import { describeWithMongo } from '../../../tools/test-mongo/jest'
import { type MongoAdapter, mongoAdapter } from '../src/index'

const user = 'synthetic-user'
const at = (minute: number) => new Date(Date.UTC(2024, 4, 1, 0, minute))

describeWithMongo('mongoAdapter: find', (mongo) => {
  let client: MongoClient
  let adapter: MongoAdapter
  let sent: CommandStartedEvent[]
  beforeEach(() => {
    client = new MongoClient(mongo.uri(), { monitorCommands: true })
    adapter = mongoAdapter({ client, dbName: mongo.freshDatabase() })
    sent = []
    client.on('commandStarted', (event) => sent.push(event))
  })
  afterEach(() => client.close())

  const namesSent = () => sent.map(({ commandName }) => commandName)
  const save = (...records: ThryveRecord[]) => adapter.save(saveBatch(...records.map((record) => versioned(record))))
  const all = async (query: Omit<RecordQuery, 'endUserId'>): Promise<ThryveRecord[]> => {
    const found: ThryveRecord[] = []
    for await (const record of adapter.find({ endUserId: user, ...query })) found.push(record)
    return found
  }

  test('stopped early: the cursor is closed at the server', async () => {
    await save(...Array.from({ length: 1_500 }, (_, minute) => epochRecord({ startTimestamp: at(minute) })))
    for await (const _ of adapter.find({ dimension: 'epoch', endUserId: user })) break
    expect(namesSent()).toContain('killCursors')
    expect(namesSent()).not.toContain('getMore')
  })

  test('an error in the caller’s loop: the cursor is closed at the server', async () => {
    await save(...Array.from({ length: 1_500 }, (_, minute) => epochRecord({ startTimestamp: at(minute) })))
    const run = async () => {
      for await (const _ of adapter.find({ dimension: 'epoch', endUserId: user })) throw new Error('mine')
    }
    await expect(run()).rejects.toThrow('mine')
    expect(namesSent()).toContain('killCursors')
  })

  test('the latest value: one small read', async () => {
    await save(...Array.from({ length: 200 }, (_, minute) => epochRecord({ startTimestamp: at(minute) })))
    sent.length = 0
    const query = { dimension: 'epoch', dataTypeIds: [1000], order: 'desc', limit: 1 } as const
    await expect(all(query)).resolves.toEqual([epochRecord({ startTimestamp: at(199) })])
    expect(namesSent().filter((name) => name !== 'killCursors')).toEqual(['find'])
    expect(sent[0]?.command['batchSize']).toBeLessThan(20)
  })

  test.each(['asc', 'desc'] as const)(
    '%s, many of one instant, any limit: by key, and cut where asked',
    async (order) => {
      const records = [0, 1].flatMap((minute) =>
        Array.from({ length: 30 }, (_, source) =>
          epochRecord({ startTimestamp: at(minute), dataSourceId: 100 + source })
        )
      )
      await save(...records)
      const expected = order === 'asc' ? records : records.toReversed()
      for (const limit of [0, 1, 29, 30, 31, 59, 60, 61]) {
        await expect(all({ dimension: 'epoch', order, limit })).resolves.toEqual(expected.slice(0, limit))
      }
    }
  )

  test.each<[string, Date, string[]]>([
    ['midnight of a day', new Date('2024-05-02T00:00:00Z'), ['2024-05-02', '2024-05-03']],
    ['a millisecond after midnight', new Date('2024-05-02T00:00:00.001Z'), ['2024-05-03']],
    ['long ago', new Date('-000001-01-01T00:00:00Z'), ['2024-05-01', '2024-05-02', '2024-05-03']],
    ['the first instant there is', new Date(-8.64e15), ['2024-05-01', '2024-05-02', '2024-05-03']],
    ['the last instant there is', new Date(8.64e15), []],
    ['the year 10000', new Date('+010000-01-01T00:00:00Z'), []]
  ])('days from %s on, and the rest before', async (_, instant, after) => {
    const days = ['2024-05-01', '2024-05-02', '2024-05-03']
    await save(...days.map((day) => dailyRecord({ day })))
    const dayOf = (record: ThryveRecord) => (record.dimension === 'daily' ? record.day : '')
    expect((await all({ dimension: 'daily', from: instant })).map(dayOf)).toEqual(after)
    const before = days.filter((day) => !after.includes(day))
    expect((await all({ dimension: 'daily', to: instant })).map(dayOf)).toEqual(before)
  })

  test.each([{ $ne: '' }, undefined, null, ['synthetic-user']])(
    'a user id that is no text (%p): rejects, and nobody is found or erased',
    async (endUserId) => {
      await save(epochRecord())
      await expect(all({ dimension: 'epoch', endUserId } as unknown as RecordQuery)).rejects.toThrow(TypeError)
      await expect(adapter.deleteUser(endUserId as unknown as string)).rejects.toThrow(TypeError)
      await expect(all({ dimension: 'epoch' })).resolves.toHaveLength(1)
    }
  )
})
