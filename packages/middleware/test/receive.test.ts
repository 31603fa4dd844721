import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { createReceiver, receive, type StorageAdapter } from '../src/index'
import { build, collectLogs, epochPayload, post, recordsOf, secret, signed, steps } from './deliveries'

const plain = (text: string | Uint8Array) => signed(text, { encoding: 'identity' })

describe('what cannot be understood, is kept as it came and answered 204', () => {
  test.each([
    [
      'random bytes as zstd',
      async () => ({ ...(await plain(randomBytes(100))), encoding: 'zstd' }),
      'THRYVE_DECOMPRESSION_FAILED'
    ],
    ['JSON sent as zstd', async () => ({ ...(await plain('{}')), encoding: 'zstd' }), 'THRYVE_DECOMPRESSION_FAILED'],
    ['a bomb', () => signed(Buffer.alloc(3 << 20), { encoding: 'zstd' }), 'THRYVE_DECOMPRESSED_TOO_LARGE'],
    ['a gzip bomb', () => signed(Buffer.alloc(3 << 20), { encoding: 'gzip' }), 'THRYVE_DECOMPRESSED_TOO_LARGE'],
    ['a br bomb', () => signed(Buffer.alloc(3 << 20), { encoding: 'br' }), 'THRYVE_DECOMPRESSED_TOO_LARGE'],
    ['UTF-16', () => signed(Buffer.from('{"a":1}', 'utf16le')), 'THRYVE_INVALID_JSON'],
    ['bytes mangled to U+FFFD by a gateway', () => signed(Buffer.from('{"a":"\ufffd')), 'THRYVE_INVALID_JSON'],
    ['no UTF-8', () => signed(Buffer.from([0x22, 0xff, 0x22])), 'THRYVE_INVALID_UTF8'],
    ['no JSON', () => signed('hello'), 'THRYVE_INVALID_JSON'],
    ['a list', () => signed([1]), 'THRYVE_INVALID_PAYLOAD'],
    ['an unknown type', () => signed({ endUserId: 'synthetic-user', type: 'event.new' }), 'THRYVE_UNKNOWN_TYPE'],
    ['no user', () => signed({ ...epochPayload([]), endUserId: '' }), 'THRYVE_INVALID_PAYLOAD']
  ])('%s', async (_name, make, code) => {
    const built = build({ maxBytes: 2 << 20, maxCompressedBytes: 2 << 20 })
    const delivery = (await make()) as Awaited<ReturnType<typeof signed>> & { encoding?: string }
    const encoding = delivery.encoding === undefined ? {} : { 'content-encoding': delivery.encoding }
    expect(await post(built, delivery, encoding)).toEqual({ status: 204, headers: {} })
    expect(built.of('quarantined')).toEqual([expect.objectContaining({ code, scope: 'delivery' })])
    const { entries } = (await built.adapter.quarantine?.list()) ?? { entries: [] }
    const entry = await built.adapter.quarantine?.get(entries[0]?.delivery.id ?? '')
    expect(Buffer.from(entry?.delivery.body ?? []).equals(delivery.body)).toBe(true)
    expect(built.of('*')).toEqual([])
  })
})

describe('refusals', () => {
  test.each([
    ['an unknown encoding', 415, 'THRYVE_UNSUPPORTED_ENCODING', { 'content-encoding': 'compress' }],
    ['nested encodings', 415, 'THRYVE_UNSUPPORTED_ENCODING', { 'content-encoding': 'gzip, zstd' }],
    ['a length over the limit', 413, 'THRYVE_BODY_TOO_LARGE', { 'content-length': '9999999999' }],
    ['another signature', 401, 'THRYVE_SIGNATURE_MISMATCH', { 'x-hmac-signature': '0'.repeat(64) }],
    ['another time', 401, 'THRYVE_SIGNATURE_MISMATCH', { 'x-hmac-timestamp': '1700000000' }],
    ['no time', 401, 'THRYVE_SIGNATURE_MISMATCH', { 'x-hmac-timestamp': '' }]
  ])('%s, is %i and nothing is kept', async (_name, status, code, headers) => {
    const built = build()
    expect(await post(built, await signed(), headers)).toEqual({ status, code, headers: {} })
    expect(built.of('rejected')).toEqual([expect.objectContaining({ status, code })])
    expect(await recordsOf(built.adapter)).toEqual([])
    expect((await built.adapter.quarantine?.list())?.entries).toEqual([])
  })

  test.each([
    [
      'basic',
      { type: 'basic', username: 'thryve', password: 'pass:word' },
      { authorization: `Basic ${Buffer.from('thryve:pass:word').toString('base64')}` }
    ],
    ['bearer', { type: 'bearer', token: 'token' }, { authorization: 'bearer token' }],
    ['header', { type: 'header', name: 'X-Api-Key', value: 'key' }, { 'x-api-key': 'key' }],
    ['function', async (headers: Readonly<Record<string, unknown>>) => headers['x-who'] === 'me', { 'x-who': 'me' }]
  ] as const)('web authentication by %s, is demanded beside the signature', async (_name, authenticate, headers) => {
    const built = build({ authenticate })
    expect(await post(built, await signed())).toMatchObject({ status: 401, code: 'THRYVE_UNAUTHENTICATED' })
    expect(await post(built, await signed(), { authorization: 'Basic x', 'x-api-key': 'keys' })).toMatchObject({
      status: 401
    })
    expect(await post(built, await signed(), headers)).toMatchObject({ status: 204 })
    expect(await post(built, await signed(), { ...headers, 'x-hmac-signature': '0'.repeat(64) })).toMatchObject({
      status: 401
    })
  })

  test('a body over the limit that was handed over without HTTP, is 413 whatever its headers say', async () => {
    const built = build({ maxCompressedBytes: 100 })
    const delivery = await signed('x'.repeat(101), { encoding: 'identity' })
    const { 'content-length': _length, ...headers } = delivery.headers
    expect(await post(built, { headers, body: delivery.body })).toMatchObject({ status: 413 })
    expect(await post(built, delivery, { 'content-length': '1' })).toMatchObject({ status: 413 })
  })

  test('an authentication function that throws, refuses', async () => {
    const built = build({
      authenticate: () => {
        throw new Error('no')
      }
    })
    expect(await post(built, await signed())).toMatchObject({ status: 401, code: 'THRYVE_UNAUTHENTICATED' })
  })
})

describe('unsigned', () => {
  test('equal bodies, are deliveries of their own; nothing is verified', async () => {
    const built = build({ allowUnsigned: true })
    const body = Buffer.from(JSON.stringify(epochPayload([steps()])))
    for (let i = 0; i < 2; i += 1) expect(await post(built, { headers: {}, body })).toMatchObject({ status: 204 })
    expect(new Set(built.of('stored').map(({ deliveryId }) => deliveryId)).size).toBe(2)
  })
})

describe('a mixed delivery', () => {
  test('the good records are stored, the bad ones are told with path and kept', async () => {
    const built = build()
    await post(
      built,
      await signed(epochPayload([steps('1'), { ...steps('2'), dataTypeId: 'x' }, steps('3', { dataTypeId: 3000 })]))
    )
    expect((await recordsOf(built.adapter)).map(({ value }) => value).sort()).toEqual(['1', '3'])
    expect(built.of('quarantined')).toEqual([
      {
        deliveryId: expect.any(String),
        scope: 'records',
        code: 'THRYVE_INVALID_RECORD',
        badRecords: 1,
        failures: [{ path: 'data.epochData[1].dataTypeId', expected: 'integer' }]
      }
    ])
    expect(built.of('*')).toHaveLength(1)
  })
})

/** An adapter with nothing but save. */
const bare = (
  save: StorageAdapter['save'] = async ({ records }) => ({
    inserted: records.length,
    updated: 0,
    unchanged: 0,
    stale: 0
  })
): StorageAdapter => ({ save })

describe('an adapter without inbox', () => {
  test('is answered once its records are stored; the listeners follow', async () => {
    const order: string[] = []
    const built = build(
      {},
      bare(async ({ records }) => {
        order.push('save')
        return { inserted: records.length, updated: 0, unchanged: 0, stale: 0 }
      })
    )
    built.webhook.on('event.data.epoch.create', async ({ attempt }) => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      order.push(`listener ${attempt}`)
    })
    const delivery = await signed()
    const { status } = await receive(built.webhook, delivery)
    order.push(`answer ${status}`)
    await built.webhook.idle()
    expect(order).toEqual(['save', 'answer 204', 'listener 1'])
  })

  test('that fails, is 503 with Retry-After, told with its cause, and the retry succeeds', async () => {
    const cause = new Error('down')
    let isDown = true
    const built = build(
      {},
      bare(async ({ records }) => {
        if (isDown) throw cause
        return { inserted: records.length, updated: 0, unchanged: 0, stale: 0 }
      })
    )
    const delivery = await signed()
    expect(await post(built, delivery)).toEqual({
      status: 503,
      code: 'THRYVE_STORE_FAILED',
      headers: { 'retry-after': '5' }
    })
    expect(built.of('error')).toEqual([expect.objectContaining({ code: 'THRYVE_STORE_FAILED', cause })])
    isDown = false
    expect(await post(built, delivery)).toMatchObject({ status: 204 })
  })

  test('that is slower than ackDeadlineMs, is 503 in time; what lands late reaches the listeners', async () => {
    let land = () => {}
    const built = build(
      { ackDeadlineMs: 50 },
      bare(
        ({ records }) =>
          new Promise((resolve) => {
            land = () => resolve({ inserted: records.length, updated: 0, unchanged: 0, stale: 0 })
          })
      )
    )
    const answer = await receive(built.webhook, await signed())
    expect(answer).toMatchObject({ status: 503, code: 'THRYVE_STORE_TIMEOUT' })
    land()
    await built.webhook.idle()
    expect(built.of('*')).toHaveLength(1)
  })

  test.each([[undefined], [false], [{ inserted: 1 }]])(
    'that resolves to %p instead of counts, has failed',
    async (result) => {
      const built = build(
        {},
        bare(async () => result as never)
      )
      expect(await post(built, await signed())).toMatchObject({ status: 503, code: 'THRYVE_STORE_FAILED' })
    }
  )

  test('and without quarantine, what cannot be understood is 422: a 204 would throw it away', async () => {
    const built = build({}, bare())
    expect(await post(built, await signed('junk'))).toMatchObject({ status: 422, code: 'THRYVE_NOT_KEPT' })
    expect(built.of('rejected')[0]).toMatchObject({ reason: 'THRYVE_INVALID_JSON' })
  })

  test('acknowledgeAfter "stored" with an inbox, does without it', async () => {
    const built = build({ acknowledgeAfter: 'stored' })
    expect(await receive(built.webhook, await signed())).toMatchObject({ status: 204 })
    expect(await recordsOf(built.adapter)).toHaveLength(1)
    expect(await built.adapter.inbox?.stats()).toMatchObject({ ready: 0, leased: 0, done: 0 })
  })
})

describe('identity', () => {
  const detailed = steps('1', {
    additionalDetails: { generationType: 'TRACKER', creationTimestamp: '2026-01-05T09:00:00Z' }
  })

  test('details that come and go, are reported once per change', async () => {
    const built = build()
    for (const item of [detailed, steps('2'), steps('3'), detailed]) {
      await post(built, await signed(epochPayload([item]), { timestamp: String(Date.now()) }))
    }
    expect(built.of('degraded-identity').map(({ hasOrigin }) => hasOrigin)).toEqual([false, true])
  })

  test('"source", makes them one record and reports nothing', async () => {
    const built = build({ identity: 'source' })
    for (const item of [detailed, steps('2')]) await post(built, await signed(epochPayload([item])))
    expect(await recordsOf(built.adapter)).toHaveLength(1)
    expect(built.of('degraded-identity')).toEqual([])
  })
})

describe('no health data leaks', () => {
  test('canaries in payload, ids and secret, show up in no answer, signal, error or log', async () => {
    const canary = 'CANARY'
    const { lines, logger } = collectLogs()
    const quarantine = memoryAdapter().quarantine
    const adapter: StorageAdapter = { quarantine, save: () => Promise.reject(new Error('down')) }
    const receiver = createReceiver([`${canary}-secret`], adapter, { logger })
    const seen: unknown[] = []
    for (const name of ['quarantined', 'rejected', 'stored'] as const)
      receiver.on(name, (argument: object) => seen.push(argument))
    const payloads: (object | string)[] = [
      `{"endUserId":"${canary}", broken`,
      { endUserId: canary, type: `event.${canary}` },
      { ...epochPayload([{ ...steps(canary), startTimestamp: canary, [canary]: canary }]), endUserId: canary },
      { ...epochPayload([steps(canary)]), endUserId: canary, endUserAlias: canary, [canary]: [[[canary]]] },
      { ...epochPayload([]), endUserId: canary, data: { [canary]: canary } }
    ]
    for (const payload of payloads) {
      for (const key of [secret, `${canary}-secret`]) {
        seen.push(await receive(receiver, await signed(payload, { secret: key })))
        await receiver.idle()
      }
    }
    expect(lines.length).toBeGreaterThan(0)
    expect(inspect([seen, lines], { depth: 20, showHidden: true })).not.toContain(canary)
  })
})
