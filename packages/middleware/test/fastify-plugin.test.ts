import Fastify, { type FastifyInstance } from 'fastify'
import type { FastifyHost, ThryveOptions } from '../src/index'
import { fastifyPlugin } from '../src/index'
import { build, recordsOf, signed } from './deliveries'

/** What `fastify-plugin` does: it marks a plugin as one that shares its parent's context. */
const shared = <Plugin extends object>(plugin: Plugin): Plugin =>
  Object.assign(plugin, { [Symbol.for('skip-override')]: true })

const serve = async (
  options: ThryveOptions = {},
  register: { prefix?: string; isShared?: boolean } = {},
  prepare: (app: FastifyInstance) => void = () => {}
) => {
  const built = build(options)
  const app = Fastify()
  prepare(app)
  const plugin = fastifyPlugin(built.webhook)
  const { prefix, isShared = false } = register
  await app.register(isShared ? shared(plugin) : plugin, prefix === undefined ? {} : { prefix })
  app.post('/json', async ({ body }) => ({ got: body }))
  const deliver = async (url = '/webhooks/thryve', change: Record<string, string> = {}) => {
    const { headers, body } = await signed()
    return (await app.inject({ method: 'POST', url, headers: { ...headers, ...change }, payload: body })).statusCode
  }
  return { ...built, app, deliver }
}

describe('fastifyPlugin', () => {
  test.each([
    ['nothing', {}, {}, '/webhooks/thryve'],
    ['a path', { path: '/thryve' }, {}, '/thryve'],
    ['a prefix', {}, { prefix: '/hooks/thryve' }, '/hooks/thryve'],
    ['a prefix', {}, { prefix: '/hooks/thryve' }, '/hooks/thryve/'],
    ['a prefix and a path', { path: '/thryve' }, { prefix: '/hooks' }, '/hooks/thryve'],
    ['a prefix, shared with the app (which has none)', {}, { prefix: '/hooks', isShared: true }, '/webhooks/thryve']
  ])('registered with %s, answers by inject', async (_what, options, register, url) => {
    const { deliver, webhook, adapter } = await serve(options, register)
    expect(await deliver(url)).toBe(204)
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
  })

  test.each([false, true])("the app's parsers, are as before (shared context: %p)", async (isShared) => {
    const { app } = await serve({}, { isShared })
    const json = await app.inject({ method: 'POST', url: '/json', payload: { a: 1 } })
    expect(json.json()).toEqual({ got: { a: 1 } })
    const unknown = await app.inject({
      method: 'POST',
      url: '/json',
      headers: { 'content-type': 'application/octet-stream' },
      payload: Buffer.from('x')
    })
    expect(unknown.statusCode).toBe(415)
  })

  test("the app's own parsers and preParsing hooks, never see the signed bytes", async () => {
    let seen = 0
    const { deliver } = await serve({}, {}, (app) => {
      app.removeAllContentTypeParsers()
      app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
        seen += 1
        done(null, body)
      })
      app.addHook('preParsing', async (_request, _reply, payload) => {
        seen += 1
        return payload
      })
    })
    expect(await deliver()).toBe(204)
    expect(await deliver(undefined, { 'content-type': 'not a type' })).toBe(204)
    expect(seen).toBe(0)
  })

  test("the app's bodyLimit, does not hold for deliveries: maxCompressedBytes does", async () => {
    const built = build()
    const app = Fastify({ bodyLimit: 10 })
    await app.register(fastifyPlugin(built.webhook))
    const { headers, body } = await signed()
    const { statusCode } = await app.inject({
      method: 'POST',
      url: '/webhooks/thryve',
      headers: { ...headers },
      payload: body
    })
    expect(statusCode).toBe(204)
  })

  test("the app's onRequest and onSend hooks, run", async () => {
    const { app } = await serve({}, {}, (instance) => {
      instance.addHook('onRequest', async (request, reply) => {
        if (request.headers['x-blocked'] !== undefined) await reply.code(403).send()
      })
      instance.addHook('onSend', async (_request, reply) => void reply.header('x-frame-options', 'DENY'))
    })
    const { headers, body } = await signed()
    const answer = await app.inject({ method: 'POST', url: '/webhooks/thryve', headers: { ...headers }, payload: body })
    expect(answer).toMatchObject({ statusCode: 204, headers: { 'x-frame-options': 'DENY' } })
    const blocked = { method: 'POST', url: '/webhooks/thryve', headers: { 'x-blocked': '1' } } as const
    expect((await app.inject(blocked)).statusCode).toBe(403)
  })

  test('a Fastify it was not made for, is told at registration', async () => {
    const plugin = fastifyPlugin(build().webhook)
    const meta = (plugin as unknown as Record<symbol, { fastify: string }>)[Symbol.for('plugin-meta')]
    expect(meta?.fastify).toBe('5.x')
  })

  test('two webhooks with different secrets, live side by side', async () => {
    const app = Fastify()
    await app.register(fastifyPlugin(build({ path: '/one' }).webhook))
    await app.register(fastifyPlugin(build({ path: '/two' }).webhook))
    const { headers, body } = await signed()
    for (const url of ['/one', '/two']) {
      expect((await app.inject({ method: 'POST', url, headers: { ...headers }, payload: body })).statusCode).toBe(204)
    }
  })

  test('types: a Fastify instance, is a host', () => {
    const host: FastifyHost = Fastify()
    expect(host.prefix).toBe('')
  })
})
