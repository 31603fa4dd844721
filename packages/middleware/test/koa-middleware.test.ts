import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import type { ThryveOptions } from '../src/index'
import { koaMiddleware } from '../src/index'
import { build, recordsOf, signed } from './deliveries'
import { listen, send } from './sockets'

const PATH = '/webhooks/thryve'

const serve = async (
  options: ThryveOptions,
  mount: (app: Koa, webhook: ReturnType<typeof build>['webhook']) => void
) => {
  const built = build(options)
  const app = new Koa()
  app.silent = true
  mount(app, built.webhook)
  return { ...built, ...(await listen(app.callback())) }
}

describe('koaMiddleware', () => {
  test('above a body parser, takes deliveries and leaves the rest to it', async () => {
    const { url } = await serve({}, (app, webhook) =>
      app
        .use(koaMiddleware(webhook))
        .use(bodyParser())
        .use((context) => {
          context.body = (context.request as { body?: unknown }).body
        })
    )
    expect((await send(url + PATH, await signed())).status).toBe(204)
    const json = { headers: { 'content-type': 'application/json' }, body: '{"a":1}' }
    expect((await send(`${url}/other`, json)).text).toBe('{"a":1}')
  })

  test('below a body parser, is the coded 500 once it could read the bytes; logged once', async () => {
    const { url, lines, adapter } = await serve({}, (app, webhook) => app.use(bodyParser()).use(koaMiddleware(webhook)))
    for (let i = 0; i < 2; i += 1) {
      const plain = await signed(undefined, { encoding: 'identity' })
      expect(await send(url + PATH, plain)).toMatchObject({ status: 500, code: 'THRYVE_BODY_ALREADY_READ' })
    }
    expect(lines).toHaveLength(1)
    // koa-bodyparser answers encodings it does not know itself.
    expect([415, 500]).toContain((await send(url + PATH, await signed())).status)
    expect(await recordsOf(adapter)).toEqual([])
  })

  test('as a route, answers whatever reaches it and tells the path as it was sent', async () => {
    const { url, webhook, adapter } = await serve({}, (app, webhook) => {
      const handle = koaMiddleware(webhook, { isRoute: true })
      app.use((context, next) => (context.path.startsWith('/hooks/') ? handle(context, next) : next()))
    })
    expect((await send(`${url}/hooks/acme`, await signed())).status).toBe(204)
    expect((await send(`${url}/other`)).status).toBe(404)
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
  })

  test.each([
    ['its path is not given', {}, 204],
    ['its path is given', { path: '/thryve' }, 404]
  ])('under a mount point and %s, answers there: %p', async (_when, options, expected) => {
    const { url } = await serve(options, (app, webhook) => {
      const handle = koaMiddleware(webhook)
      // What koa-mount does.
      app.use((context, next) => {
        if (!context.path.startsWith('/mounted')) return next()
        context.path = context.path.slice('/mounted'.length) || '/'
        return handle(context, next)
      })
    })
    expect((await send(`${url}/mounted`, await signed())).status).toBe(expected)
    expect((await send(`${url}/mounted/elsewhere`, await signed())).status).toBe(404)
  })

  test('middlewares before it, see the status', async () => {
    const seen: number[] = []
    const { url } = await serve({ maxCompressedBytes: 100 }, (app, webhook) =>
      app
        .use(async (context, next) => {
          await next()
          seen.push(context.status)
          context.set('x-after', '1')
        })
        .use(koaMiddleware(webhook))
    )
    await send(url + PATH, { headers: { 'x-hmac-signature': 'x' }, body: 'x' })
    await send(url + PATH, { body: Buffer.alloc(200_000) })
    expect(seen).toEqual([401, 413])
  })
})
