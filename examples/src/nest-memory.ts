/** The receiver in a NestJS app on Express, with records in memory. */
import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { thryveWebhook } from '@thryve-webhook/middleware'

@Module({})
class AppModule {}

/** Makes the app. Nest's own parsers are off, so that it is plain to see that the webhook stands above them. */
export const createApp = async (secret: string) => {
  const webhook = thryveWebhook(secret, memoryAdapter())
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { bodyParser: false, logger: false })
  app.use(webhook)
  app.useBodyParser('json')
  return { app, webhook }
}

const start = async (): Promise<void> => {
  const port = Number(process.env['PORT'] ?? 3000)
  const { app, webhook } = await createApp(process.env['THRYVE_HMAC_SECRET'] ?? '')
  webhook.on('event.data.*', ({ type, records }) => console.log(type, `${records.length} records`))
  await app.listen(port)
  console.log(`listening on ${port}`)
  process.once('SIGTERM', async () => {
    await app.close()
    await webhook.close()
  })
}

if (require.main === module) void start()
