/** Work that is done one piece after the other, and the long deliveries that are decoded so. */
import { performance } from 'node:perf_hooks'
import timers from 'node:timers/promises'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { createReceiver, receive } from '../src/index'
import { createOneAtATime } from '../src/process/one-at-a-time'
import { collectLogs, recordsOf, secret, signed } from './deliveries'
import { detailed, payloadOf } from './reading'

/** A promise that is settled from outside. */
const gate = () => {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

/** Lets everything run that can. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('createOneAtATime', () => {
  test('the first piece, begins at once', async () => {
    const oneAtATime = createOneAtATime()
    const work = jest.fn(async () => {})
    const done = oneAtATime(work)
    await settle()
    expect(work).toHaveBeenCalledTimes(1)
    await done
  })

  test('pieces that come while another runs, begin in the order they came', async () => {
    const oneAtATime = createOneAtATime()
    const order: string[] = []
    const gates = [gate(), gate(), gate()]
    const done = gates.map(({ opened }, index) =>
      oneAtATime(async () => {
        order.push(`begin ${index}`)
        await opened
        order.push(`end ${index}`)
      })
    )
    gates[2]?.open()
    gates[1]?.open()
    await settle()
    expect(order).toEqual(['begin 0'])
    gates[0]?.open()
    await Promise.all(done)
    expect(order).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2'])
  })

  test('each caller, is given what its own piece came to', async () => {
    const oneAtATime = createOneAtATime()
    const failure = new Error('synthetic')
    const results = await Promise.allSettled([
      oneAtATime(async () => 1),
      oneAtATime(() => Promise.reject(failure)),
      oneAtATime(async () => 'two'),
      oneAtATime(() => {
        throw failure
      }),
      oneAtATime(async () => undefined)
    ])
    expect(results).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: failure },
      { status: 'fulfilled', value: 'two' },
      { status: 'rejected', reason: failure },
      { status: 'fulfilled', value: undefined }
    ])
  })

  test('pieces of two queues, do not wait for each other', async () => {
    const [held, free] = [createOneAtATime(), createOneAtATime()]
    const { open, opened } = gate()
    const waiting = held(() => opened)
    await expect(free(async () => 'free')).resolves.toBe('free')
    open()
    await waiting
  })

  test('a piece that comes when all is done, begins', async () => {
    const oneAtATime = createOneAtATime()
    await oneAtATime(async () => {})
    await expect(oneAtATime(async () => 2)).resolves.toBe(2)
  })
})

describe('createReceiver: long deliveries', () => {
  afterEach(() => jest.restoreAllMocks())

  /** From here on a delivery is long. */
  const LONG_BYTES = 262_144
  const ENTRIES = 300
  const textOf = (firstType: number, length: number) => {
    const text = JSON.stringify(payloadOf(ENTRIES, (index) => ({ ...detailed(index), dataTypeId: firstType })))
    return text.replace('"value"', `${' '.repeat(length - text.length)}"value"`)
  }
  const until = async (condition: () => boolean) => {
    while (!condition()) await settle()
  }

  /** A receiver that stands still at the first pause of all until it is let go on, and what it decodes by name. */
  const build = () => {
    let now = 0
    jest.spyOn(performance, 'now').mockImplementation(() => {
      now += 5
      return now
    })
    const { open, opened } = gate()
    jest.spyOn(timers, 'setImmediate').mockImplementationOnce(() => opened as Promise<never>)
    const adapter = memoryAdapter()
    const receiver = createReceiver(secret, adapter, { logger: collectLogs().logger })
    const names = new Map<string, string>()
    const steps: (readonly [when: string, deliveryId: string | undefined])[] = []
    const order = () => steps.map(([when, deliveryId]) => `${when} ${names.get(deliveryId ?? '')}`)
    let decompressed = 0
    receiver.intercept(
      async ({ name, deliveryId }, run) => {
        if (name === 'decode') steps.push(['begin', deliveryId])
        await run().catch(() => {})
        if (name === 'decode') steps.push(['end', deliveryId])
        else decompressed += 1
      },
      ({ name }) => name === 'decompress' || name === 'decode'
    )
    const send = async (name: string, text: string) => {
      receiver.once('answered', ({ deliveryId }) => names.set(deliveryId ?? '', name))
      expect(await receive(receiver, await signed(text))).toMatchObject({ status: 204 })
      await until(() => names.size === decompressed)
    }
    return { receiver, adapter, order, send, open }
  }

  test('are decoded one after the other, and keep no short one waiting', async () => {
    const { receiver, adapter, order, send, open } = build()
    await send('long', textOf(1, LONG_BYTES))
    await send('longer', textOf(2, LONG_BYTES + 1))
    await send('short', textOf(3, LONG_BYTES - 1))
    await until(() => order().includes('end short'))
    expect(order()).toEqual(['begin long', 'begin short', 'end short'])
    open()
    await receiver.idle()
    expect(order().slice(3)).toEqual(['end long', 'begin longer', 'end longer'])
    expect(await recordsOf(adapter)).toHaveLength(3 * ENTRIES)
    await receiver.close()
  })

  test('one fails, the next has its turn', async () => {
    const { receiver, adapter, order, send, open } = build()
    const told: string[] = []
    receiver.on('quarantined', ({ code }) => told.push(code))
    await send(
      'broken',
      textOf(1, LONG_BYTES).replace('}},{"startTimestamp":"2024-05-01T03', '}},,{"startTimestamp":"2024-05-01T03')
    )
    await send('sound', textOf(2, LONG_BYTES))
    expect(order()).toEqual(['begin broken'])
    open()
    await receiver.idle()
    expect(order()).toEqual(['begin broken', 'end broken', 'begin sound', 'end sound'])
    expect(told).toEqual(['THRYVE_INVALID_JSON'])
    expect(await recordsOf(adapter)).toHaveLength(ENTRIES)
    await receiver.close()
  })

  test('of two receivers, do not wait for each other', async () => {
    const held = build()
    const free = build()
    await held.send('held', textOf(1, LONG_BYTES))
    free.open()
    await free.send('free', textOf(1, LONG_BYTES))
    await free.receiver.idle()
    expect(held.order()).toEqual(['begin held'])
    expect(free.order()).toEqual(['begin free', 'end free'])
    held.open()
    await Promise.all([held.receiver.close(), free.receiver.close()])
  })
})
