/** The receiver in an Express app, with the page to look at mounted under `/thryve`. */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { inspector } from '@thryve-webhook/inspector'
import { thryveWebhook } from '@thryve-webhook/middleware'
import express from 'express'

/** Says who is there, by HTTP Basic; an app with sessions asks these instead. */
const operatorOf = ({ headers }: IncomingMessage, password: string): string | false => {
  const [, encoded = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? []
  const [name = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  const [given, expected] = [Buffer.from(rest.join(':')), Buffer.from(password)]
  return expected.length > 0 && given.length === expected.length && timingSafeEqual(given, expected) && name
}

/** Makes the app. Whoever knows the password may see the page; what they reveal is written down. */
export const createApp = (secret: string, password: string) => {
  const adapter = memoryAdapter()
  const webhook = thryveWebhook(secret, adapter)
  const page = inspector(webhook, adapter, {
    authorize: (request) => operatorOf(request, password),
    challenge: 'Basic realm="thryve"',
    onAudit: ({ action, principal, at }) => console.log('audit:', at.toISOString(), principal, action)
  })
  const app = express()
  app.use(webhook)
  app.use('/thryve', page)
  return { app, webhook, page }
}

if (require.main === module) {
  const { PORT: port = '3000', THRYVE_HMAC_SECRET: secret = '', INSPECTOR_PASSWORD: password = '' } = process.env
  const { app, webhook, page } = createApp(secret, password)
  webhook.on('event.data.*', ({ type, records }) => console.log(type, `${records.length} records`))
  const server = app.listen(Number(port), () => console.log(`listening on ${port}, the page is on /thryve`))
  process.once('SIGTERM', () => {
    page.close()
    server.close()
    void webhook.close()
  })
}
