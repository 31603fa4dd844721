/**
 * `node --expose-gc tools/soak.js [seconds]`: deliveries over HTTP into MongoDB for minutes, and then nothing may have
 * grown: heap, sockets, leases. Exits 1 otherwise. Needs the build and a test MongoDB.
 */
const { randomUUID } = require('node:crypto')
const { once } = require('node:events')
const { Agent, createServer, request } = require('node:http')
const { mongoAdapter } = require('@thryve-webhook/adapter-mongo')
const { thryveWebhook } = require('@thryve-webhook/middleware')
const { signedDelivery } = require('@thryve-webhook/middleware/testing')
const { startTestMongo } = require('./test-mongo')

const SECONDS = Number(process.argv[2] ?? 300)
const SAMPLES = 30
/** Code that is compiled late and pools that fill up. A leak of 1 kB a delivery shows after some thousands. */
const ALLOWED_GROWTH_BYTES = 6 * 1_024 * 1_024
const secret = 'soak-secret'

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

const payload = (index) => ({
  endUserId: `synthetic-user-${index % 50}`,
  type: index % 3 === 0 ? 'event.data.epoch.update' : 'event.data.epoch.create',
  data: {
    dataSourceId: 5,
    epochData: Array.from({ length: 20 }, (_, minute) => ({
      startTimestamp: new Date(Date.UTC(2024, 4, 1) + ((index % 100) * 20 + minute) * 60_000).toISOString(),
      dataTypeId: index % 97 === 0 ? 'bad' : 1000,
      value: String(index % 170)
    }))
  }
})

const post = (url, agent, { headers, body }) =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers, agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
    outgoing.on('error', reject).end(body)
  })

const usedHeap = () => {
  global.gc()
  return process.memoryUsage().heapUsed
}

async function main() {
  const mongo = await startTestMongo()
  const adapter = mongoAdapter({ url: mongo.uri, dbName: `soak-${randomUUID()}` })
  const quiet = { warn: () => {}, error: () => {} }
  const webhook = thryveWebhook(secret, adapter, { dedupeSeconds: 5, logger: quiet })
  let heard = 0
  let failures = 0
  webhook.on('*', ({ attempt }) => {
    heard += 1
    if (attempt === 1 && heard % 200 === 0) {
      failures += 1
      throw new Error('now and then')
    }
  })
  const server = createServer(webhook).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}/webhooks/thryve`
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })

  const heaps = []
  const answers = {}
  const startedAt = Date.now()
  let sent = 0
  while (Date.now() - startedAt < SECONDS * 1_000) {
    const batch = await Promise.all(
      [0, 1, 2, 3].map((n) => signedDelivery(payload(sent + n), { secret, timestamp: String(Date.now()) }))
    )
    for (const status of await Promise.all(batch.map((delivery) => post(url, agent, delivery)))) {
      answers[status] = (answers[status] ?? 0) + 1
    }
    sent += batch.length
    const due = ((heaps.length + 1) * SECONDS * 1_000) / SAMPLES
    if (Date.now() - startedAt >= due) {
      await webhook.idle()
      heaps.push(usedHeap())
    }
  }
  while ((await adapter.inbox.stats()).ready > 0) await new Promise((resolve) => setTimeout(resolve, 100))
  await webhook.idle()
  const { ready, leased, dead } = await adapter.inbox.stats()

  agent.destroy()
  server.close()
  await webhook.close()
  await adapter.close()
  await mongo.stop()
  await new Promise((resolve) => setTimeout(resolve, 200))
  const left = process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|Immediate/.test(name))

  const third = Math.floor(heaps.length / 3)
  const growth = median(heaps.slice(-third)) - median(heaps.slice(third, 2 * third))
  const report = {
    seconds: SECONDS,
    sent,
    answers,
    heard,
    failures,
    heapGrowthBytes: growth,
    ready,
    leased,
    dead,
    left
  }
  console.log(`soak: ${JSON.stringify(report)}`)
  const isSound = growth < ALLOWED_GROWTH_BYTES && ready + leased + dead === 0 && left.length === 0 && answers[204] > 0
  process.exitCode = isSound ? 0 : 1
}

main()
