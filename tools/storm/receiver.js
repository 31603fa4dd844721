/** One receiver as a host runs it: a process of its own, to be killed. Plain JavaScript on the built packages. */
const { appendFileSync } = require('node:fs')
const { createServer } = require('node:http')
const { setTimeout: sleep } = require('node:timers/promises')
const { mongoAdapter } = require('@thryve-webhook/adapter-mongo')
const { thryveWebhook } = require('@thryve-webhook/middleware')
const { dying } = require('./dying')

const { uri, database, secret, port, heardFile, leaseSeconds, dieAt } = JSON.parse(process.argv[2])

const webhook = thryveWebhook(secret, dying(mongoAdapter({ url: uri, dbName: database }), dieAt), {
  leaseSeconds,
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

createServer(webhook).listen(port, '127.0.0.1', function listening() {
  console.log(`listening ${this.address().port}`)
})

// The test holds the other end: when it goes, however it goes, so does this.
process.stdin.on('end', () => process.exit()).resume()
