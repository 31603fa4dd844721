/** The receiver in a Koa app, with records in memory. */
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { koaMiddleware, thryveWebhook } from '@thryve-webhook/middleware'
import Koa from 'koa'

/** Makes the app. The webhook stands above body parsers, which would consume the signed bytes. */
export const createApp = (secret: string) => {
  const webhook = thryveWebhook(secret, memoryAdapter())
  const app = new Koa()
  app.use(koaMiddleware(webhook))
  app.use((context) => {
    context.body = 'the rest of the app'
  })
  return { app, webhook }
}

if (require.main === module) {
  const port = Number(process.env['PORT'] ?? 3000)
  const { app, webhook } = createApp(process.env['THRYVE_HMAC_SECRET'] ?? '')
  webhook.on('event.data.*', ({ type, records }) => console.log(type, `${records.length} records`))
  const server = app.listen(port, () => console.log(`listening on ${port}`))
  process.once('SIGTERM', () => {
    server.close()
    void webhook.close()
  })
}
