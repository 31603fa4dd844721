/** The page of the demo: a receiver with its inspector, fed with simulated deliveries until it is stopped. */
import type { AddressInfo } from 'node:net'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { inspector } from '@thryve-webhook/inspector'
import { thryveWebhook } from '@thryve-webhook/middleware'
import { signedDelivery } from '@thryve-webhook/middleware/testing'
import express from 'express'

const secret = 'demo-secret'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Synthetic users; the first one is told on the console, to be looked up. */
const users = ['synthetic-user-1', 'synthetic-user-2', 'synthetic-user-3']
const sources = [
  { dataSourceId: 5, dataSourceName: 'Apple' },
  { dataSourceId: 1, dataSourceName: 'Fitbit' }
] as const

/** The page shows all that a log would tell. */
const silent = { warn: () => {}, error: () => {} }

const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T

const details = (dataTypeName: string, valueType: string, createdAt: number) => ({
  dataTypeName,
  valueType,
  generationType: 'TRACKER',
  creationTimestamp: createdAt
})

const heartRate = (at: number) => ({
  startTimestamp: at,
  dataTypeId: 3000,
  value: (66 + 14 * Math.sin(at / HOUR_MS / 3.8) + 5 * Math.random()).toFixed(1),
  additionalDetails: details('HeartRate', 'DOUBLE', at)
})

const steps = (at: number) => ({
  startTimestamp: at - 15 * 60_000,
  endTimestamp: at,
  dataTypeId: 1000,
  value: String(Math.round(400 * Math.random() * (1 + Math.sin(at / HOUR_MS / 3.8)))),
  additionalDetails: details('Steps', 'LONG', at)
})

const epoch = (endUserId: string, source: (typeof sources)[number], epochData: readonly object[]) => ({
  endUserId,
  type: 'event.data.epoch.create',
  data: { ...source, epochData }
})

const daily = (endUserId: string, source: (typeof sources)[number], at: number) => ({
  endUserId,
  type: 'event.data.daily.update',
  data: {
    ...source,
    dailyData: [
      {
        day: new Date(at).toISOString().slice(0, 10),
        dataTypeId: 1000,
        value: String(6_000 + Math.round(6_000 * Math.random())),
        additionalDetails: details('Steps', 'LONG', at)
      }
    ]
  }
})

/** Posts one delivery. */
type Post = (payload: object | string, signedWith?: string) => Promise<void>

/** Three weeks of the past, so that there is something to see. */
const sendPast = async (post: Post): Promise<void> => {
  const now = Date.now()
  for (const user of users) {
    for (let day = 21; day > 0; day--) {
      const hours = [...Array(24).keys()].map((hour) => now - day * DAY_MS + hour * HOUR_MS)
      await post(epoch(user, sources[0], hours.map(heartRate)))
      if (day % 4 !== 0) await post(epoch(user, sources[1], hours.slice(6, 22).map(steps)))
      await post(daily(user, sources[0], now - day * DAY_MS))
    }
  }
}

/** One delivery of the present; now and then one that makes trouble. */
const sendNext = async (post: Post, turn: number): Promise<void> => {
  const user = pick(users, turn)
  const now = Date.now()
  if (turn % 23 === 7) return post(epoch(user, sources[0], [heartRate(now)]), 'a wrong secret')
  if (turn % 17 === 5) {
    return post(epoch(user, sources[0], [heartRate(now), { ...steps(now), startTimestamp: 'yesterday' }]))
  }
  if (turn % 41 === 11) return post({ ...epoch(user, sources[0], []), type: 'event.data.measurement.create' })
  if (turn % 5 === 0) return post(daily(user, pick(sources, turn), now))
  const times = [...Array(1 + (turn % 30)).keys()].map((second) => now - second * 1_000)
  return post(epoch(user, pick(sources, turn), times.map(turn % 2 === 0 ? heartRate : steps)))
}

/** Serves the page and feeds the receiver until the process is told to end. */
export const runLivePage = async (): Promise<void> => {
  const adapter = memoryAdapter({ maxRecords: 200_000 })
  const webhook = thryveWebhook(secret, adapter, { maxAttempts: 2, logger: silent })
  const page = inspector(webhook, adapter, { sampleSeconds: 5, logger: { warn: console.log, error: console.error } })
  let deliveries = 0
  webhook.on('event.data.daily.update', () => {
    deliveries += 1
    if (deliveries > 63 && deliveries % 9 === 0) throw new Error('a listener that fails, to show dead letters')
  })

  const app = express()
  app.use(webhook)
  app.use('/thryve', page)
  const server = app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const post: Post = async (payload, signedWith = secret) => {
    const { headers, body } = await signedDelivery(payload, { secret: signedWith })
    await fetch(`${origin}/webhooks/thryve`, { method: 'POST', headers, body: Uint8Array.from(body) })
  }
  await sendPast(post)
  console.log(`The page is on ${origin}/thryve (end it with Ctrl+C). A user to look up: ${users[0]}`)

  let turn = 0
  let timer: NodeJS.Timeout | undefined
  const feed = (): void => {
    turn += 1
    void sendNext(post, turn)
      .catch(() => {})
      .then(() => {
        timer = setTimeout(feed, 300 + 900 * Math.random())
      })
  }
  feed()

  const stop = async (): Promise<void> => {
    clearTimeout(timer)
    page.close()
    server.close()
    server.closeAllConnections()
    await webhook.close({ timeoutMs: 2_000 })
    process.exit(0)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}
