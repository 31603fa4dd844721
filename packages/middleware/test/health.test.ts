import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { createSourceRhythm } from '../src/health/source-rhythm'
import { type HealthReport, healthHandler, type StorageAdapter, type ThryveOptions } from '../src/index'
import { build, epochPayload, post, signed, steps } from './deliveries'

const HOUR_MS = 3_600_000
const codesOf = ({ reasons }: HealthReport) => reasons.map(({ code }) => code)
const wrong = { 'x-hmac-signature': '0'.repeat(64) }

/** A receiver whose time is ours. Timers are the system's. */
const timed = (options: ThryveOptions = {}, adapter?: StorageAdapter) => {
  const time = { ms: Date.now() }
  const after = (ms: number, callback: () => void) => {
    const timer = setTimeout(callback, ms).unref()
    return () => clearTimeout(timer)
  }
  const clock = { now: () => time.ms, after }
  return { time, ...build({ clock, allowUnsigned: false, ...options }, adapter) }
}

const times = async (count: number, work: () => Promise<unknown>) => {
  for (let i = 0; i < count; i += 1) await work()
}

describe('health', () => {
  test('deliveries go well, is ok with figures', async () => {
    const built = build()
    await times(3, async () => post(built, await signed()))
    expect(await built.webhook.health()).toEqual({
      state: 'ok',
      reasons: [],
      window: { ms: 300_000, answers: 3, nonOk: 0, unverified: 0, slow: 0 },
      consecutiveFailures: 0,
      answerMs: { p50: expect.any(Number), p99: expect.any(Number) },
      inFlight: 0,
      backlog: { ready: 0, leased: 0, dead: 0 },
      quarantine: { size: 0 },
      sources: [{ dataSourceId: 5, lastSeenAt: expect.any(Date), isSilent: false }],
      store: 'ok'
    })
  })

  test('nothing but wrong signatures, is failing; one right one among them is degraded', async () => {
    const built = timed()
    await times(5, async () => post(built, await signed(), wrong))
    expect(codesOf(await built.webhook.health())).toEqual(['nothing-verified'])
    await post(built, await signed())
    expect(await built.webhook.health()).toMatchObject({
      state: 'degraded',
      reasons: [{ code: 'unverified' }],
      consecutiveFailures: 0
    })
    built.time.ms += 301_000
    expect(await built.webhook.health()).toMatchObject({ state: 'ok', window: { answers: 0 } })
  })

  test('strangers who ask by GET, do not count', async () => {
    const built = build()
    const server = createServer(built.webhook).listen(0)
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/thryve`
    await times(8, () => fetch(url))
    expect(built.of('rejected')).toHaveLength(8)
    expect((await built.webhook.health()).window.answers).toBe(0)
    server.close()
  })

  test('the store refuses every put, is failing, told once, and over when it is', async () => {
    let isDown = true
    const memory = memoryAdapter()
    const inbox = memory.inbox as NonNullable<StorageAdapter['inbox']>
    const adapter: StorageAdapter = {
      ...memory,
      inbox: { ...inbox, put: async (...put) => (isDown ? Promise.reject(new Error('down')) : inbox.put(...put)) },
      check: async () => {
        if (isDown) throw new Error('down')
      }
    }
    const built = timed({ toleranceSeconds: 600 }, adapter)
    const changes: unknown[] = []
    built.webhook.on('health', ({ state, previous }) => changes.push([previous, state]))
    await times(6, async () => {
      built.time.ms += 1_000
      expect((await post(built, await signed())).status).toBe(503)
    })
    expect(changes).toEqual([['ok', 'failing']])
    expect(await built.webhook.health()).toMatchObject({ store: 'failing', consecutiveFailures: 6 })
    const failing = built.lines.filter(([, message]) => String(message).includes('may switch it off'))
    expect(failing).toHaveLength(1)
    isDown = false
    built.time.ms += 302_000
    expect((await post(built, await signed())).status).toBe(204)
    expect(await built.webhook.health()).toMatchObject({ state: 'ok', store: 'ok', consecutiveFailures: 0 })
    expect(changes).toHaveLength(2)
    const outage = built.lines.filter(([, message]) => /^The store is (away|back)/.test(String(message)))
    expect(outage.map(([, message]) => String(message).slice(0, 17))).toEqual([
      'The store is away',
      'The store is back'
    ])
  })

  test('a store that never answers, is failing all the same', async () => {
    const never = () => new Promise<never>(() => {})
    const memory = memoryAdapter()
    const inbox = memory.inbox as NonNullable<StorageAdapter['inbox']>
    const built = build({}, { ...memory, check: never, inbox: { ...inbox, stats: never } })
    const report = await built.webhook.health()
    expect(report).toMatchObject({ state: 'failing', store: 'failing' })
    expect(report.backlog).toBeUndefined()
  })

  test('a storm of probes, asks the store once', async () => {
    let checks = 0
    const check = async () => {
      checks += 1
    }
    const built = timed({}, { ...memoryAdapter(), check })
    await Promise.all(Array.from({ length: 100 }, () => built.webhook.health()))
    await built.webhook.health()
    expect(checks).toBe(1)
    built.time.ms += 2_001
    await built.webhook.health()
    expect(checks).toBe(2)
  })

  test('an adapter of save alone, is unknown and has no backlog', async () => {
    const { save } = memoryAdapter()
    const report = await build({}, { save }).webhook.health()
    expect(report).toMatchObject({ state: 'ok', store: 'unknown' })
    expect(report).not.toHaveProperty('backlog')
    expect(report).not.toHaveProperty('quarantine')
  })

  test('dead letters, are degraded', async () => {
    const { quarantine: _, ...adapter } = memoryAdapter()
    const built = build({}, adapter)
    await post(built, await signed('junk'))
    expect(await built.webhook.health()).toMatchObject({ state: 'degraded', backlog: { dead: 1 } })
    expect(built.lines.filter(([, message]) => String(message).includes('dead letter'))).toEqual([
      [{ deliveryId: expect.any(String), code: 'THRYVE_NOT_KEPT', attempt: 1 }, expect.any(String)]
    ])
  })

  test('slow answers, are degraded', async () => {
    const built = timed({ health: { minAnswers: 2, slowMs: 50 } })
    const startedAtMs = built.time.ms - 60
    await times(2, async () => built.webhook.receive({ ...(await signed()), startedAtMs }))
    expect(codesOf(await built.webhook.health())).toEqual(['answers-slow'])
    await built.webhook.idle()
  })

  test('closing, is told and not ready', async () => {
    const built = build()
    await built.webhook.close()
    expect(await built.webhook.health()).toMatchObject({ state: 'degraded', reasons: [{ code: 'closing' }] })
  })

  test.each([{ windowSecs: 1 }, { windowSeconds: 0 }, { slowMs: '1s' }, { minAnswers: null }])(
    'option %p, is an error that names it',
    (health) => {
      expect(() => build({ health: health as never })).toThrow(/^"health\./)
    }
  )
})

describe('silence', () => {
  const rhythm = () => {
    const time = { ms: 0 }
    const watch = createSourceRhythm(2, { now: () => time.ms })
    const isSilent = () => watch.sources().map((source) => source.isSilent)
    return { time, watch, isSilent }
  }

  test('hourly for three days, nights apart, is no silence at night and one after a day', () => {
    const { time, watch, isSilent } = rhythm()
    for (let hour = 0; hour < 72; hour += 1) {
      time.ms = hour * HOUR_MS
      if (hour % 24 >= 7) watch.seen(5)
      expect(isSilent().every((silent) => !silent)).toBe(true)
    }
    time.ms += 7 * HOUR_MS
    expect(isSilent()).toEqual([false])
    time.ms += 14 * HOUR_MS
    expect(isSilent()).toEqual([true])
    watch.seen(5)
    expect(isSilent()).toEqual([false])
  })

  test('a busy source, is silent after half an hour; one heard of twice never', () => {
    const { time, watch, isSilent } = rhythm()
    for (let minute = 0; minute < 1_500; minute += 1) {
      time.ms = minute * 60_000
      watch.seen(1)
    }
    watch.seen(2)
    time.ms += 29 * 60_000
    expect(isSilent()).toEqual([false, false])
    time.ms += 2 * 60_000
    expect(isSilent()).toEqual([false, true])
  })

  test('sources made up by the thousand, are forgotten but for the last hundred', () => {
    const { watch } = rhythm()
    for (let source = 0; source < 5_000; source += 1) watch.seen(source)
    expect(watch.sources()).toHaveLength(100)
    expect(watch.sources()[0]?.dataSourceId).toBe(4_999)
  })
})

describe('healthHandler', () => {
  const serve = async (adapter?: StorageAdapter) => {
    const built = build({}, adapter)
    const server = createServer(healthHandler(built.webhook)).listen(0)
    const { port } = server.address() as AddressInfo
    const ask = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
      return { status: response.status, body: (await response.text()) || '{}' }
    }
    return { ...built, ask, close: () => server.close() }
  }

  test('all is well, live, ready and the report are 200', async () => {
    const { ask, close } = await serve()
    expect(await ask('/health/live')).toEqual({ status: 200, body: '{"state":"ok"}' })
    expect((await ask('/health/ready?x=/live')).status).toBe(200)
    expect(JSON.parse((await ask('/health/')).body)).toMatchObject({ state: 'ok', inFlight: 0 })
    expect((await ask('/health', { method: 'POST' })).status).toBe(405)
    expect(await ask('/health/ready', { method: 'HEAD' })).toEqual({ status: 200, body: '{}' })
    close()
  })

  test('the store is away, live stays 200, the others are 503', async () => {
    const check = () => Promise.reject(new Error('secret of the driver'))
    const { ask, close } = await serve({ ...memoryAdapter(), check })
    expect((await ask('/live')).status).toBe(200)
    const ready = await ask('/ready')
    expect(ready.status).toBe(503)
    expect(ready.body).not.toContain('secret of the driver')
    expect((await ask('/')).status).toBe(503)
    close()
  })

  test('strangers who post junk, cannot make it unready', async () => {
    const built = await serve()
    await times(50, async () => post(built, await signed(), wrong))
    expect((await built.ask('/')).status).toBe(503)
    expect((await built.ask('/ready')).status).toBe(200)
    built.close()
  })

  test('closing, is live and not ready', async () => {
    const { webhook, ask, close } = await serve()
    await webhook.close()
    expect((await ask('/live')).status).toBe(200)
    expect((await ask('/ready')).status).toBe(503)
    close()
  })
})

describe('answered and processed', () => {
  const collect = (options: ThryveOptions = {}) => {
    const built = build(options)
    const answered: object[] = []
    const processed: object[] = []
    built.webhook.on('answered', (answer) => answered.push(answer))
    built.webhook.on('processed', (turn) => processed.push(turn))
    return { ...built, answered, processed }
  }

  test.each(['durable', 'stored'] as const)(
    '%s: each fate, is told once with its figures',
    async (acknowledgeAfter) => {
      const built = collect({ acknowledgeAfter })
      const good = await signed(epochPayload([steps('1'), steps('2', { dataTypeId: 2 })]))
      await post(built, good)
      await post(built, await signed(epochPayload([steps('3'), { ...steps('4'), dataTypeId: 'x' }])))
      await post(built, await signed('junk'))
      await post(built, await signed(), wrong)
      expect(built.answered).toEqual([
        { deliveryId: expect.any(String), status: 204, durationMs: expect.any(Number), bytes: good.body.length },
        expect.objectContaining({ status: 204 }),
        expect.objectContaining({ status: 204 }),
        { status: 401, code: 'THRYVE_SIGNATURE_MISMATCH', durationMs: expect.any(Number), bytes: expect.any(Number) }
      ])
      expect(built.processed).toEqual([
        {
          deliveryId: expect.any(String),
          outcome: 'stored',
          attempt: 1,
          type: 'event.data.epoch.create',
          dataSourceIds: [5],
          bytes: good.body.length,
          decompressedBytes: expect.any(Number),
          records: { inserted: 2, updated: 0, unchanged: 0, stale: 0 },
          badRecords: 0,
          steps: {
            decompressMs: expect.any(Number),
            decodeMs: expect.any(Number),
            saveMs: expect.any(Number),
            listenersMs: expect.any(Number)
          },
          durationMs: expect.any(Number)
        },
        expect.objectContaining({ outcome: 'partly-quarantined', code: 'THRYVE_INVALID_RECORD', badRecords: 1 }),
        expect.objectContaining({ outcome: 'quarantined', code: 'THRYVE_INVALID_JSON' })
      ])
    }
  )

  test('a listener fails, is retried with its code; the records are told', async () => {
    const built = collect()
    built.webhook.once('*', () => Promise.reject(new Error('no')))
    await post(built, await signed())
    expect(built.processed).toEqual([
      expect.objectContaining({
        outcome: 'retried',
        code: 'THRYVE_LISTENER_FAILED',
        records: expect.objectContaining({ inserted: 1 })
      })
    ])
  })

  test('not understood and refused, is told so', async () => {
    const built = collect({ acknowledgeAfter: 'stored', invalidPayload: 'reject' })
    expect((await post(built, await signed('junk'))).status).toBe(422)
    expect(built.processed).toEqual([expect.objectContaining({ outcome: 'refused', code: 'THRYVE_INVALID_JSON' })])
  })
})
