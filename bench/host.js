/** What every server of the bench that runs on Node has beside itself: a control port, and a life no longer than the bench's. */
const { once } = require('node:events')
const { createServer } = require('node:http')
const { Session } = require('node:inspector/promises')

const profiler = () => {
  let session
  return {
    async start() {
      session = new Session()
      session.connect()
      await session.post('Profiler.enable')
      await session.post('Profiler.start')
    },
    async stop() {
      const { profile } = await session.post('Profiler.stop')
      session.disconnect()
      return profile
    }
  }
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

const readJson = async (request) => {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text === '' ? undefined : JSON.parse(text)
}

/**
 * Serves on a free port, says where in one line of JSON, and ends with its standard input.
 *
 * @param {import('node:http').Server} server
 * @param {object} store
 * @param {(userIds: string[]) => number | Promise<number>} [store.count] how many records are held, where the bench cannot look itself
 * @param {(parameter: unknown) => void | Promise<void>} store.reset forgets all of them
 * @param {() => Promise<void>} [store.idle] resolves when nothing is being worked on
 */
const host = async (server, { count, reset, idle = async () => {} }) => {
  const profile = profiler()
  const controls = {
    '/usage': async () => {
      await idle()
      return { cpuSeconds: cpuSeconds(), peakBytes: process.resourceUsage().maxRSS * 1_024 }
    },
    '/count': async (userIds) => count(userIds),
    '/reset': async (parameter) => {
      await reset(parameter)
      return true
    },
    '/profile/start': async () => {
      await profile.start()
      return true
    },
    '/profile/stop': () => profile.stop()
  }
  const control = createServer(async (request, response) => {
    try {
      response.end(JSON.stringify(await controls[request.url](await readJson(request))))
    } catch (error) {
      response.writeHead(500).end(String(error.stack))
    }
  })
  const ports = []
  for (const each of [server, control]) {
    each.listen(0, '127.0.0.1')
    await once(each, 'listening')
    ports.push(each.address().port)
  }
  process.stdin.on('end', () => process.exit()).resume()
  console.log(JSON.stringify({ port: ports[0], controlPort: ports[1] }))
}

module.exports = { host }
