/** Finds out which MongoDB this machine can offer to tests. */
const { spawnSync } = require('node:child_process')
const { accessSync, constants } = require('node:fs')
const { delimiter, join } = require('node:path')
const { buildJavaServer } = require('./build')

/** @type {import('./index').findTestMongo} */
function findTestMongo(options = {}) {
  const isOwn = options.backend === 'file' || options.port !== undefined
  if (process.env.MONGODB_URI && !isOwn) return { kind: 'uri', uri: process.env.MONGODB_URI }

  const mongod = onPath('mongod') ?? fromMemoryServer()
  if (mongod) return { kind: 'mongod', command: mongod }

  const missing = missingForJava()
  if (missing) return { kind: 'none', reason: `MONGODB_URI is not set, there is no mongod, and ${missing}` }
  try {
    return { kind: 'mongo-java-server', jars: buildJavaServer() }
  } catch (error) {
    return { kind: 'none', reason: `MONGODB_URI is not set, there is no mongod, and ${error.message}` }
  }
}

function onPath(command) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, command)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // Not in this folder.
    }
  }
  return undefined
}

/** The binary that mongodb-memory-server has downloaded, where the host has installed that package. */
function fromMemoryServer() {
  try {
    const script = "require('mongodb-memory-server').MongoBinary.getPath().then(path => process.stdout.write(path))"
    require.resolve('mongodb-memory-server')
    const found = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 120_000 })
    return found.status === 0 && found.stdout !== '' ? found.stdout : undefined
  } catch {
    return undefined
  }
}

function missingForJava() {
  if (!onPath('mvn')) return 'mvn is not on the PATH'
  if (!onPath('java')) return 'java is not on the PATH'
  const version = spawnSync('java', ['-version'], { encoding: 'utf8' })
  const major = Number(/version "(\d+)/.exec(`${version.stderr}${version.stdout}`)?.[1])
  return major >= 17 ? undefined : 'java is older than 17'
}

module.exports = { findTestMongo }
