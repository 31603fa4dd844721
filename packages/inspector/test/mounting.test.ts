/** The page under every host, and what it does not have to do with. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { type StorageAdapter, thryveWebhook } from '@thryve-webhook/middleware'
import connect from 'connect'
import express from 'express'
import { type Inspector, type InspectorOptions, inspector } from '../src'
import { openSession, secret, silent, user } from './world'

const express4 = jest.requireActual<typeof express>('express4')
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const make = (options: InspectorOptions = {}, adapter: StorageAdapter = memoryAdapter()): Inspector => {
  const page = inspector(thryveWebhook(secret, adapter), adapter, { logger: silent, ...options })
  closing.push(() => page.close())
  return page
}

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const passedOn: RequestListener = (_request, response) => void response.writeHead(299).end()

const hosts: [string, (page: () => Inspector) => RequestListener, string, InspectorOptions][] = [
  ['express 5', (page) => express().use('/thryve', page()).use(passedOn), '/thryve', {}],
  ['express 4', (page) => express4().use('/thryve', page()).use(passedOn), '/thryve', {}],
  [
    'express 5, a router in a router',
    (page) => express().use('/a', express.Router().use('/b', page())).use(passedOn),
    '/a/b',
    {}
  ],
  [
    'connect',
    (page) =>
      connect()
        .use('/thryve', page())
        .use(passedOn as never) as RequestListener,
    '/thryve',
    {}
  ],
  [
    'express 5, bare with basePath',
    (page) => express().use(page()).use(passedOn),
    '/ops/thryve',
    { basePath: '/ops/thryve' }
  ],
  [
    'node:http with basePath',
    (page) => {
      const handle = page()
      return (request, response) => handle(request, response, () => passedOn(request, response))
    },
    '/thryve',
    { basePath: '/thryve' }
  ]
]

test.each(hosts)(
  '%s, leads from the mount point to the first view, and passes the rest on',
  async (_name, host, base, options) => {
    const origin = await serve(host(() => make(options)))
    for (const address of [base, `${base}/`, `${base}?x=1`]) {
      const first = await fetch(`${origin}${address}`)
      expect([first.status, first.url]).toEqual([200, `${origin}${base}/live`])
    }
    expect((await fetch(`${origin}${base}/assets/uplot.js`)).headers.get('content-type')).toContain('javascript')
    for (const address of ['/', `${base}/other`, `${base}x`, '/webhooks/thryve', `${base}/live/more`]) {
      expect((await fetch(`${origin}${address}`)).status).toBe(299)
    }
  }
)

test('node:http without next, answers the rest with 404', async () => {
  const origin = await serve(make({ basePath: '/thryve' }))
  expect((await fetch(`${origin}/other`)).status).toBe(404)
  expect((await fetch(`${origin}/thryve/other`)).status).toBe(404)
})

test.each(['urlencoded', 'text', 'raw'] as const)('a body parser (%s) came first, forms still work', async (parser) => {
  const parse = parser === 'urlencoded' ? express.urlencoded({ extended: true }) : express[parser]({ type: '*/*' })
  const origin = await serve(express().use(parse).use('/thryve', make()))
  const { cookie, token } = await openSession({ url: `${origin}/thryve` })
  const response = await fetch(`${origin}/thryve/data/overview`, {
    method: 'POST',
    headers: { cookie, origin },
    body: new URLSearchParams({ token, user, dimension: 'epoch' })
  })
  expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ records: 0 })])
})

test('an adapter that only saves, leaves the views without it, and says so', async () => {
  const { save } = memoryAdapter()
  const origin = await serve(express().use('/thryve', make({}, { save })))
  expect(await (await fetch(`${origin}/thryve/data`)).text()).toContain('cannot find records')
  expect(await (await fetch(`${origin}/thryve/quarantine`)).text()).toContain('keeps no quarantine')
  expect(await (await fetch(`${origin}/thryve/dead-letters`)).text()).toContain('has no inbox')
  expect((await fetch(`${origin}/thryve/health/report`)).status).toBe(200)
})

test('close: a browser that follows, is let go, so that the server can close', async () => {
  const page = make()
  const origin = await serve(express().use('/thryve', page))
  const response = await fetch(`${origin}/thryve/live/events`)
  page.close()
  page.close()
  expect(await response.text()).toContain('event: deliveries')
})

test('text of deliveries, cannot become markup', async () => {
  const adapter = memoryAdapter()
  await adapter.quarantine.add({
    delivery: { id: '"><script>alert(1)</script>', body: Buffer.from('x'), receivedAt: new Date() },
    scope: 'delivery',
    code: '<b>code</b>',
    failures: [{ path: '<img src=x>', expected: '\'"&' }],
    badRecords: 0
  })
  const origin = await serve(express().use('/thryve', make({}, adapter)))
  const text = await (await fetch(`${origin}/thryve/quarantine?done=<script>&failed=<script>`)).text()
  expect(text).not.toMatch(/<script>alert|<b>code|<img|\?done/)
  expect(text).toContain('&lt;img src=x&gt;')
})
