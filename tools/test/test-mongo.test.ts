import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { findTestMongo, startTestMongo, type TestMongo } from '../test-mongo'
import { describeWithMongo } from '../test-mongo/jest'

const helper = resolve(__dirname, '../test-mongo')

const suiteFolder = mkdtempSync(join(tmpdir(), 'test-mongo-suite-'))
afterAll(() => rmSync(suiteFolder, { recursive: true, force: true }))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'test-mongo-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function ping(uri: string): Promise<unknown> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 2_000 })
  try {
    return await client.db('admin').command({ ping: 1 })
  } finally {
    await client.close()
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A zombie answers to signal 0, until its parent has asked for its end.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

async function isGoneSoon(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 200 && isAlive(pid); tries++) await sleep(50)
  return !isAlive(pid)
}

describeWithMongo('startTestMongo: a server in memory', (mongo) => {
  test('answers', async () => {
    await expect(ping(mongo.uri())).resolves.toMatchObject({ ok: 1 })
  })

  test('gives every caller a database of its own', () => {
    expect(mongo.freshDatabase()).not.toBe(mongo.freshDatabase())
  })
})

describeWithMongo(
  'startTestMongo: a server with a file',
  () => {
    const started: TestMongo[] = []
    afterEach(async () => {
      for (const server of started.splice(0)) await server.stop()
    })
    async function start(options: { dataFile: string; port?: number }): Promise<TestMongo> {
      const server = await startTestMongo({ backend: 'file', ...options })
      started.push(server)
      return server
    }

    test('kill -9 right after an acknowledged write, then a start at the same address: the write is there', async () => {
      const dataFile = join(folder, 'data')
      const first = await start({ dataFile })
      const client = new MongoClient(first.uri)
      const notes = client.db('kept').collection<{ _id: number; text?: string }>('notes')
      for (let _id = 0; _id < 20; _id++) await notes.insertOne({ _id })
      await notes.updateOne({ _id: 7, text: { $exists: false } }, { $set: { text: 'changed' } })
      await first.kill('SIGKILL')
      await client.close()

      const port = Number(new URL(first.uri).port)
      const second = await start({ dataFile, port })
      expect(second.uri).toBe(first.uri)
      const again = new MongoClient(second.uri)
      const documents = await again.db('kept').collection('notes').find().sort({ _id: 1 }).toArray()
      await again.close()
      expect(documents).toHaveLength(20)
      expect(documents[7]).toEqual({ _id: 7, text: 'changed' })
    })

    test('stop: the process is gone, twice is harmless', async () => {
      const server = await start({ dataFile: join(folder, 'data') })
      await server.stop()
      await server.stop()
      expect(isAlive(server.pid as number)).toBe(false)
      await expect(ping(server.uri)).rejects.toThrow()
    })

    test.each(['SIGKILL', 'SIGTERM'] as const)('the parent gets %s: the server ends with it', async (signal) => {
      const parent = spawn(process.execPath, ['-e', startAndSay(join(folder, 'data'))], {
        stdio: ['ignore', 'pipe', 'inherit']
      })
      const [line] = (await once(parent.stdout, 'data')) as [Buffer]
      const pid = Number(line.toString())
      expect(isAlive(pid)).toBe(true)

      parent.kill(signal)
      await expect(isGoneSoon(pid)).resolves.toBe(true)
    })

    test('a script that never stops its server: both end', async () => {
      const script = spawn(process.execPath, ['-e', startAndSay(join(folder, 'data'), 'setTimeout(() => {}, 200)')], {
        stdio: ['ignore', 'pipe', 'inherit']
      })
      const [line] = (await once(script.stdout, 'data')) as [Buffer]
      if (script.exitCode === null) await once(script, 'exit')
      await expect(isGoneSoon(Number(line.toString()))).resolves.toBe(true)
    })

    test('no dataFile: a TypeError that names the option', async () => {
      await expect(startTestMongo({ backend: 'file' })).rejects.toThrow(/^Option "dataFile" is missing/)
    })
  },
  { backend: 'file', dataFile: join(suiteFolder, 'data') }
)

function startAndSay(dataFile: string, then = 'setInterval(() => {}, 1_000)'): string {
  return `require(${JSON.stringify(helper)}).startTestMongo({ backend: 'file', dataFile: ${JSON.stringify(dataFile)} })
    .then(server => { console.log(server.pid); ${then} })`
}

describe('findTestMongo', () => {
  const environment = { ...process.env }
  afterEach(() => {
    process.env = { ...environment }
  })

  test('MONGODB_URI comes first, but is never killed or restarted', () => {
    process.env['MONGODB_URI'] = 'mongodb://somewhere'
    process.env['PATH'] = folder
    expect(findTestMongo()).toEqual({ kind: 'uri', uri: 'mongodb://somewhere' })
    expect(findTestMongo({ backend: 'file', dataFile: 'x' })).toMatchObject({ kind: 'none' })
  })

  test('nothing there: says what is missing', () => {
    delete process.env['MONGODB_URI']
    process.env['PATH'] = folder
    const found = findTestMongo()
    expect(found).toMatchObject({ kind: 'none', reason: expect.stringContaining('mvn is not on the PATH') })
  })

  test('a mongod on the PATH comes before Java; it is killed with its keeper', async () => {
    delete process.env['MONGODB_URI']
    process.env['PATH'] = `${folder}${delimiter}${environment['PATH']}`
    standInForMongod(join(folder, 'mongod'))
    expect(findTestMongo()).toEqual({ kind: 'mongod', command: join(folder, 'mongod') })

    const server = await startTestMongo()
    const pid = server.pid as number
    expect(server.kind).toBe('mongod')
    expect(isAlive(pid)).toBe(true)
    const dbpath = readFileSync(join(folder, 'dbpath'), 'utf8')
    expect(existsSync(dbpath)).toBe(true)

    await server.stop()
    await expect(isGoneSoon(pid)).resolves.toBe(true)
    expect(existsSync(dbpath)).toBe(false)
  })

  /** Takes mongod's options and listens, no more: it stands in for the process, not for the database. */
  function standInForMongod(file: string): void {
    writeFileSync(
      file,
      `#!${process.execPath}
      const option = name => process.argv[process.argv.indexOf(name) + 1]
      require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'dbpath'))}, option('--dbpath'))
      require('node:net').createServer().listen(Number(option('--port')), option('--bind_ip'))`
    )
    chmodSync(file, 0o755)
  }
})
