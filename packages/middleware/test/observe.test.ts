import { createHmac } from 'node:crypto'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { createReceiver, type ThryveOptions } from '../src/index'
import { type SignedDeliveryOptions, signedDelivery } from '../src/testing/index'

const secret = 'canary-secret'
const payload = {
  endUserId: 'synthetic-user',
  timestampType: 'ISO',
  type: 'event.data.daily.create',
  data: { dataSourceId: 5, dailyData: [{ day: '2024-05-01', dataTypeId: 1000, value: '7' }] }
}
const sender: SignedDeliveryOptions = { secret, scheme: { signedContent: '{timestamp}.{body}' } }

const world = (options: ThryveOptions = {}, adapter = memoryAdapter()) => {
  const logged: unknown[] = []
  const log = (...args: unknown[]) => void logged.push(args)
  const receiver = createReceiver(secret, adapter, { observe: true, logger: { warn: log, error: log }, ...options })
  const seen: unknown[] = []
  receiver.on('*', (event) => void seen.push(event))
  const records = async () => {
    const query = { dimension: 'daily', endUserId: 'synthetic-user' } as const
    const found: unknown[] = []
    for await (const record of adapter.find?.(query) ?? []) found.push(record)
    return found
  }
  const entries = async () => (await adapter.quarantine?.list())?.entries ?? []
  return { adapter, receiver, seen, records, entries, logged: () => JSON.stringify(logged) }
}

describe('observe', () => {
  test('construction, is loud', () => {
    expect(world().logged()).toContain('Unset \\"observe\\"')
  })

  test('another scheme, is accepted, kept, and told with the options that verify it', async () => {
    const { receiver, seen, records, entries, logged } = world()
    const { headers, body } = await signedDelivery(payload, sender)
    expect(await receiver.receive({ headers, body })).toEqual({ status: 204, headers: {} })
    await receiver.idle()
    const [entry, ...others] = await entries()
    expect(others).toEqual([])
    expect(entry?.code).toBe('THRYVE_UNVERIFIED')
    expect(entry?.endUserId).toBeUndefined()
    expect(entry?.failures).toEqual([
      {
        path: 'signature',
        expected: "the options { signature: { signedContent: '{timestamp}.{body}' } }, with which the signature matches"
      }
    ])
    expect(entry?.headers?.map(([name]) => name).sort()).toEqual(['x-hmac-signature', 'x-hmac-timestamp'])
    expect([seen, await records()]).toEqual([[], []])
    expect(logged()).toContain("signedContent: '{timestamp}.{body}'")
    expect(logged()).not.toContain(secret)
  })

  test('an authentic delivery, goes its usual way', async () => {
    const { receiver, seen, records, entries } = world()
    expect((await receiver.receive(await signedDelivery(payload, { secret }))).status).toBe(204)
    await receiver.idle()
    expect([seen.length, (await records()).length, (await entries()).length]).toEqual([1, 1, 0])
  })

  test('not set, it is refused and not kept', async () => {
    const { receiver, entries } = world({ observe: false })
    expect((await receiver.receive(await signedDelivery(payload, sender))).status).toBe(401)
    expect(await entries()).toEqual([])
  })

  test('web authentication, still refuses', async () => {
    const { receiver, entries } = world({ authenticate: { type: 'bearer', token: 'synthetic' } })
    expect((await receiver.receive(await signedDelivery(payload, sender))).status).toBe(401)
    expect(await entries()).toEqual([])
  })

  test.each([
    ['unsigned', async () => ({ headers: {}, body: Buffer.from('{}') }), 'there is none'],
    [
      'another secret',
      () => signedDelivery(payload, { ...sender, secret: 'other' }),
      'x-hmac-signature fits no scheme'
    ],
    ['stale', () => signedDelivery(payload, { secret, timestamp: '1700000000' }), 'behind this clock'],
    [
      'too large to search',
      () => signedDelivery(Buffer.alloc(1_048_577), { ...sender, encoding: 'identity' }),
      'smaller'
    ]
  ])('%s, is kept and told', async (_name, make, expected) => {
    const { receiver, entries } = world()
    expect((await receiver.receive(await make())).status).toBe(204)
    expect((await entries())[0]?.failures[0]?.expected).toContain(expected)
  })

  test('many at once, one is searched at a time and all are kept', async () => {
    const { receiver, entries } = world()
    const many = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        signedDelivery(Buffer.alloc(200_000 + index, index), { ...sender, secret: 'other', encoding: 'identity' })
      )
    )
    const answers = await Promise.all(many.map((delivery) => receiver.receive(delivery)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]))
    const kept = await entries()
    expect(kept.length).toBe(20)
    expect(kept.filter(({ failures }) => failures[0]?.expected.startsWith('its turn')).length).toBeGreaterThan(0)
  })

  test('more than its share of the quarantine, is refused, and what is authentic stays', async () => {
    const { receiver, entries, logged } = world({ maxQuarantined: 20 })
    await receiver.receive(await signedDelivery('no json', { secret }))
    await receiver.idle()
    const statuses: number[] = []
    for (let index = 0; index < 4; index++) {
      statuses.push((await receiver.receive(await signedDelivery({ index }, { ...sender, secret: 'other' }))).status)
    }
    expect(statuses).toEqual([204, 204, 401, 401])
    expect((await entries()).map(({ code }) => code)).toEqual([
      'THRYVE_UNVERIFIED',
      'THRYVE_UNVERIFIED',
      'THRYVE_INVALID_JSON'
    ])
    expect(logged()).toContain('As much as may be observed')
  })

  test('more bytes than its share, is refused', async () => {
    const limits = { maxQuarantinedBytes: 1_000, maxCompressedBytes: 1_000, maxInFlightBytes: 1_000 }
    const { receiver } = world(limits)
    const large = await signedDelivery(Buffer.alloc(101), { ...sender, encoding: 'identity' })
    expect((await receiver.receive(large)).status).toBe(401)
    expect((await receiver.receive(await signedDelivery('small', sender))).status).toBe(204)
  })

  test('the quarantine fails, 503', async () => {
    const adapter = memoryAdapter()
    const quarantine = { ...adapter.quarantine, add: () => Promise.reject(new Error('down')) } as never
    const { receiver } = world({}, { ...adapter, quarantine })
    expect(await receiver.receive(await signedDelivery(payload, sender))).toMatchObject({
      status: 503,
      code: 'THRYVE_STORE_FAILED'
    })
  })

  test('a forged copy of an authentic quarantined delivery, does not replace it', async () => {
    const { receiver, entries } = world()
    const broken = await signedDelivery('no json', { secret })
    await receiver.receive(broken)
    await receiver.idle()
    const headers = { ...broken.headers, 'x-hmac-signature': '0'.repeat(64) }
    await receiver.receive({ headers, body: broken.body })
    expect((await entries()).map(({ code }) => code).sort()).toEqual(['THRYVE_INVALID_JSON', 'THRYVE_UNVERIFIED'])
  })

  test('credentials, are not kept', async () => {
    const { receiver, entries } = world()
    const { headers, body } = await signedDelivery(payload, sender)
    const digest = createHmac('sha256', 'x').update('y').digest('hex')
    await receiver.receive({ headers: { ...headers, authorization: digest, 'x-api-token': digest }, body })
    expect(JSON.stringify(await entries())).not.toContain(digest)
  })
})

describe('replay of what was observed', () => {
  const observed = async (options: SignedDeliveryOptions = sender, body: object | string = payload) => {
    const { adapter, receiver, entries } = world()
    await receiver.receive(await signedDelivery(body, options))
    return { adapter, id: (await entries())[0]?.delivery.id ?? '' }
  }

  test('under the same options, refused and still there', async () => {
    const { adapter, id } = await observed()
    const { receiver, records, entries } = world({}, adapter)
    await expect(receiver.replay(id)).rejects.toMatchObject({ code: 'THRYVE_UNVERIFIED', reason: 'wrong' })
    expect([(await records()).length, (await entries()).length]).toEqual([0, 1])
  })

  test('under the options that verify it, stored, told and gone', async () => {
    const { adapter, id } = await observed()
    const { receiver, records, entries, seen } = world({ signature: { signedContent: '{timestamp}.{body}' } }, adapter)
    expect(await receiver.replay(id)).toBe(true)
    expect([(await records()).length, (await entries()).length, seen.length]).toEqual([1, 0, 1])
  })

  test('days later, its age counts from its receipt', async () => {
    const { adapter, id } = await observed()
    const clock = { now: () => Date.now() + 5 * 86_400_000, after: () => () => {} }
    const { receiver } = world({ signature: { signedContent: '{timestamp}.{body}' }, clock }, adapter)
    expect(await receiver.replay(id)).toBe(true)
  })

  test('stale when it came, refused until the tolerance allows it', async () => {
    const { adapter, id } = await observed({ secret, timestamp: String(Math.floor(Date.now() / 1_000) - 900) })
    await expect(world({}, adapter).receiver.replay(id)).rejects.toMatchObject({ code: 'THRYVE_UNVERIFIED' })
    expect(await world({ toleranceSeconds: 1_000 }, adapter).receiver.replay(id)).toBe(true)
  })

  test('a receiver of unsigned deliveries, refuses it too', async () => {
    const { adapter, id } = await observed({ secret: 'other' })
    const receiver = createReceiver(null, adapter, { allowUnsigned: true })
    await expect(receiver.replay(id)).rejects.toMatchObject({ code: 'THRYVE_UNVERIFIED' })
  })

  test('an adapter that lost the headers, refused', async () => {
    const { adapter, id } = await observed()
    const get = async (deliveryId: string) => {
      const { headers: _, ...entry } = (await adapter.quarantine?.get(deliveryId)) ?? { headers: [] }
      return entry
    }
    const forgetful = { ...adapter, quarantine: { ...adapter.quarantine, get } } as never
    const { receiver } = world({ signature: { signedContent: '{timestamp}.{body}' } }, forgetful)
    await expect(receiver.replay(id)).rejects.toMatchObject({ code: 'THRYVE_UNVERIFIED' })
  })

  test('authentic by now and not understood, kept as what it is', async () => {
    const { adapter, id } = await observed(sender, 'no json')
    const { receiver, entries } = world({ signature: { signedContent: '{timestamp}.{body}' } }, adapter)
    await expect(receiver.replay(id)).rejects.toMatchObject({ code: 'THRYVE_INVALID_JSON' })
    expect((await entries()).map(({ code }) => code)).toEqual(['THRYVE_INVALID_JSON'])
  })
})
