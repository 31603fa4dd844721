/**
 * Builds the Java stand-in once and keeps the result under `java/target/`, which git ignores.
 * On the command line (`node tools/test-mongo/build.js`) it prints the folder of the jars.
 *
 * Several processes may call it at once: one builds behind a lock file, the others wait; the result appears by one
 * rename, so that nobody starts a half-copied server.
 */
const { spawnSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } =
  require('node:fs')
const { join } = require('node:path')

const java = join(__dirname, 'java')
const target = join(java, 'target')
const lock = join(target, '.lock')
const BUILD_TIMEOUT_MS = 300_000

/** Returns the folder of the jars, building them first where the sources changed. Throws with Maven's own words. */
function buildJavaServer() {
  const jars = join(target, sourcesHash())
  mkdirSync(target, { recursive: true })
  while (!existsSync(jars)) {
    if (takeLock()) {
      try {
        if (!existsSync(jars)) buildInto(jars)
      } finally {
        rmSync(lock, { force: true })
      }
    } else {
      sleep(100)
    }
  }
  return jars
}

function sourcesHash() {
  const sources = join(java, 'src', 'main', 'java', 'testmongo')
  const files = [
    join(java, 'pom.xml'),
    ...readdirSync(sources)
      .sort()
      .map((name) => join(sources, name))
  ]
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 16)
}

function buildInto(jars) {
  const unfinished = `${jars}.${process.pid}`
  const maven = spawnSync('mvn', ['-q', '-B', `-Ddirectory=${unfinished}`, 'package'], {
    cwd: java,
    encoding: 'utf8',
    timeout: BUILD_TIMEOUT_MS
  })
  if (maven.status !== 0) {
    rmSync(unfinished, { recursive: true, force: true })
    throw new Error(`mvn package failed: ${maven.error ?? `${maven.stdout}${maven.stderr}`.trim().slice(0, 2_000)}`)
  }
  renameSync(unfinished, jars)
}

/** True when this process holds the lock now. The lock of a process that is gone is taken over. */
function takeLock() {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  if (!isLockHeld()) rmSync(lock, { force: true })
  return false
}

function isLockHeld() {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    // Between its creation and the writing of the pid the file is empty, for an instant.
    if (!pid) return Date.now() - statSync(lock).mtimeMs < 10_000
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

module.exports = { buildJavaServer }

if (require.main === module) console.log(buildJavaServer())
