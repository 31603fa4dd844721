import { createServer } from 'node:http'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import express from 'express'
import type { SecretLookup, SecretRequest, ThryveOptions } from '../src/index'
import { receive, thryveWebhook } from '../src/index'
import { collectLogs, epochPayload, recordsOf, signed, steps } from './deliveries'
import { listen, send } from './sockets'

const secrets = new Map([
  ['/webhooks/acme', 'secret-of-acme'],
  ['/webhooks/other', 'secret-of-other']
])

/** A webhook with a function as its secret, and what it tells. */
const build = (secretOf: SecretLookup, options: ThryveOptions = {}) => {
  const adapter = memoryAdapter()
  const { logger, lines } = collectLogs()
  const webhook = thryveWebhook(secretOf, adapter, { logger, ...options })
  const rejected: object[] = []
  webhook.on('rejected', (refusal) => rejected.push(refusal))
  return { webhook, adapter, rejected, lines }
}

const nothingIsKept = async ({ adapter }: ReturnType<typeof build>) => {
  expect(await adapter.inbox?.stats()).toEqual({ ready: 0, leased: 0, dead: 0, done: 0 })
  expect(await recordsOf(adapter)).toEqual([])
}

test("secretOf: a route of tenants, each is verified with its own secret and no other's", async () => {
  const { webhook, adapter, rejected } = build(async ({ path }) => secrets.get(path ?? ''))
  const { url } = await listen(express().post('/webhooks/:tenant', webhook))
  for (const [path, secret] of secrets) {
    const payload = { ...epochPayload([steps()]), endUserId: path }
    expect((await send(`${url}${path}?from=thryve`, await signed(payload, { secret }))).status).toBe(204)
    await webhook.idle()
    expect(await recordsOf(adapter, path)).toHaveLength(1)
  }
  const crossed = await send(`${url}/webhooks/other`, await signed(undefined, { secret: 'secret-of-acme' }))
  expect(crossed).toMatchObject({ status: 401, code: 'THRYVE_SIGNATURE_MISMATCH' })
  const stranger = await send(`${url}/webhooks/stranger`, await signed())
  expect(stranger).toEqual({ ...crossed, headers: expect.anything() })
  expect(rejected).toMatchObject([{ reason: 'wrong' }, { reason: 'unknown' }])
})

test('secretOf: node:http and a delivery without HTTP, hand over headers and path', async () => {
  const requests: SecretRequest[] = []
  const { webhook } = build((request) => {
    requests.push(request)
    return 'synthetic-secret'
  })
  const delivery = await signed()
  const { url } = await listen(createServer(webhook))
  await send(`${url}/webhooks/thryve/?x=1`, { ...delivery, headers: { ...delivery.headers, 'X-Tenant': 'acme' } })
  await receive(webhook, delivery)
  expect(requests).toMatchObject([{ path: '/webhooks/thryve', headers: { 'x-tenant': 'acme' } }, {}])
  expect(requests[1]).not.toHaveProperty('path')
})

test.each([undefined, null, '', []])('secretOf: it finds %p, is 401 and never unsigned', async (found) => {
  const built = build(() => found, { allowUnsigned: true })
  expect(await receive(built.webhook, await signed())).toMatchObject({ status: 401, code: 'THRYVE_SIGNATURE_MISMATCH' })
  expect(await receive(built.webhook, { headers: {}, body: Buffer.from('{}') })).toMatchObject({ status: 401 })
  await nothingIsKept(built)
})

test.each([5, '  ', ['good', ''], [null], {}, true])(
  'secretOf: it gives %p, is 503 and told as malformed',
  async (found) => {
    const built = build((() => found) as unknown as SecretLookup)
    expect(await receive(built.webhook, await signed())).toMatchObject({
      status: 503,
      code: 'THRYVE_SECRET_FAILED',
      headers: { 'retry-after': '5' }
    })
    expect(built.rejected).toMatchObject([{ reason: 'malformed' }])
    await nothingIsKept(built)
  }
)

test.each([
  [
    'throws',
    () => {
      throw new Error('no connection')
    }
  ],
  ['rejects', () => Promise.reject(new Error('no connection'))]
] as [string, SecretLookup][])(
  'secretOf: it %s, is 503 with the cause told to the operator only',
  async (_how, secretOf) => {
    const built = build(secretOf)
    const causes: unknown[] = []
    built.webhook.on('error', ({ cause }) => causes.push(cause))
    const answer = await receive(built.webhook, await signed())
    expect(answer).toEqual({ status: 503, code: 'THRYVE_SECRET_FAILED', headers: { 'retry-after': '5' } })
    expect(causes).toMatchObject([{ message: 'no connection' }])
    await nothingIsKept(built)
  }
)

test('secretOf: it never settles, is 503 at the deadline, and what lands late keeps nothing', async () => {
  let land = (_secret: string): void => {}
  const built = build(
    () =>
      new Promise<string>((resolve) => {
        land = resolve
      }),
    { ackDeadlineMs: 50 }
  )
  const delivery = await signed()
  expect(await receive(built.webhook, delivery)).toMatchObject({ status: 503, code: 'THRYVE_SECRET_TIMEOUT' })
  land('synthetic-secret')
  await built.webhook.idle()
  await nothingIsKept(built)
})

test('secretOf: it rejects after the deadline, is no unhandled rejection', async () => {
  let fail = (_error: Error): void => {}
  const built = build(
    () =>
      new Promise<string>((_resolve, reject) => {
        fail = reject
      }),
    { ackDeadlineMs: 20 }
  )
  const unhandled: unknown[] = []
  const listener = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', listener)
  expect(await receive(built.webhook, await signed())).toMatchObject({ code: 'THRYVE_SECRET_TIMEOUT' })
  fail(new Error('too late'))
  await new Promise(setImmediate)
  process.off('unhandledRejection', listener)
  expect(unhandled).toEqual([])
})

test('secretOf: a list, verifies with each while the secret is rotated', async () => {
  const { webhook } = build(() => ['new', 'synthetic-secret'])
  expect((await receive(webhook, await signed())).status).toBe(204)
})

test.each([
  ['no signature', {}],
  ['a malformed signature', { 'x-hmac-signature': 'ab' }],
  ['a signature sent twice', { 'x-hmac-signature': ['a', 'a'] }],
  ['a stale timestamp', { 'x-hmac-timestamp': '1000000000' }]
])('secretOf: %s, is refused before the function is asked', async (what, headers) => {
  let asked = 0
  const { webhook } = build(() => {
    asked += 1
    return 'synthetic-secret'
  })
  const delivery = await signed()
  const given = what === 'no signature' ? {} : { ...delivery.headers, ...headers }
  expect(await receive(webhook, { headers: given, body: delivery.body })).toMatchObject({ status: 401 })
  expect(asked).toBe(0)
})
