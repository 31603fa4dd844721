/** The receiver in a Fastify app, with records in memory. */
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { fastifyPlugin, thryveWebhook } from '@thryve-webhook/middleware'
import fastify from 'fastify'

/** Makes the app. The plugin answers before the app's parsers and leaves them as they are, wherever it is registered. */
export const createApp = (secret: string) => {
  const webhook = thryveWebhook(secret, memoryAdapter())
  const app = fastify()
  app.register(fastifyPlugin(webhook))
  app.addHook('onClose', () => webhook.close())
  app.post('/echo', async ({ body }) => body)
  return { app, webhook }
}

if (require.main === module) {
  const port = Number(process.env['PORT'] ?? 3000)
  const { app, webhook } = createApp(process.env['THRYVE_HMAC_SECRET'] ?? '')
  webhook.on('event.data.*', ({ type, records }) => console.log(type, `${records.length} records`))
  app.listen({ port, host: '127.0.0.1' }).then(() => console.log(`listening on ${port}`))
  process.once('SIGTERM', () => void app.close())
}
