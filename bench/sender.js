/** Posts deliveries over connections that stay open, and asks another route meanwhile. */
const { Agent, request } = require('node:http')
const { performance } = require('node:perf_hooks')

const send = ({ port, path, agent, method, headers, body }) =>
  new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, agent, method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
    outgoing.on('error', reject).end(body)
  })

/**
 * Posts all deliveries, `connections` at a time, each connection the next one as soon as it has its answer.
 *
 * @returns {Promise<number[]>} how long each waited for its answer, in ms
 */
const postAll = async (port, deliveries, connections) => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const answeredAfterMs = []
  let next = 0
  const drive = async () => {
    while (next < deliveries.length) {
      const { headers, body } = deliveries[next++]
      const startedAt = performance.now()
      const status = await send({ port, path: '/webhooks/thryve', agent, method: 'POST', headers, body })
      if (status !== 204) throw new Error(`A delivery was answered ${status}.`)
      answeredAfterMs.push(performance.now() - startedAt)
    }
  }
  try {
    await Promise.all(Array.from({ length: connections }, drive))
  } finally {
    agent.destroy()
  }
  return answeredAfterMs
}

const PROBE_EVERY_MS = 5

/**
 * Asks the other route every 5 ms while `work` lasts, whether or not the question before was answered: a server that
 * stands still delays all who come meanwhile.
 *
 * @returns {Promise<number[]>} how long each question waited, in ms
 */
const probeDuring = async (port, work) => {
  const agent = new Agent({ keepAlive: true })
  const waits = []
  const ask = async () => {
    const startedAt = performance.now()
    await send({ port, path: '/health', agent, method: 'GET' })
    waits.push(performance.now() - startedAt)
  }
  // A connection opened while the server stands still would be the first thing measured.
  await Promise.all(Array.from({ length: 32 }, ask))
  waits.length = 0
  const asked = []
  const timer = setInterval(() => asked.push(ask()), PROBE_EVERY_MS)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  await Promise.all(asked)
  agent.destroy()
  return waits
}

module.exports = { postAll, probeDuring }
