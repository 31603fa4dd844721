import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { type Logger, type StorageAdapter, type ThryveOptions, thryveWebhook } from '../src/index'
import { safeLogger, throttledLogger } from '../src/log/throttled-logger'
import { build, epochPayload, post, secret, signed, steps } from './deliveries'

const collect = () => {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = []
  const write = (level: string) => (fields: object, message: string) =>
    lines.push({ level, fields: { ...fields }, message })
  const logger: Logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  return { lines, logger }
}

const logged = (options: ThryveOptions = {}, adapter?: StorageAdapter) => {
  const { lines, logger } = collect()
  const built = build({ logger, ...options }, adapter)
  return { ...built, lines, above: () => lines.filter(({ level }) => level === 'warn' || level === 'error') }
}

describe('the log', () => {
  test('the start, tells what the adapter offers', () => {
    const { lines } = logged()
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'The webhook is up.',
        fields: {
          path: '/webhooks/thryve',
          answers: 'once durable',
          isSigned: true,
          adapter: 'memory',
          offers: ['inbox', 'quarantine', 'find', 'deleteUser', 'check', 'close']
        }
      }
    ])
  })

  test('the start, warns of what is dangerous', () => {
    const { save } = memoryAdapter()
    expect(
      logged({ allowUnsigned: true }, { save })
        .above()
        .map(({ message }) => message.split(':')[0])
    ).toEqual(['Deliveries are not verified', 'The adapter has no quarantine'])
  })

  test('deliveries go well, writes nothing above debug', async () => {
    const built = logged()
    await post(built, await signed())
    expect(built.lines.slice(1).map(({ level, message }) => [level, message])).toEqual([
      ['debug', 'Answered.'],
      ['debug', 'Worked on a delivery.']
    ])
  })

  test('a hundred refusals, are few lines: the first at once, and that nothing is verified', async () => {
    const built = logged()
    for (let i = 0; i < 100; i += 1) await post(built, await signed(), { 'x-hmac-signature': 'x' })
    await built.webhook.health()
    const lines = built.above()
    expect(lines[0]).toEqual({
      level: 'warn',
      message: 'A request was refused.',
      fields: { code: 'THRYVE_SIGNATURE_MISMATCH', status: 401 }
    })
    expect(lines.length).toBeLessThan(20)
    expect(lines.at(-1)).toMatchObject({ level: 'error', message: expect.stringContaining('may switch it off') })
    expect(String(lines.at(-1)?.fields['reasons'])).toContain('nothing-verified')
  })

  test('overload, is one line when it begins and one when it is over', async () => {
    const time = { ms: Date.now() }
    const clock = { now: () => time.ms, after: () => () => {} }
    const built = logged({ maxConcurrentDeliveries: 1, clock, toleranceSeconds: 600 })
    const slot = built.webhook.admit({ 'content-length': '10' })
    for (let i = 0; i < 5; i += 1) expect((await built.webhook.receive(await signed())).status).toBe(503)
    slot.release()
    await built.webhook.receive(await signed())
    time.ms += 11_000
    await built.webhook.receive(await signed(epochPayload([steps('2')])))
    await built.webhook.idle()
    const overload = built.above().filter(({ message }) => /overload/i.test(message))
    expect(overload.map(({ level, fields }) => [level, fields])).toEqual([
      ['error', { code: 'THRYVE_OVERLOADED' }],
      ['warn', { failures: 5, seconds: 0 }]
    ])
  })

  test('each dead letter, has a line; the quarantine too', async () => {
    const { quarantine, ...adapter } = memoryAdapter()
    const buried = logged({}, adapter)
    await post(buried, await signed('junk'))
    await post(buried, await signed('more junk'))
    const dead = buried.above().filter(({ message }) => message.includes('dead letter'))
    expect(dead.map(({ level, fields }) => [level, fields['code']])).toEqual([
      ['error', 'THRYVE_NOT_KEPT'],
      ['error', 'THRYVE_NOT_KEPT']
    ])
    const kept = logged({}, { ...adapter, ...(quarantine && { quarantine }) })
    await post(kept, await signed('other junk'))
    expect(kept.above()).toEqual([
      {
        level: 'warn',
        message: expect.stringContaining('quarantine'),
        fields: { deliveryId: expect.any(String), code: 'THRYVE_INVALID_JSON', badRecords: 0 }
      }
    ])
  })

  test('a logger that throws, changes nothing', async () => {
    const refuse = () => {
      throw new Error('disk full')
    }
    const built = build({ logger: { debug: refuse, info: refuse, warn: refuse, error: refuse } })
    expect((await post(built, await signed('junk'))).status).toBe(204)
    expect(built.of('quarantined')).toHaveLength(1)
  })

  test('a logger of two levels, is enough', async () => {
    const lines: unknown[] = []
    const logger = { warn: (...line: unknown[]) => lines.push(line), error: (...line: unknown[]) => lines.push(line) }
    thryveWebhook(secret, memoryAdapter(), { logger })
    safeLogger(logger).info({}, 'nothing')
    expect(lines).toEqual([])
  })
})

test('throttledLogger: equal lines, are thinned and counted; others pass', () => {
  const { lines, logger } = collect()
  const time = { ms: 0 }
  const thinned = throttledLogger(logger, { now: () => time.ms })
  for (let i = 0; i < 5; i += 1) thinned.warn({ code: 'A' }, 'text')
  thinned.warn({ code: 'B' }, 'text')
  thinned.error({ code: 'A' }, 'text')
  time.ms = 10_000
  thinned.warn({ code: 'A' }, 'text')
  expect(lines.map(({ level, fields }) => [level, fields])).toEqual([
    ['warn', { code: 'A' }],
    ['warn', { code: 'B' }],
    ['error', { code: 'A' }],
    ['warn', { code: 'A', leftOut: 4 }]
  ])
})
