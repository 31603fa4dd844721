/** The receiver in a Hono app, with records in memory. Bun and Deno serve `app.fetch` themselves. */
import { serve } from '@hono/node-server'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { fetchHandler, thryveWebhook } from '@thryve-webhook/middleware'
import { Hono } from 'hono'

/** Makes the app. The handler gets the request as it came: nothing may have read its body. */
export const createApp = (secret: string) => {
  const webhook = thryveWebhook(secret, memoryAdapter())
  const handle = fetchHandler(webhook)
  const app = new Hono()
  app.all('/webhooks/thryve', (context) => handle(context.req.raw))
  app.get('/', (context) => context.text('the rest of the app'))
  return { app, webhook }
}

if (require.main === module) {
  const port = Number(process.env['PORT'] ?? 3000)
  const { app, webhook } = createApp(process.env['THRYVE_HMAC_SECRET'] ?? '')
  webhook.on('event.data.*', ({ type, records }) => console.log(type, `${records.length} records`))
  const server = serve({ fetch: app.fetch, port }, () => console.log(`listening on ${port}`))
  process.once('SIGTERM', () => {
    server.close()
    void webhook.close()
  })
}
