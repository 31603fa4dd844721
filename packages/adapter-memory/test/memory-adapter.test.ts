import { dailyRecord, epochRecord, saveBatch, versioned } from '@thryve-webhook/middleware/testing'
import { memoryAdapter } from '../src'
import { createAdapter, storeOf } from './stores'

const minute = (index: number) => new Date(Date.UTC(2024, 4, 1, 0, index))
const walk = (index: number, value = 'walked') =>
  versioned(epochRecord({ startTimestamp: minute(index), value }), value)

const valuesOf = async (adapter: ReturnType<typeof memoryAdapter>, endUserId = 'synthetic-user') => {
  const found: string[] = []
  for await (const record of adapter.find({ dimension: 'epoch', endUserId })) found.push(record.value)
  return found
}

describe('memoryAdapter: options', () => {
  test('none, every capability is there', () => {
    const adapter = memoryAdapter()
    expect(adapter.name).toBe('memory')
    expect(Object.keys(adapter).sort()).toEqual(
      ['check', 'close', 'deleteUser', 'find', 'inbox', 'name', 'quarantine', 'save'].sort()
    )
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10', null, {}])(
    'maxRecords %p, TypeError',
    (maxRecords) => {
      expect(() => memoryAdapter({ maxRecords: maxRecords as number })).toThrow(
        new TypeError('"maxRecords" must be a positive integer')
      )
    }
  )

  test('now is no function, TypeError', () => {
    expect(() => memoryAdapter({ now: 5 as never })).toThrow('"now" must be a function')
  })
})

describe('memoryAdapter: maxRecords', () => {
  test('more are saved, the ones written longest ago go', async () => {
    const adapter = memoryAdapter({ maxRecords: 3 })
    for (const index of [9, 1, 2, 3]) await adapter.save(saveBatch(walk(index, String(index))))
    expect(await valuesOf(adapter)).toEqual(['1', '2', '3'])
  })

  test('an update counts as written', async () => {
    const adapter = memoryAdapter({ maxRecords: 2 })
    await adapter.save(saveBatch(walk(1, 'a'), walk(2, 'a')))
    await adapter.save(saveBatch(walk(1, 'b')))
    await adapter.save(saveBatch(walk(3, 'c')))
    expect(await valuesOf(adapter)).toEqual(['b', 'c'])
  })

  test('a batch is larger than that, its last records stay', async () => {
    const adapter = memoryAdapter({ maxRecords: 2 })
    const result = await adapter.save(saveBatch(walk(1, '1'), walk(2, '2'), walk(3, '3')))
    expect(result.inserted).toBe(3)
    expect(await valuesOf(adapter)).toEqual(['2', '3'])
  })

  test('a user was deleted in between, the count is of what is there', async () => {
    const adapter = memoryAdapter({ maxRecords: 2 })
    await adapter.save(saveBatch(versioned(dailyRecord({ endUserId: 'other-user' })), walk(1, '1')))
    await adapter.deleteUser('other-user')
    await adapter.save(saveBatch(walk(2, '2')))
    expect(await valuesOf(adapter)).toEqual(['1', '2'])
  })

  test('all users come and go, nothing of them stays behind', async () => {
    const adapter = memoryAdapter({ maxRecords: 1 })
    for (const endUserId of ['a', 'b', 'c']) await adapter.save(saveBatch(versioned(epochRecord({ endUserId }))))
    expect(await valuesOf(adapter, 'a')).toEqual([])
    expect(await valuesOf(adapter, 'c')).toEqual(['53'])
  })
})

describe('memoryAdapter: save and find', () => {
  test('explicitly undefined and absent, the same content', async () => {
    const adapter = memoryAdapter()
    await adapter.save(saveBatch(versioned(epochRecord())))
    const record = { ...epochRecord(), extra: undefined } as never
    expect((await adapter.save(saveBatch(versioned(record)))).unchanged).toBe(1)
  })

  test('saved while it is read, the reader sees what there was', async () => {
    const adapter = memoryAdapter()
    await adapter.save(saveBatch(walk(1, '1'), walk(2, '2')))
    const found: string[] = []
    for await (const record of adapter.find({ dimension: 'epoch', endUserId: 'synthetic-user' })) {
      found.push(record.value)
      await adapter.save(saveBatch(walk(3 + found.length, 'later')))
    }
    expect(found).toEqual(['1', '2'])
  })

  test('closed while it is read, the reader hears of it', async () => {
    const adapter = memoryAdapter()
    await adapter.save(saveBatch(walk(1), walk(2)))
    const iterator = adapter.find({ dimension: 'epoch', endUserId: 'synthetic-user' })[Symbol.asyncIterator]()
    await iterator.next()
    await adapter.close()
    await expect(iterator.next()).rejects.toThrow('The memory adapter is closed.')
  })

  test.each([-1, Number.NaN])('limit %p, rejects', async (limit) => {
    const found = memoryAdapter().find({ dimension: 'epoch', endUserId: 'synthetic-user', limit })
    await expect(found[Symbol.asyncIterator]().next()).rejects.toThrow('"limit"')
  })

  test('a user was deleted, nothing of them is kept', async () => {
    const adapter = createAdapter()
    await adapter.save(saveBatch(walk(1), versioned(dailyRecord())))
    await adapter.deleteUser('synthetic-user')
    const { records, users } = storeOf(adapter)
    expect([records.size, users.size]).toEqual([0, 0])
  })
})

describe('memoryAdapter: pages', () => {
  test.each([0, -1, 1.5, Number.NaN])('limit %p, rejects', async (limit) => {
    await expect(memoryAdapter().inbox.list({ limit })).rejects.toThrow('"limit"')
    await expect(memoryAdapter().quarantine.list({ limit })).rejects.toThrow('"limit"')
  })

  test('after is nothing that was handed out, rejects', async () => {
    await expect(memoryAdapter().inbox.list({ after: 'elsewhere' })).rejects.toThrow('"after"')
  })
})

describe('memoryAdapter: memory', () => {
  const update = async (adapter: ReturnType<typeof memoryAdapter>, rounds: number) => {
    for (let round = 0; round < rounds; round++)
      await adapter.save(saveBatch(...[1, 2, 3].map((index) => walk(index, String(1e6 + round)))))
  }

  test.each([Number.POSITIVE_INFINITY, 3])(
    'maxRecords %p, records change for ever, nothing that was outgrown is held',
    async (maxRecords) => {
      const adapter = createAdapter(maxRecords)
      await adapter.save(saveBatch(...[0, 1, 2, 3].map((index) => walk(index, '0'))))
      await update(adapter, 50)
      expect(storeOf(adapter).oldestRecords).toBeUndefined()
      await adapter.save(saveBatch(walk(9, 'last')))
      expect((await valuesOf(adapter)).slice(-3)).toEqual(['1000049', '1000049', 'last'])
    }
  )
})
