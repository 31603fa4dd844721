/** As a user's own tests reach the webhook: supertest over the whole app. */
import express from 'express'
import request from 'supertest'
import { build, recordsOf, signed } from './deliveries'

const PATH = '/webhooks/thryve'

const appOf = (webhook: ReturnType<typeof build>['webhook']) => {
  const app = express()
  app.use(webhook)
  app.use(express.json())
  app.post('/echo', (incoming, response) => response.json(incoming.body))
  return app
}

describe('supertest', () => {
  test('a signed zstd delivery, is 204 without a body, and stored', async () => {
    const { webhook, adapter } = build()
    const { headers, body } = await signed()
    const answer = await request(appOf(webhook)).post(PATH).set(headers).send(body).expect(204)
    expect(answer.text).toBe('')
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
  })

  test('one byte changed, is 401 with the code, and nothing is stored', async () => {
    const { webhook, adapter } = build()
    const { headers, body } = await signed()
    const forged = Buffer.from(body)
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
    await request(appOf(webhook))
      .post(PATH)
      .set(headers)
      .send(forged)
      .expect(401, { code: 'THRYVE_SIGNATURE_MISMATCH' })
      .expect('content-type', 'application/json')
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(0)
  })

  test('another method, is 405 and says which', async () => {
    await request(appOf(build().webhook)).get(PATH).expect(405).expect('allow', 'POST')
  })

  test('another route of the app, has its own parser', async () => {
    await request(appOf(build().webhook)).post('/echo').send({ synthetic: true }).expect(200, { synthetic: true })
  })
})
