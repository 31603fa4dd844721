/**
 * How long an honest delivery and another route of the host take, in quiet and while ten attackers do their worst:
 * `npm run attack [-- --seconds 20]`. It prints medians and their ratios; times depend on the machine, ratios less.
 */
const { fork } = require('node:child_process')
const http = require('node:http')
const { once } = require('node:events')
const { join } = require('node:path')
const { performance } = require('node:perf_hooks')
const { setTimeout: sleep } = require('node:timers/promises')
const { parseArgs } = require('node:util')
const { epochRecord, signedDelivery } = require('@thryve-webhook/middleware/testing')
const { encodeDelivery } = require('@thryve-webhook/middleware')

const agent = new http.Agent({ keepAlive: true })

const timed = (port, options, body) =>
  new Promise((resolve, reject) => {
    const startedMs = performance.now()
    const request = http.request({ port, agent, ...options }, (response) => {
      response.resume()
      response.on('end', () => resolve({ status: response.statusCode, ms: performance.now() - startedMs }))
    })
    request.on('error', reject)
    request.end(body)
  })

const honest = async (port, index) => {
  const endUserId = `synthetic-user-${index}`
  const records = Array.from({ length: 100 }, (_, at) => ({ ...epochRecord(), endUserId, dataTypeId: at }))
  const event = { type: 'event.data.epoch.create', endUserId, timestampType: 'ISO', records }
  const { headers, body } = await signedDelivery(JSON.stringify(encodeDelivery(event)), { secret: 'synthetic-secret' })
  return timed(port, { path: '/webhooks/thryve', method: 'POST', headers }, body)
}

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]

const summary = (answers) => {
  const sorted = answers.map(({ ms }) => ms).sort((one, other) => one - other)
  return {
    answers: answers.length,
    failed: answers.filter(({ status }) => status >= 300).length,
    median: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99)
  }
}

const measure = async (port, seconds, offset) => {
  const endsAtMs = performance.now() + seconds * 1_000
  const [deliveries, others] = [[], []]
  for (let index = offset; performance.now() < endsAtMs; index++) {
    deliveries.push(await honest(port, index))
    others.push(await timed(port, { path: '/other' }))
    await sleep(20)
  }
  return { 'honest delivery': summary(deliveries), 'other route': summary(others) }
}

const main = async () => {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '15' } } })
  const seconds = Number(values.seconds)
  const server = fork(join(__dirname, 'server.js'))
  const [{ port }] = await once(server, 'message')
  await measure(port, 2, 0)
  const quiet = await measure(port, seconds, 1_000_000)
  const attackers = fork(join(__dirname, 'attackers.js'), [String(port)])
  await once(attackers, 'message')
  await sleep(2_000)
  const attacked = await measure(port, seconds, 2_000_000)
  attackers.disconnect()
  server.disconnect()
  agent.destroy()
  const round = (number) => Math.round(number * 100) / 100
  console.table(
    Object.keys(quiet).flatMap((what) =>
      ['median', 'p99'].map((figure) => ({
        what,
        figure,
        quietMs: round(quiet[what][figure]),
        attackedMs: round(attacked[what][figure]),
        ratio: round(attacked[what][figure] / quiet[what][figure]),
        answers: attacked[what].answers,
        failed: attacked[what].failed
      }))
    )
  )
}

void main()
