/** What every host must do alike, over real sockets, in the real framework. */
import 'reflect-metadata'
import { createServer, type RequestListener, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import type { ThryveOptions, ThryveWebhook } from '../src/index'
import { fastifyPlugin, fetchHandler, koaMiddleware } from '../src/index'
import { build, epochPayload, recordsOf, signed, steps } from './deliveries'
import { head, listen, openSocket, send } from './sockets'

const PATH = '/webhooks/thryve'

class AppModule {}
Module({})(AppModule)

/** Each host with the webhook, and a route `/other` of its own. */
const hosts: Record<string, (webhook: ThryveWebhook) => Promise<Server | RequestListener>> = {
  'fetch, in Hono': async (webhook) => {
    const handler = fetchHandler(webhook)
    const app = new Hono().all(PATH, ({ req }) => handler(req.raw)).get('/other', (context) => context.text('other'))
    return getRequestListener(app.fetch)
  },
  Fastify: async (webhook) => {
    const app = Fastify()
    await app.register(fastifyPlugin(webhook))
    app.get('/other', async () => 'other')
    await app.ready()
    return app.server
  },
  Koa: async (webhook) => {
    const app = new Koa()
    app.silent = true
    app.use(koaMiddleware(webhook)).use((context) => {
      if (context.path === '/other') context.body = 'other'
    })
    return app.callback()
  },
  NestJS: async (webhook) => {
    const app = await NestFactory.create(AppModule, { logger: false })
    app.use(webhook)
    app.use('/other', (_request: unknown, response: { end(text: string): void }) => response.end('other'))
    await app.init()
    return app.getHttpServer()
  },
  'node:http': async (webhook) =>
    createServer((request, response) => webhook(request, response, () => response.end('other')))
}

const until = async (condition: () => boolean) => {
  while (!condition()) await sleep(5)
}

describe.each(Object.entries(hosts))('%s', (_name, create) => {
  const serve = async (options: ThryveOptions = {}) => {
    const built = build(options)
    return { ...built, ...(await listen(await create(built.webhook))) }
  }

  test('a delivery, is stored and answered 204 without a body', async () => {
    const { webhook, adapter, url } = await serve()
    const answer = await send(url + PATH, await signed())
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' })
    expect(answer.headers).not.toHaveProperty('content-type')
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
  })

  test.each(['zstd', 'gzip', 'br', 'identity'] as const)(
    '%s and any content type, arrives byte for byte',
    async (encoding) => {
      const { webhook, adapter, url } = await serve()
      const { headers, body } = await signed(epochPayload([steps('é'.repeat(5_000))]), { encoding })
      for (const type of [
        'application/octet-stream',
        'text/plain',
        'application/x-www-form-urlencoded',
        'nonsense;;'
      ]) {
        expect((await send(url + PATH, { headers: { ...headers, 'content-type': type }, body })).status).toBe(204)
      }
      const { 'content-type': _type, ...untyped } = headers
      expect((await send(url + PATH, { headers: untyped, body })).status).toBe(204)
      await webhook.idle()
      expect(await recordsOf(adapter)).toHaveLength(1)
    }
  )

  test('another route, is left alone', async () => {
    const { url } = await serve()
    expect((await send(`${url}/other`, { method: 'GET' })).text).toBe('other')
  })

  test.each(['GET', 'PUT', 'DELETE', 'HEAD'])('%s, is 405 with Allow', async (method) => {
    const { url } = await serve()
    const { status, headers } = await send(url + PATH, { method })
    expect({ status, allow: headers['allow'] }).toEqual({ status: 405, allow: 'POST' })
  })

  test.each([
    [
      'twice the same signature',
      (headers: Record<string, string>) => ({ 'x-hmac-signature': Array(2).fill(headers['x-hmac-signature']) })
    ],
    [
      'a signature and an empty one',
      (headers: Record<string, string>) => ({ 'x-hmac-signature': [String(headers['x-hmac-signature']), ''] })
    ],
    [
      'twice the same timestamp',
      (headers: Record<string, string>) => ({ 'x-hmac-timestamp': Array(2).fill(headers['x-hmac-timestamp']) })
    ],
    ['no signature', () => ({ 'x-hmac-signature': '' })]
  ])('%s, is 401 and nothing is kept', async (_what, change) => {
    const { webhook, adapter, url } = await serve()
    const { headers, body } = await signed()
    const answer = await send(url + PATH, { headers: { ...headers, ...change(headers) }, body })
    expect(answer).toMatchObject({ status: 401, text: '{"code":"THRYVE_SIGNATURE_MISMATCH"}' })
    await webhook.idle()
    expect(await recordsOf(adapter)).toEqual([])
  })

  test('encodings listed twice, are 415', async () => {
    const { url } = await serve()
    const { headers, body } = await signed()
    const twice = { ...headers, 'content-encoding': ['zstd', 'zstd'] }
    expect((await send(url + PATH, { headers: twice, body })).status).toBe(415)
  })

  test('headers called __proto__ and constructor, change nothing', async () => {
    const { url } = await serve()
    const { headers, body } = await signed()
    const hostile = Object.fromEntries([...Object.entries(headers), ['__proto__', 'x'], ['constructor', 'y']])
    expect((await send(url + PATH, { headers: hostile, body })).status).toBe(204)
    expect(Object.hasOwn(Object.prototype, 'x-hmac-signature')).toBe(false)
  })

  test('names in upper case, are the same headers', async () => {
    const { url } = await serve()
    const { headers, body } = await signed()
    const loud = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]))
    expect((await send(url + PATH, { headers: loud, body })).status).toBe(204)
  })

  test('bytes that became text on their way, are the coded 500, logged once', async () => {
    const { url, of, lines } = await serve()
    const { headers, body } = await signed()
    const text = Buffer.from(body.toString('utf8'))
    const mangled = { headers: { ...headers, 'content-length': String(text.length) }, body: text }
    for (let i = 0; i < 2; i += 1) {
      expect(await send(url + PATH, mangled)).toMatchObject({ status: 500, code: 'THRYVE_BODY_MANGLED' })
    }
    expect(of('rejected')[0]).toMatchObject({ reason: 'utf8' })
    expect(lines).toHaveLength(1)
    expect(String(lines[0]?.[1])).toContain('binaryMediaTypes')
  })

  test('more bytes than maxCompressedBytes, declared or chunked, are 413 that the sender can read', async () => {
    const { url, port } = await serve({ maxCompressedBytes: 50_000 })
    const { headers } = await signed()
    const long = Buffer.alloc(60_000)
    const declared = await send(url + PATH, { headers: { ...headers, 'content-length': '60000' }, body: long })
    expect(declared).toMatchObject({ status: 413, code: 'THRYVE_BODY_TOO_LARGE' })
    const { 'content-length': _length, ...rest } = headers
    const { socket, answer } = await openSocket(port)
    socket.write(head(PATH, { ...rest, 'transfer-encoding': 'chunked', connection: 'close' }))
    const chunk = Buffer.concat([Buffer.from('4000\r\n'), Buffer.alloc(16_384), Buffer.from('\r\n')])
    const writing = setInterval(() => socket.write(chunk), 1)
    const text = await answer
    clearInterval(writing)
    expect(text).toMatch(/^HTTP\/1.1 413 [\s\S]*THRYVE_BODY_TOO_LARGE/)
  })

  test('slower than bodyTimeoutMs, is 408', async () => {
    const { port } = await serve({ bodyTimeoutMs: 100 })
    const { headers, body } = await signed()
    const { socket, answer } = await openSocket(port)
    socket.write(head(PATH, { ...headers, connection: 'close' }))
    const drip = setInterval(() => socket.write(body.subarray(0, 1)), 20)
    const text = await answer
    clearInterval(drip)
    expect(text).toMatch(/^HTTP\/1.1 408 [\s\S]*THRYVE_BODY_TIMEOUT/)
  })

  test('aborted upload, keeps nothing and frees its place', async () => {
    const { adapter, port, url, of } = await serve({ maxConcurrentDeliveries: 1 })
    const { headers, body } = await signed()
    const { socket } = await openSocket(port)
    socket.write(head(PATH, headers))
    socket.write(body.subarray(0, 20))
    await sleep(50)
    expect((await send(url + PATH, { headers, body })).status).toBe(503)
    socket.destroy()
    await until(() => of('rejected').some(({ code }) => code === 'THRYVE_BODY_INCOMPLETE'))
    expect(await recordsOf(adapter)).toEqual([])
    expect((await send(url + PATH, { headers, body })).status).toBe(204)
  })

  test('closed webhook, is 503 with Retry-After', async () => {
    const { webhook, url } = await serve()
    await webhook.close()
    const answer = await send(url + PATH, await signed())
    expect(answer).toMatchObject({ status: 503, code: 'THRYVE_CLOSED', headers: { 'retry-after': '5' } })
  })
})
