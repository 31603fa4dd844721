import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { receive, type StorageAdapter } from '../src/index'
import { build, epochPayload, recordsOf, signed, steps } from './deliveries'

/** Retries come at once. */
const eager = { random: () => 0 }

/** A memory adapter of which parts are replaced. */
const withParts = (parts: (adapter: ReturnType<typeof memoryAdapter>) => Partial<StorageAdapter>): StorageAdapter => {
  const adapter = memoryAdapter()
  return { ...adapter, ...parts(adapter) }
}

/** A memory adapter whose latest put lands only when it is let. */
const withHeldPuts = () => {
  let release = () => {}
  const adapter = withParts(({ inbox }) => ({
    inbox: {
      ...inbox,
      put: async (...args) => {
        await new Promise<void>((resolve) => {
          release = resolve
        })
        return inbox.put(...args)
      }
    }
  }))
  return { adapter, land: () => release() }
}

const until = async (condition: () => boolean | Promise<boolean>) => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}

const statsOf = async (adapter: StorageAdapter) => {
  const { ready, leased, dead, done } = (await adapter.inbox?.stats()) ?? { ready: 0, leased: 0, dead: 0, done: 0 }
  return { ready, leased, dead, done }
}

const idleStats = async ({ webhook, adapter }: ReturnType<typeof build>) => {
  await webhook.idle()
  return statsOf(adapter)
}

describe('acknowledged deliveries', () => {
  test('are answered once in the inbox, then stored, told and settled', async () => {
    const order: string[] = []
    const adapter = withParts(({ inbox, save }) => ({
      inbox: { ...inbox, put: (...args) => inbox.put(...args).finally(() => order.push('put')) },
      save: (batch) => save(batch).finally(() => order.push('save'))
    }))
    const built = build({}, adapter)
    built.webhook.on('*', ({ attempt }) => order.push(`listener ${attempt}`))
    const answer = receive(built.webhook, await signed()).then(({ status }) => order.push(`answer ${status}`))
    await answer
    await built.webhook.idle()
    expect(order.filter((step) => step !== 'answer 204')).toEqual(['put', 'save', 'listener 1'])
    expect(order.indexOf('answer 204')).toBeGreaterThan(order.indexOf('put'))
    expect(await statsOf(adapter)).toEqual({ ready: 0, leased: 0, dead: 0, done: 1 })
    await built.webhook.close()
  })

  test('sent again with the same signature, are told once', async () => {
    const built = build()
    const delivery = await signed()
    for (let i = 0; i < 20; i += 1) expect(await receive(built.webhook, delivery)).toMatchObject({ status: 204 })
    await built.webhook.idle()
    expect(built.of('*')).toHaveLength(1)
    await built.webhook.close()
  })

  test('more than can be worked on at once, are all worked off', async () => {
    const built = build({ maxConcurrentProcessing: 2 })
    const deliveries = await Promise.all(
      Array.from({ length: 50 }, (_, index) => signed(epochPayload([steps('1', { dataTypeId: index })])))
    )
    let running = 0
    let most = 0
    built.webhook.on('*', async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
    })
    await Promise.all(deliveries.map((delivery) => receive(built.webhook, delivery)))
    await built.webhook.idle()
    expect(await recordsOf(built.adapter)).toHaveLength(50)
    expect(most).toBe(2)
    await built.webhook.close()
  })

  test('of an earlier process, are worked off: those that waited and those whose lease ran out', async () => {
    const adapter = memoryAdapter()
    for (const value of ['waited', 'died']) {
      const { headers, body } = await signed(epochPayload([steps(value, { dataTypeId: value.length })]))
      const delivery = { id: value, body, contentEncoding: headers['content-encoding'] ?? '', receivedAt: new Date() }
      await adapter.inbox.put(delivery, value === 'died' ? { owner: 'dead process', durationMs: 1 } : undefined)
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
    const built = build({}, adapter)
    const attempts = new Map<string, number>()
    built.webhook.on('*', ({ deliveryId, attempt }) => attempts.set(deliveryId, attempt))
    await until(async () => (await statsOf(adapter)).done === 2)
    expect(attempts).toEqual(
      new Map([
        ['waited', 1],
        ['died', 2]
      ])
    )
    await built.webhook.close()
  })
})

describe('listeners', () => {
  test('one that rejects, sees the delivery again with a greater attempt, and so do the others', async () => {
    const built = build(eager)
    const attempts: number[] = []
    built.webhook.on('*', ({ attempt }) => {
      attempts.push(attempt)
      if (attempt < 3) throw new Error('not yet')
    })
    await receive(built.webhook, await signed())
    await until(() => built.webhook.idle().then(() => attempts.length === 3))
    expect(attempts).toEqual([1, 2, 3])
    expect(built.of('*').map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(await statsOf(built.adapter)).toEqual({ ready: 0, leased: 0, dead: 0, done: 1 })
    await built.webhook.close()
  })

  test('one that rejects for ever, makes the delivery dead; its records are stored; requeued it is told again', async () => {
    const built = build({ ...eager, maxAttempts: 3 })
    let isBroken = true
    let calls = 0
    built.webhook.on('event.data.*', () => {
      calls += 1
      if (isBroken) throw new Error('broken')
    })
    await receive(built.webhook, await signed())
    await until(async () => (await idleStats(built)).dead === 1)
    expect(calls).toBe(3)
    expect(await recordsOf(built.adapter)).toHaveLength(1)
    const { entries } = (await built.adapter.inbox?.list({ state: 'dead' })) ?? { entries: [] }
    expect(entries[0]).toMatchObject({ lastError: 'THRYVE_LISTENER_FAILED', attempts: 3 })
    isBroken = false
    await built.adapter.inbox?.requeue(entries[0]?.deliveryId ?? '')
    await built.webhook.idle()
    expect(calls).toBe(4)
    expect(await statsOf(built.adapter)).toMatchObject({ dead: 0, done: 1 })
    await built.webhook.close()
  })

  test('one that never settles, is given up and tried again', async () => {
    const built = build({ ...eager, listenerTimeoutMs: 20 })
    built.webhook.on('*', ({ attempt }) => (attempt === 1 ? new Promise(() => {}) : undefined))
    await receive(built.webhook, await signed())
    await until(async () => (await idleStats(built)).done === 1)
    expect(built.of('error').map(({ code }) => code)).toEqual(['THRYVE_LISTENER_TIMEOUT'])
    await built.webhook.close()
  })
})

describe('a store that fails', () => {
  test('while down, uses no attempts up; once up, everything is stored', async () => {
    let isDown = true
    const adapter = withParts(({ save, check }) => ({
      save: (batch) => (isDown ? Promise.reject(new Error('down')) : save(batch)),
      check: () => (isDown ? Promise.reject(new Error('down')) : check())
    }))
    const built = build({ ...eager, maxAttempts: 1 }, adapter)
    await receive(built.webhook, await signed())
    await until(() => built.of('error').length >= 2)
    isDown = false
    await until(async () => (await statsOf(adapter)).done === 1)
    expect(await recordsOf(adapter)).toHaveLength(1)
    await built.webhook.close()
  })

  test('for one delivery while up, makes that one dead, and the others flow', async () => {
    const adapter = withParts(({ save }) => ({
      save: (batch) =>
        batch.records.some(({ record }) => record.value === 'poison') ? Promise.reject(new Error('no')) : save(batch)
    }))
    const built = build({ ...eager, maxAttempts: 2, maxConcurrentProcessing: 1 }, adapter)
    for (const value of ['poison', 'a', 'b']) {
      await receive(built.webhook, await signed(epochPayload([steps(value, { dataTypeId: value.charCodeAt(0) })])))
    }
    await until(async () => (await idleStats(built)).dead === 1)
    expect((await recordsOf(adapter)).map(({ value }) => value).sort()).toEqual(['a', 'b'])
    await built.webhook.close()
  })

  test('at the put, is 503', async () => {
    const adapter = withParts(({ inbox }) => ({ inbox: { ...inbox, put: () => Promise.reject(new Error('down')) } }))
    const built = build({}, adapter)
    expect(await receive(built.webhook, await signed())).toMatchObject({ status: 503, code: 'THRYVE_STORE_FAILED' })
    await built.webhook.close()
  })

  test('slow at the put, is 503 in time; what lands late is stored, and the retry is a duplicate', async () => {
    const { adapter, land } = withHeldPuts()
    const built = build({ ackDeadlineMs: 30 }, adapter)
    const delivery = await signed()
    expect(await receive(built.webhook, delivery)).toMatchObject({ status: 503, code: 'THRYVE_STORE_TIMEOUT' })
    land()
    await until(async () => (await idleStats(built)).done === 1)
    const retry = receive(built.webhook, delivery)
    await until(() => new Promise((resolve) => setImmediate(() => resolve(true))))
    land()
    expect(await retry).toMatchObject({ status: 204 })
    await built.webhook.idle()
    expect(built.of('*')).toHaveLength(1)
    await built.webhook.close()
  })
})

describe('limits', () => {
  test('a delivery that outlived every process that worked on it, is dead before it is decoded again', async () => {
    const adapter = memoryAdapter()
    const { body } = await signed()
    await adapter.inbox.put({ id: 'killer', body, contentEncoding: 'zstd', receivedAt: new Date() })
    for (let i = 0; i < 2; i += 1) {
      expect(await adapter.inbox.claim({ owner: `killed ${i}`, durationMs: 1 })).toBeDefined()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const built = build({ maxAttempts: 2 }, adapter)
    await built.webhook.idle()
    expect((await adapter.inbox.list({ state: 'dead' })).entries).toEqual([
      expect.objectContaining({ deliveryId: 'killer', lastError: 'THRYVE_WORKER_LOST' })
    ])
    expect(await recordsOf(adapter)).toEqual([])
    await built.webhook.close()
  })

  test('more waiting than maxPending, is 503 until they are worked off', async () => {
    const built = build({ maxPending: 2, maxConcurrentProcessing: 1 })
    let release = () => {}
    built.webhook.on(
      '*',
      () =>
        new Promise<void>((resolve) => {
          release = resolve
        })
    )
    const post = async (dataTypeId: number) =>
      receive(built.webhook, await signed(epochPayload([steps('1', { dataTypeId })])))
    expect([await post(1), await post(2), await post(3)].map(({ status, code }) => code ?? status)).toEqual([
      204,
      204,
      'THRYVE_BACKLOG_FULL'
    ])
    await until(async () => {
      release()
      return (await statsOf(built.adapter)).done === 2
    })
    expect(await post(3)).toMatchObject({ status: 204 })
    await until(async () => {
      release()
      return (await statsOf(built.adapter)).done === 3
    })
    await built.webhook.close()
  })

  test('close: work that does not end in time, is given back without using an attempt up', async () => {
    const built = build()
    built.webhook.on('*', () => new Promise(() => {}))
    await receive(built.webhook, await signed())
    await until(() => built.of('*').length === 1)
    expect(await built.webhook.close({ timeoutMs: 20 })).toBe(false)
    expect(await built.adapter.inbox?.claim({ owner: 'next process', durationMs: 1_000 })).toMatchObject({ attempt: 1 })
  })

  test('close: a store that never answers, does not hold it up', async () => {
    const adapter = withParts(({ inbox }) => ({ inbox: { ...inbox, release: () => new Promise(() => {}) } }))
    const built = build({}, adapter)
    built.webhook.on('*', () => new Promise(() => {}))
    await receive(built.webhook, await signed())
    await until(() => built.of('*').length === 1)
    expect(await built.webhook.close({ timeoutMs: 20 })).toBe(false)
  })

  test('close: a put that lands afterwards, is left to the next process', async () => {
    const { adapter, land } = withHeldPuts()
    const built = build({ ackDeadlineMs: 30 }, adapter)
    expect(await receive(built.webhook, await signed())).toMatchObject({ status: 503 })
    await built.webhook.close({ timeoutMs: 20 })
    land()
    await until(async () => (await statsOf(adapter)).ready === 1)
    expect(built.of('*')).toEqual([])
    expect(await adapter.inbox?.claim({ owner: 'next process', durationMs: 1_000 })).toMatchObject({ attempt: 1 })
  })
})
