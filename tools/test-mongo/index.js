/** Starts and stops a MongoDB for tests, benchmarks and examples. Plain JavaScript, so that a script needs no build. */
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { mkdirSync, mkdtempSync, rmSync } = require('node:fs')
const { connect, createServer } = require('node:net')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { findTestMongo } = require('./find')

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 5_000
const FATAL_SIGNALS = new Set(['SIGKILL', 'SIGTERM', 'SIGINT'])

/** @type {import('./index').startTestMongo} */
async function startTestMongo(options = {}) {
  if (options.backend === 'file' && !options.dataFile) {
    throw new TypeError('Option "dataFile" is missing: a server with backend "file" needs a path to keep its data at.')
  }
  const found = findTestMongo(options)
  if (found.kind === 'none') throw new Error(`There is no MongoDB for tests: ${found.reason}.`)
  if (found.kind === 'uri') return givenServer(found.uri)
  return found.kind === 'mongod' ? startMongod(found.command, options) : startJava(found.jars, options)
}

function givenServer(uri) {
  return {
    uri,
    kind: 'uri',
    async stop() {},
    async kill() {
      throw new Error('The server that MONGODB_URI names is not this process’s to kill.')
    }
  }
}

async function startJava(jars, { backend = 'memory', dataFile, port = 0 }) {
  const args = ['-XX:+UseSerialGC', '-Xmx2g', '-cp', join(jars, '*'), 'testmongo.TestMongo', backend, String(port)]
  if (backend === 'file') args.push(dataFile)
  const child = spawn('java', args)
  const boundPort = await firstLine(child, 'listening')
  return ownServer('mongo-java-server', child, { pid: child.pid, port: boundPort })
}

async function startMongod(command, { backend = 'memory', dataFile, port }) {
  const folder = backend === 'file' ? dataFile : mkdtempSync(join(tmpdir(), 'test-mongo-'))
  mkdirSync(folder, { recursive: true })
  const boundPort = port || (await freePort())
  const args = ['--dbpath', folder, '--port', String(boundPort), '--bind_ip', '127.0.0.1', '--nounixsocket', '--quiet']
  const child = spawn(process.execPath, [join(__dirname, 'keep.js'), command, ...args])
  const pid = await firstLine(child, 'pid')
  await listening(boundPort, child)
  const cleanUp = () => {
    if (backend === 'memory') rmSync(folder, { recursive: true, force: true })
  }
  return ownServer('mongod', child, { pid, port: boundPort, cleanUp })
}

function ownServer(kind, child, { pid, port, cleanUp = () => {} }) {
  const gone = new Promise((resolve) => {
    if (isGone(child)) resolve()
    else child.once('exit', resolve)
  }).then(cleanUp)
  // A script that forgets to stop its server can still end, and the server with it.
  for (const handle of [child, child.stdin, child.stdout, child.stderr]) handle.unref()

  return {
    uri: `mongodb://127.0.0.1:${port}`,
    kind,
    pid,
    async stop() {
      if (!isGone(child)) child.ref()
      child.stdin.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
      await gone
      clearTimeout(timer)
    },
    async kill(signal = 'SIGKILL') {
      if (isGone(child)) return
      process.kill(pid, signal)
      if (!FATAL_SIGNALS.has(signal)) return
      child.ref()
      await gone
    }
  }
}

function isGone(child) {
  return child.exitCode !== null || child.signalCode !== null
}

/** Waits for the line `WORD NUMBER`; fails with what the child wrote when it ends or says nothing for too long. */
function firstLine(child, word) {
  return new Promise((resolve, reject) => {
    const line = new RegExp(`^${word} (\\d+)$`, 'm')
    let output = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS)
    const fail = (reason) => {
      clearTimeout(timer)
      reject(new Error(`The test MongoDB did not start: ${output.trim() || reason}`))
    }
    const read = (chunk) => {
      output = `${output}${chunk}`.slice(-4_000)
      const found = line.exec(output)
      if (!found) return
      clearTimeout(timer)
      resolve(Number(found[1]))
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', (error) => fail(error.message))
    child.once('close', () => fail('it ended without a word'))
  })
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function listening(port, child) {
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end && child.exitCode === null; await sleep(50)) {
    const isOpen = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (isOpen) return
  }
  child.kill('SIGKILL')
  throw new Error(`The test MongoDB did not start listening on port ${port}.`)
}

module.exports = { findTestMongo, startTestMongo }
