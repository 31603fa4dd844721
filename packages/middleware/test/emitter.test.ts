import type { DeliveryContext, ThryveEvent } from '../src/events'
import { readSettings } from '../src/options/settings'
import { createEmitter } from '../src/process/emitter'

const event: ThryveEvent & DeliveryContext = {
  type: 'event.data.epoch.create',
  endUserId: 'user-1',
  timestampType: 'ISO',
  records: [],
  deliveryId: 'd1',
  receivedAt: new Date(0),
  attempt: 1
}

const build = (options = {}) => {
  const logged: unknown[][] = []
  const logger = { warn: (...args: unknown[]) => logged.push(args), error: (...args: unknown[]) => logged.push(args) }
  const adapter = { save: async () => ({ inserted: 0, updated: 0, unchanged: 0, stale: 0 }) }
  return { emitter: createEmitter(readSettings('s', adapter, { logger, ...options })), logged }
}

describe('emit', () => {
  test('name and patterns, all are called with the event', async () => {
    const { emitter } = build()
    const called: string[] = []
    for (const name of ['event.data.epoch.create', 'event.data.epoch.*', 'event.data.*', 'event.*', '*'] as const) {
      emitter.on(name, (argument) => called.push(`${name} ${argument.deliveryId}`))
    }
    emitter.on('event.data.daily.*', () => called.push('wrong'))
    emitter.on('notification.*', () => called.push('wrong'))
    expect(await emitter.emit(event)).toEqual([])
    expect(called.sort()).toEqual([
      '* d1',
      'event.* d1',
      'event.data.* d1',
      'event.data.epoch.* d1',
      'event.data.epoch.create d1'
    ])
  })

  test('listeners, are awaited', async () => {
    const { emitter } = build()
    let isDone = false
    emitter.on('*', async () => {
      await new Promise((resolve) => setImmediate(resolve))
      isDone = true
    })
    await emitter.emit(event)
    expect(isDone).toBe(true)
  })

  test('a listener that throws or rejects, hurts no other and is reported', async () => {
    const { emitter } = build()
    const errors: string[] = []
    let calls = 0
    const cause = new Error('of the app')
    emitter.on('error', (error) => errors.push(`${error.code} ${error.cause === cause}`))
    emitter.on('*', () => {
      throw cause
    })
    emitter.on('event.data.*', () => Promise.reject(cause))
    emitter.on('event.data.epoch.create', () => {
      calls += 1
    })
    expect((await emitter.emit(event)).map(({ code }) => code)).toEqual([
      'THRYVE_LISTENER_FAILED',
      'THRYVE_LISTENER_FAILED'
    ])
    expect({ calls, errors }).toEqual({
      calls: 1,
      errors: ['THRYVE_LISTENER_FAILED true', 'THRYVE_LISTENER_FAILED true']
    })
  })

  test('a listener that never settles, is given up after listenerTimeoutMs', async () => {
    const { emitter } = build({ listenerTimeoutMs: 10 })
    emitter.on('*', () => new Promise(() => {}))
    expect((await emitter.emit(event)).map(({ code }) => code)).toEqual(['THRYVE_LISTENER_TIMEOUT'])
  })

  test('once and off, call once and never', async () => {
    const { emitter } = build()
    const called: string[] = []
    const never = () => called.push('never')
    emitter.once('*', () => called.push('once'))
    emitter.on('*', never)
    emitter.off('*', never)
    await emitter.emit(event)
    await emitter.emit(event)
    expect(called).toEqual(['once'])
  })

  test('a name that is no event, is a TypeError: it would wait for ever', () => {
    const { emitter } = build()
    expect(() => emitter.on('event.data.epoch.created' as never, () => {})).toThrow(
      '"event.data.epoch.created" is no event'
    )
    expect(() => emitter.on('*', 'x' as never)).toThrow(TypeError)
  })
})

describe('signal', () => {
  test('an error nobody listens to, is logged by its code and without its cause', async () => {
    const { emitter, logged } = build()
    emitter.on('stored', () => Promise.reject(new Error('canary')))
    emitter.signal('stored', { inserted: 1, updated: 0, unchanged: 0, stale: 0, deliveryId: 'd', type: event.type })
    await new Promise((resolve) => setImmediate(resolve))
    expect(logged).toEqual([[{ code: 'THRYVE_LISTENER_FAILED', reason: undefined }, 'A listener threw or rejected.']])
  })

  test('an error listener that throws, ends there', async () => {
    const { emitter, logged } = build()
    emitter.on('error', () => {
      throw new Error('again')
    })
    emitter.signal('rejected', { code: 'x', status: 401 })
    emitter.on('rejected', () => Promise.reject(new Error('first')))
    emitter.signal('rejected', { code: 'x', status: 401 })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(logged).toHaveLength(1)
  })
})
