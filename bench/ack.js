/**
 * `node bench/ack.js`: how long a delivery waits for its 204, by its number of records. The answer waits for one write of
 * the received bytes, so it should grow with the bytes to read and to write, and not with the records to decode and to
 * store. Interleaved rounds, medians; `stored` is the same delivery with `acknowledgeAfter: 'stored'`. Needs the build.
 */
const { fork } = require('node:child_process')
const { randomUUID } = require('node:crypto')
const { once } = require('node:events')
const { createServer } = require('node:http')
const { performance } = require('node:perf_hooks')
const { mongoAdapter } = require('@thryve-webhook/adapter-mongo')
const { thryveWebhook } = require('@thryve-webhook/middleware')
const { signedDelivery } = require('@thryve-webhook/middleware/testing')
const { startTestMongo } = require('../tools/test-mongo')

const SIZES = [1, 10, 100, 1_000, 10_000, 40_000]
const ROUNDS = 7
const secret = 'bench-secret'

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/** Minutes of steps of a user whom nobody has seen. */
const newDelivery = (size) =>
  signedDelivery(
    {
      endUserId: randomUUID(),
      type: 'event.data.epoch.create',
      data: {
        dataSourceId: 5,
        epochData: Array.from({ length: size }, (_, minute) => ({
          startTimestamp: new Date(Date.UTC(2024, 4, 1) + minute * 60_000).toISOString(),
          dataTypeId: 1000,
          value: String(minute % 170)
        }))
      }
    },
    { secret }
  )

/** The receiver, in a process of its own: its work after the answer must not delay the one who waits for it. */
const serve = async (uri, dbName, acknowledgeAfter) => {
  const adapter = mongoAdapter({ url: uri, dbName })
  await adapter.ensureIndexes()
  const webhook = thryveWebhook(secret, adapter, { acknowledgeAfter, ackDeadlineMs: 600_000 })
  const server = createServer(webhook).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.on('message', async () => {
    await webhook.idle()
    process.send('idle')
  })
  process.send(server.address().port)
}

/** Starts such a process. */
const startHost = async (...parameters) => {
  const child = fork(__filename, ['serve', ...parameters])
  const [port] = await once(child, 'message')
  const idle = async () => {
    child.send('idle?')
    await once(child, 'message')
  }
  return { child, idle, url: `http://127.0.0.1:${port}/webhooks/thryve` }
}

async function main() {
  const mongo = await startTestMongo()
  const dbName = `bench-ack-${randomUUID()}`
  const hosts = {
    durable: await startHost(mongo.uri, dbName, 'durable'),
    stored: await startHost(mongo.uri, dbName, 'stored')
  }
  const times = new Map()
  const bytes = new Map()
  for (let round = -1; round < ROUNDS; round++) {
    for (const size of SIZES) {
      for (const [way, { idle, url }] of Object.entries(hosts)) {
        const { headers, body } = await newDelivery(size)
        bytes.set(size, body.length)
        const started = performance.now()
        const { status } = await fetch(url, { method: 'POST', headers, body })
        const elapsed = performance.now() - started
        if (status !== 204) throw new Error(`answered ${status}`)
        await idle()
        const key = `${way} ${size}`
        if (round >= 0) times.set(key, [...(times.get(key) ?? []), elapsed])
      }
    }
  }
  console.log(`${mongo.kind}, ${ROUNDS} interleaved rounds, medians in ms`)
  console.log('records      bytes   204 when durable   204 when stored   ratio')
  for (const size of SIZES) {
    const durable = median(times.get(`durable ${size}`))
    const stored = median(times.get(`stored ${size}`))
    const columns = [size, bytes.get(size), durable.toFixed(1), stored.toFixed(1), (stored / durable).toFixed(1)]
    console.log(columns.map((value, index) => String(value).padStart([7, 11, 19, 18, 8][index])).join(''))
  }
  for (const { child } of Object.values(hosts)) child.kill()
  await mongo.stop()
}

if (process.argv[2] === 'serve') serve(...process.argv.slice(3))
else main()
