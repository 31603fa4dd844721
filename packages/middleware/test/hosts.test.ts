import { createServer as createHttp1, type RequestListener } from 'node:http'
import connect from 'connect'
import express from 'express'
import express4 from 'express4'
import type { ThryveWebhook } from '../src/index'
import { build, epochPayload, recordsOf, signed, steps } from './deliveries'
import { listen, send } from './sockets'

const PATH = '/webhooks/thryve'

/** Each host, with the webhook bare, under a path, and as a route where the host has routes. */
const hosts = {
  'Express 5': {
    bare: (webhook: ThryveWebhook) =>
      express()
        .use(webhook)
        .get('/other', (_req, res) => void res.send('other')),
    under: (webhook: ThryveWebhook) =>
      express()
        .use('/hooks/thryve', webhook)
        .get('/other', (_req, res) => void res.send('other')),
    route: (webhook: ThryveWebhook) => express().post('/route', webhook)
  },
  'Express 4': {
    bare: (webhook: ThryveWebhook) =>
      express4()
        .use(webhook)
        .get('/other', (_req, res) => void res.send('other')),
    under: (webhook: ThryveWebhook) =>
      express4()
        .use('/hooks/thryve', webhook)
        .get('/other', (_req, res) => void res.send('other')),
    route: (webhook: ThryveWebhook) => express4().post('/route', webhook)
  },
  Connect: {
    bare: (webhook: ThryveWebhook) =>
      connect()
        .use(webhook)
        .use('/other', (_req, res) => res.end('other')),
    under: (webhook: ThryveWebhook) =>
      connect()
        .use('/hooks/thryve', webhook)
        .use('/other', (_req, res) => res.end('other')),
    route: undefined
  }
} as const

describe.each(Object.entries(hosts))('%s', (_host, mounts) => {
  test.each([
    ['bare', PATH],
    ['bare', `${PATH}/`],
    ['bare', `${PATH}?x=1`],
    ['under', '/hooks/thryve'],
    ['under', '/hooks/thryve/'],
    ['under', `/hooks/thryve${PATH}`],
    ['route', '/route']
  ] as const)('mounted %s: a delivery to %s, is stored and answered 204', async (mount, path) => {
    const mounted = mounts[mount]
    if (mounted === undefined) return
    const { webhook, adapter } = build()
    const { url, close } = await listen(mounted(webhook) as RequestListener)
    const answer = await send(url + path, await signed())
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' })
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
    await close()
  })

  test.each([
    ['bare', '/other'],
    ['under', '/other']
  ] as const)('mounted %s: another path, is passed on', async (mount, path) => {
    const { webhook } = build()
    const { url, close } = await listen(mounts[mount](webhook) as RequestListener)
    expect((await send(url + path, { method: 'GET' })).text).toBe('other')
    expect((await send(`${url}/hooks/thryve/deeper`)).status).toBe(404)
    expect((await send(`${url}${PATH}x`)).status).toBe(404)
    await close()
  })

  test('another method, is 405 with Allow', async () => {
    const { webhook } = build()
    const { url, close } = await listen(mounts.bare(webhook) as RequestListener)
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
      const { status, headers } = await send(url + PATH, { method })
      expect({ method, status, allow: headers['allow'] }).toEqual({ method, status: 405, allow: 'POST' })
    }
    await close()
  })
})

describe.each([
  ['Express 5', express],
  ['Express 4', express4]
])('%s', (_host, framework) => {
  const create = framework as typeof express

  test('express.json() first, is the coded 500 once it can read the bytes; logged once', async () => {
    const { webhook, lines } = build()
    const { url, close } = await listen(create().use(create.json()).use(webhook))
    const plain = await signed(undefined, { encoding: 'identity' })
    for (let i = 0; i < 3; i += 1) {
      expect(await send(url + PATH, plain)).toMatchObject({ status: 500, code: 'THRYVE_BODY_ALREADY_READ' })
    }
    const gzipped = await send(url + PATH, await signed(undefined, { encoding: 'gzip' }))
    expect(gzipped).toMatchObject({ status: 500, code: 'THRYVE_BODY_ALREADY_READ' })
    expect(lines).toHaveLength(1)
    expect(String(lines[0]?.[1])).toContain('above express.json()')
    await close()
  })

  test('express.json() first and zstd, never reaches the webhook with bytes that could verify', async () => {
    const { webhook, adapter } = build()
    const { url, close } = await listen(create().use(create.json()).use(webhook))
    // Express 4, and 5 on Node 20, answer 415 themselves; body-parser 2.4 on newer Nodes inflates.
    expect([415, 500]).toContain((await send(url + PATH, await signed())).status)
    expect(await recordsOf(adapter)).toEqual([])
    await close()
  })

  test('express.raw() first, hands over bytes that verify where it leaves them as sent', async () => {
    const { webhook, adapter } = build()
    const { url, close } = await listen(
      create()
        .use(create.raw({ type: '*/*', inflate: false }))
        .use(webhook)
    )
    const answer = await send(url + PATH, await signed(undefined, { encoding: 'identity' }))
    expect(answer.status).toBe(204)
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
    await close()
  })

  test('a body that the host inflated, is the coded 500 that says so', async () => {
    const { webhook, of } = build()
    const payload = Buffer.from(JSON.stringify(epochPayload([steps()])))
    const app = create().use((req, _res, next) => {
      Object.assign(req, { body: payload })
      next()
    })
    const { url, close } = await listen(app.use(webhook))
    expect(await send(url + PATH, await signed())).toMatchObject({ status: 500, code: 'THRYVE_BODY_ALREADY_READ' })
    expect(of('rejected')[0]).toMatchObject({ reason: 'inflated' })
    await close()
  })

  test('rawBody of the host (as functions platforms set it), is used', async () => {
    const { webhook, adapter } = build()
    const { headers, body } = await signed()
    const app = create().use((req, _res, next) => {
      req.resume().on('end', () => {
        Object.assign(req, { rawBody: body, body: { parsed: true } })
        next()
      })
    })
    const { url, close } = await listen(app.use(webhook))
    expect((await send(url + PATH, { headers, body })).status).toBe(204)
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
    await close()
  })

  test('a route of the app that only looked and called next, does not make the webhook answer everything', async () => {
    const { webhook } = build()
    const app = create()
    app.get('/page', (_req, _res, next) => next())
    app.use(webhook)
    app.get('/page', (_req, res) => void res.send('page'))
    const { url, close } = await listen(app)
    expect((await send(`${url}/page`, { method: 'GET' })).text).toBe('page')
    await close()
  })

  test('bare in a router under a path, with its own path, answers there only', async () => {
    const { webhook } = build({ path: '/thryve' })
    const router = create
      .Router()
      .use(webhook)
      .get('/', (_req, res) => void res.send('root'))
    const { url, close } = await listen(create().use('/api', router))
    expect((await send(`${url}/api`, { method: 'GET' })).text).toBe('root')
    expect((await send(`${url}/api/thryve`, await signed())).status).toBe(204)
    await close()
  })
})

describe('node:http', () => {
  test('createServer(webhook): the path, is served; all else is the coded 404', async () => {
    const { webhook, adapter } = build()
    const { url, close } = await listen(createHttp1(webhook))
    expect((await send(url + PATH, await signed())).status).toBe(204)
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
    expect(await send(`${url}/elsewhere`)).toMatchObject({ status: 404, code: 'THRYVE_NOT_FOUND' })
    expect(await send(`${url}/elsewhere`, { body: 'x'.repeat(100_000) })).toMatchObject({ status: 404 })
    await close()
  })

  test('several deliveries over one connection, are all answered', async () => {
    const { webhook } = build()
    const { url, close } = await listen(createHttp1(webhook))
    for (let i = 0; i < 5; i += 1) {
      const { headers, body } = await signed()
      const { status } = await fetch(url + PATH, {
        method: 'POST',
        headers: { ...headers },
        body: Uint8Array.from(body)
      })
      expect(status).toBe(204)
    }
    await close()
  })
})
