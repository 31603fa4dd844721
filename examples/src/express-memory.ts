/** The receiver in an Express app, with records in memory. */
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { thryveWebhook } from '@thryve-webhook/middleware'
import express from 'express'

/** Makes the app. The webhook stands above `express.json()`, which would consume the signed bytes. */
export const createApp = (secret: string) => {
  const adapter = memoryAdapter()
  const webhook = thryveWebhook(secret, adapter)

  const app = express()
  app.use(webhook)
  app.use(express.json())
  app.get('/users/:id/steps', async (request, response) => {
    const query = {
      dimension: 'epoch',
      endUserId: request.params.id,
      dataTypeIds: [1000],
      order: 'desc',
      limit: 1
    } as const
    for await (const latest of adapter.find(query)) return void response.json({ steps: latest.parsedValue })
    response.status(404).json({ code: 'NO_DATA' })
  })
  return { app, webhook, adapter }
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
