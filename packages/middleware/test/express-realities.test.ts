/** What stands around a webhook in real Express apps. `hosts.test.ts` has the ways to mount it. */
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import compression from 'compression'
import express, { type ErrorRequestHandler } from 'express'
import { rateLimit } from 'express-rate-limit'
import express4 from 'express4'
import helmet from 'helmet'
import { type StorageAdapter, thryveWebhook } from '../src/index'
import { build, collectLogs, epochPayload, recordsOf, signed, steps } from './deliveries'
import { listen, send } from './sockets'

const PATH = '/webhooks/thryve'
const json = { headers: { 'content-type': 'application/json' }, body: '{"a":1}' }

describe.each([
  ['Express 5', express],
  ['Express 4', express4 as typeof express]
])('%s', (_name, create) => {
  test('express.json() after the webhook, parses what is not its own', async () => {
    const { webhook } = build()
    const app = create()
      .use(webhook)
      .use(create.json())
      .post('/json', (request, response) => void response.json(request.body))
    const { url } = await listen(app)
    expect((await send(url + PATH, await signed())).status).toBe(204)
    expect((await send(`${url}/json`, json)).text).toBe('{"a":1}')
  })

  test('express.json() first that keeps rawBody, serves deliveries that are not compressed, and never wrong bytes', async () => {
    const { webhook, adapter } = build()
    const keepRawBody = create.json({
      verify: (request, _response, bytes) => Object.assign(request, { rawBody: bytes })
    })
    const { url } = await listen(create().use(keepRawBody).use(webhook))
    expect((await send(url + PATH, await signed(undefined, { encoding: 'identity' }))).status).toBe(204)
    expect([415, 500]).toContain((await send(url + PATH, await signed())).status)
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
  })

  test('express.json() first that skips the path, leaves the bytes alone', async () => {
    const { webhook } = build()
    const parse = create.json()
    const app = create()
      .use((request, response, next) => (request.path === PATH ? next() : parse(request, response, next)))
      .use(webhook)
    const { url } = await listen(app)
    expect((await send(url + PATH, await signed())).status).toBe(204)
  })

  test('compression and helmet first, change no answer and lose no delivery', async () => {
    const { webhook, adapter } = build()
    const { url } = await listen(
      create()
        .use(compression({ threshold: 0 }))
        .use(helmet())
        .use(webhook)
    )
    const { headers, body } = await signed()
    const accepted = await send(url + PATH, { headers: { ...headers, 'accept-encoding': 'gzip, br' }, body })
    expect(accepted).toMatchObject({ status: 204, text: '', headers: { 'x-content-type-options': 'nosniff' } })
    expect((await send(url + PATH, { body: 'x' })).code).toBe('THRYVE_SIGNATURE_MISMATCH')
    const zipped = await fetch(url + PATH, { method: 'POST', body: 'x', headers: { 'accept-encoding': 'gzip' } })
    expect(await zipped.json()).toEqual({ code: 'THRYVE_SIGNATURE_MISMATCH' })
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
  })

  test('a rate limiter below the webhook, does not count deliveries; above it, it refuses them', async () => {
    const limiter = () => rateLimit({ limit: 2, windowMs: 60_000, validate: false })
    const statuses = async (url: string) => {
      const collected: number[] = []
      for (let i = 0; i < 3; i += 1) collected.push((await send(url + PATH, await signed())).status)
      return collected
    }
    const below = await listen(create().use(build().webhook).use(limiter()))
    expect(await statuses(below.url)).toEqual([204, 204, 204])
    const above = await listen(create().use(limiter()).use(build().webhook))
    expect(await statuses(above.url)).toEqual([204, 204, 429])
  })

  test('trust proxy and forwarded headers, change neither path nor signature', async () => {
    const { webhook } = build()
    const app = create()
    app.set('trust proxy', true)
    const { url } = await listen(app.use(webhook))
    const { headers, body } = await signed()
    const forwarded = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'elsewhere.example',
      'x-original-url': '/other'
    }
    expect((await send(url + PATH, { headers: { ...headers, ...forwarded }, body })).status).toBe(204)
  })

  test('case-sensitive and strict routing of the app, have no say in it', async () => {
    const app = create()
    app.enable('strict routing').enable('case sensitive routing')
    const { url } = await listen(app.use(build().webhook))
    expect((await send(`${url}${PATH}/`, await signed())).status).toBe(204)
    expect((await send(`${url}/Webhooks/Thryve`, await signed())).status).toBe(404)
  })

  test('a sub-app and a router in a router, are answered where they are mounted', async () => {
    const { webhook, adapter } = build()
    const inner = create.Router().post('/deliveries', webhook)
    const sub = create().use('/thryve', inner)
    const { url } = await listen(create().use('/api', sub))
    expect((await send(`${url}/api/thryve/deliveries`, await signed())).status).toBe(204)
    const other = build()
    const mounted = await listen(create().use('/hooks/thryve', create().use(other.webhook)))
    expect((await send(`${mounted.url}/hooks/thryve`, await signed())).status).toBe(204)
    await Promise.all([webhook.idle(), other.webhook.idle()])
    expect([...(await recordsOf(adapter)), ...(await recordsOf(other.adapter))]).toHaveLength(2)
  })

  test("several webhooks with secrets of their own, do not take each other's deliveries", async () => {
    const { logger } = collectLogs()
    const tenants = ['one', 'two'].map((name) => {
      const adapter = memoryAdapter()
      return { name, adapter, webhook: thryveWebhook(`secret-${name}`, adapter, { path: `/webhooks/${name}`, logger }) }
    })
    const app = create()
    for (const { webhook } of tenants) app.use(webhook)
    const { url } = await listen(app)
    const payload = epochPayload([steps()])
    for (const { name, adapter, webhook } of tenants) {
      const answerTo = async (secret: string) =>
        (await send(`${url}/webhooks/${name}`, await signed(payload, { secret }))).status
      expect([await answerTo('secret-one'), await answerTo('secret-two')].sort()).toEqual([204, 401])
      await webhook.idle()
      expect(await recordsOf(adapter)).toHaveLength(1)
    }
  })

  test.each([
    ['a store that throws', { adapter: true }, 503],
    ['an authenticate() that rejects', { authenticate: () => Promise.reject(new Error('synthetic')) }, 401],
    ['a listener that rejects', { listener: true }, 204]
  ])(
    '%s, is answered by the webhook; no error handler and no unhandled rejection hears of it',
    async (_what, how, status) => {
      const broken = {
        save: () => {
          throw new Error('synthetic')
        }
      } as unknown as StorageAdapter
      const { adapter: isBroken, listener, ...options } = how as { adapter?: boolean; listener?: boolean }
      const { webhook } = build(options, isBroken ? broken : memoryAdapter())
      if (listener) webhook.on('*', () => Promise.reject(new Error('synthetic')))
      const heard: unknown[] = []
      const hear = (error: unknown) => heard.push(error)
      const handle: ErrorRequestHandler = (error, _request, response, _next) => {
        hear(error)
        response.status(500).end()
      }
      process.on('unhandledRejection', hear)
      const { url } = await listen(create().use(webhook).use(handle))
      expect((await send(url + PATH, await signed())).status).toBe(status)
      await new Promise(setImmediate)
      process.off('unhandledRejection', hear)
      expect(heard).toEqual([])
    }
  )

  test('errors of routes after it, reach the error handler of the app', async () => {
    const app = create()
      .use(build().webhook)
      .get('/fails', (_request, _response, next) => next(new Error('synthetic')))
      .use(((_error, _request, response, _next) => void response.status(418).end()) satisfies ErrorRequestHandler)
    const { url } = await listen(app)
    expect((await send(`${url}/fails`, { method: 'GET' })).status).toBe(418)
  })
})
