import { tracingChannel } from 'node:diagnostics_channel'
import type { Step } from '../src/index'
import { createSteps } from '../src/steps'
import { build, post, recordsOf, signed } from './deliveries'

const NAMES = ['receive', 'put', 'process', 'decompress', 'decode', 'save', 'listeners'] as const

/** Subscribes to the ends of all channels while `run` runs. */
const watching = async (run: () => Promise<unknown>): Promise<Step[]> => {
  const seen: Step[] = []
  const handlers = Object.fromEntries(
    ['start', 'end', 'asyncStart', 'error'].map((name) => [name, () => {}])
  ) as Record<string, () => void>
  const all = NAMES.map((name) => {
    const channel = tracingChannel<string, Step>(`thryve-webhook:${name}`)
    const subscribers = { ...handlers, asyncEnd: (step: Step) => seen.push({ ...step }) } as never
    channel.subscribe(subscribers)
    return () => channel.unsubscribe(subscribers)
  })
  try {
    await run()
  } finally {
    for (const unsubscribe of all) unsubscribe()
  }
  return seen
}

describe('diagnostics channels', () => {
  test('a delivery, passes each of them with what is known and no result', async () => {
    const built = build()
    let id: string | undefined
    built.webhook.on('answered', ({ deliveryId }) => {
      id = deliveryId
    })
    // Channels are the process's: receivers of other tests may still be at work.
    const everything = await watching(async () => post(built, await signed()))
    const seen = everything.filter(({ deliveryId }) => deliveryId === id)
    expect(seen.map(({ name }) => name).sort()).toEqual([...NAMES].sort())
    const process = seen.find(({ name }) => name === 'process')
    expect(process).toMatchObject({ outcome: 'stored', mode: 'inbox', attempt: 1, records: { inserted: 1 } })
    expect(seen.find(({ name }) => name === 'receive')).toMatchObject({ status: 204, deliveryId: process?.deliveryId })
    expect(seen.every((step) => (step as { result?: unknown }).result === undefined)).toBe(true)
  })

  test('a step fails, its error is the code without the cause', async () => {
    const steps = createSteps()
    const cause = Object.assign(new Error('of the driver'), { name: 'MongoError' })
    const seen = await watching(async () => {
      await expect(steps.run({ name: 'save' }, () => Promise.reject(cause))).rejects.toBe(cause)
    })
    expect(seen).toEqual([expect.objectContaining({ code: 'THRYVE_INTERNAL' })])
    const { error } = seen[0] as unknown as { error: Error }
    expect(error.message).not.toContain('driver')
    expect(error.cause).toBeUndefined()
  })
})

describe('intercept', () => {
  test.each([
    [
      'throws',
      () => {
        throw new Error('mine')
      }
    ],
    ['rejects', async () => Promise.reject(new Error('mine'))],
    ['never calls', () => undefined],
    ['calls twice', (_step: unknown, run: () => Promise<void>) => Promise.all([run(), run()])],
    ['never settles', (_step: unknown, run: () => Promise<void>) => run().then(() => new Promise(() => {}))]
  ])('an interceptor that %s, changes nothing', async (_name, interceptor) => {
    const built = build()
    built.webhook.intercept(interceptor)
    expect((await post(built, await signed())).status).toBe(204)
    expect(await recordsOf(built.adapter)).toHaveLength(1)
    expect(built.of('*')).toHaveLength(1)
  })

  test('several, nest in their order; one taken off is called no more', async () => {
    const steps = createSteps()
    const calls: string[] = []
    const named = (name: string) => async (_step: unknown, run: () => Promise<void>) => {
      calls.push(`${name} in`)
      await run()
      calls.push(`${name} out`)
    }
    const off = steps.intercept(named('a'))
    steps.intercept(named('b'))
    expect(await steps.run({ name: 'save' }, async () => calls.push('work'))).toBe(3)
    expect(calls).toEqual(['a in', 'b in', 'work', 'b out', 'a out'])
    off()
    calls.length = 0
    await steps.run({ name: 'save' }, async () => {})
    expect(calls).toEqual(['b in', 'b out'])
  })
  test('a filter, the steps that it wants alone are run through the interceptor', async () => {
    const built = build()
    const seen: string[] = []
    built.webhook.intercept(
      ({ name }, run) => {
        seen.push(name)
        return run()
      },
      ({ name }) => name === 'save' || name === 'decode'
    )
    expect((await post(built, await signed())).status).toBe(204)
    await built.webhook.idle()
    expect(seen).toEqual(['decode', 'save'])
  })

  test('a filter that throws, wants nothing and changes nothing', async () => {
    const built = build()
    const interceptor = jest.fn()
    built.webhook.intercept(interceptor, () => {
      throw new Error('no filter')
    })
    expect((await post(built, await signed())).status).toBe(204)
    expect(await recordsOf(built.adapter)).toHaveLength(1)
    expect(interceptor).not.toHaveBeenCalled()
  })
})
