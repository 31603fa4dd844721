/** Who takes part, and how each is started. What cannot be had here is left out, loudly. */
const { execFileSync } = require('node:child_process')
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { nodeBinary } = require('../tools/node-version')

const CACHE = join(__dirname, '../node_modules/.cache/bench')
const SERVERS = join(__dirname, 'servers')

/** Servers on Node with a memory store. */
const ON_NODE = [
  { name: 'floor', label: '(a) floor: node:http, no validation', script: 'floor.js' },
  { name: 'express-parse', label: 'Express 5, only reads, verifies, parses', script: 'express-parse.js' },
  { name: 'express-zod', label: '(b) Express 5 + zod 4', script: 'express-zod.js' },
  { name: 'express-io-ts', label: '(c) Express 5 + composed io-ts', script: 'express-io-ts.js' },
  { name: 'fastify-typebox', label: '(d) Fastify + compiled TypeBox', script: 'fastify-typebox.js' },
  { name: 'ours-express', label: 'ours, Express 5, default options', script: 'ours-express.js' },
  { name: 'ours-http', label: 'ours, node:http', script: 'ours-http.js' },
  { name: 'ours-stored', label: "ours, node:http, 'stored'", script: 'ours-http.js', args: ['stored'] }
]

/** Servers on Node with MongoDB; the database's URI is their last argument. */
const ON_MONGO = [
  { name: 'express-zod-mongo', label: "(b') Express 5 + zod 4 + bulkWrite", script: 'express-zod-mongo.js' },
  { name: 'ours-mongo', label: 'ours, Express 5, adapter-mongo', script: 'ours-mongo.js' },
  { name: 'ours-mongo-stored', label: "ours, the same, 'stored'", script: 'ours-mongo.js', args: ['stored'] }
]

const onNode = (version, { name, label, script, args = [] }) => ({
  name: `${name}@${version}`,
  label,
  runtime: `Node ${version}`,
  kind: name,
  command: nodeBinary(version),
  args: [join(SERVERS, script), ...args]
})

const goServer = (name, label, tags) => {
  const folder = join(SERVERS, 'go')
  const binary = join(CACHE, process.platform === 'win32' ? `${name}.exe` : name)
  mkdirSync(CACHE, { recursive: true })
  execFileSync('go', ['build', '-tags', tags, '-o', binary, '.'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit']
  })
  const version = execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).trim().slice(2)
  return { name, label, runtime: `Go ${version}`, kind: name, command: binary, args: [] }
}

const pythonServer = () => {
  const folder = join(SERVERS, 'fastapi')
  const requirements = join(folder, 'requirements.txt')
  const venv = join(CACHE, 'venv')
  const python = process.platform === 'win32' ? join(venv, 'Scripts/python.exe') : join(venv, 'bin/python')
  const stamp = join(venv, 'installed.txt')
  const wanted = readFileSync(requirements, 'utf8')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    const quietly = { stdio: ['ignore', 'ignore', 'inherit'] }
    execFileSync('python3', ['-m', 'venv', '--clear', venv], quietly)
    execFileSync(
      python,
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements],
      quietly
    )
    writeFileSync(stamp, wanted)
  }
  const version = execFileSync(python, ['-c', 'import platform; print(platform.python_version())'], {
    encoding: 'utf8'
  })
  return {
    name: 'fastapi',
    label: '(f) FastAPI + pydantic 2',
    runtime: `Python ${version.trim()}`,
    kind: 'fastapi',
    command: python,
    args: [join(folder, 'server.py')]
  }
}

const NOT_NODE = [
  { name: 'go', open: () => goServer('go', '(e) Go, encoding/json', 'standard') },
  { name: 'go-sonic', open: () => goServer('go-sonic', "(e') Go, sonic", 'sonic') },
  { name: 'fastapi', open: pythonServer }
]

/** Leaves out, loudly, what cannot be had. */
const openOrSkip = (name, open) => {
  try {
    return [open()]
  } catch (error) {
    console.warn(`SKIPPED: ${name} cannot be had here. ${error.message.split('\n')[0]}`)
    return []
  }
}

/**
 * @param {string[]} versions major versions of Node
 * @param {(name: string) => boolean} isWanted
 */
const memoryContestants = (versions, isWanted) => [
  ...versions.flatMap((version) =>
    ON_NODE.filter(({ name }) => isWanted(name)).flatMap((each) =>
      openOrSkip(`${each.name} on Node ${version}`, () => onNode(version, each))
    )
  ),
  ...NOT_NODE.filter(({ name }) => isWanted(name)).flatMap(({ name, open }) => openOrSkip(name, open))
]

/** The same for those with MongoDB. */
const mongoContestants = (versions, isWanted) =>
  versions.flatMap((version) =>
    ON_MONGO.filter(({ name }) => isWanted(name)).flatMap((each) =>
      openOrSkip(`${each.name} on Node ${version}`, () => onNode(version, each))
    )
  )

/** All names that can be asked for. */
const NAMES = [...ON_NODE, ...NOT_NODE, ...ON_MONGO].map(({ name }) => name)

module.exports = { CACHE, NAMES, memoryContestants, mongoContestants }
