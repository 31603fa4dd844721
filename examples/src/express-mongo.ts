/** The receiver in an Express app: with MONGODB_URI set records go to MongoDB, else to memory. */
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { mongoAdapter } from '@thryve-webhook/adapter-mongo'
import { thryveWebhook } from '@thryve-webhook/middleware'
import express from 'express'

/** Picks the adapter that the environment asks for. */
export const adapterFor = ({ MONGODB_URI: url }: NodeJS.ProcessEnv) => (url ? mongoAdapter({ url }) : memoryAdapter())

/** Makes the app. The webhook stands above `express.json()`, which would consume the signed bytes. */
export const createApp = (secret: string, adapter: ReturnType<typeof adapterFor>) => {
  const webhook = thryveWebhook(secret, adapter)

  const app = express()
  app.use(webhook)
  app.use(express.json())
  app.get('/health', async (_request, response) => {
    const isUsable = await adapter.check().then(
      () => true,
      () => false
    )
    response.status(isUsable ? 200 : 503).json({ adapter: adapter.name })
  })
  return { app, webhook }
}

if (require.main === module) {
  const adapter = adapterFor(process.env)
  const { app, webhook } = createApp(process.env['THRYVE_HMAC_SECRET'] ?? '', adapter)
  webhook.on('event.data.*', ({ type, records }) => console.log(type, `${records.length} records`))
  const port = Number(process.env['PORT'] ?? 3000)
  const server = app.listen(port, () => console.log(`listening on ${port}, records go to ${adapter.name}`))
  process.once('SIGTERM', async () => {
    server.close()
    // What is not finished in time stays in the inbox, and the next process takes it up.
    await webhook.close({ timeoutMs: 10_000 })
    await adapter.close()
  })
}
