/** One receiver as a host runs it: a process of its own, to be killed. Plain JavaScript on the built packages. */
const { appendFileSync } = require('node:fs')
const { createServer } = require('node:http')
const { setTimeout: sleep } = require('node:timers/promises')
const { mongoAdapter } = require('@thryve-webhook/adapter-mongo')
const { thryveWebhook } = require('@thryve-webhook/middleware')
const { dying } = require('./dying')

const { uri, database, secret, port, heardFile, leaseSeconds, dieAt, clockSkewMs = 0 } = JSON.parse(process.argv[2])

/** Machines disagree about the time; leases must not. */
const skewedClock = {
  now: () => Date.now() + clockSkewMs,
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms).unref()
    return () => clearTimeout(timer)
  }
}

const adapter = mongoAdapter({ url: uri, dbName: database })
const webhook = thryveWebhook(secret, dying(adapter, dieAt), {
  leaseSeconds,
  clock: skewedClock,
  // Only codes: what a storm brings is no news.
  logger: { warn: () => {}, error: () => {} }
})

webhook.on('*', async ({ deliveryId }) => {
  if (dieAt === 'in a listener') process.kill(process.pid, 'SIGKILL')
  // Long enough to be killed in.
  await sleep(20 * Math.random())
  // Synchronous: once the call returns, a SIGKILL of this process cannot take it back.
  appendFileSync(heardFile, `${deliveryId}\n`)
})

const server = createServer(webhook).listen(port, '127.0.0.1', function listening() {
  console.log(`listening ${this.address().port}`)
})

process.once('SIGTERM', async () => {
  server.close()
  await webhook.close({ timeoutMs: 2_000 })
  await Promise.race([adapter.close(), sleep(1_000)])
  process.exit()
})

// The test holds the other end: when it goes, however it goes, so does this.
process.stdin.on('end', () => process.exit()).resume()
