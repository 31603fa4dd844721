/** The operator's commands on MongoDB: in this process, as processes, killed, interrupted and unreachable. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { type MongoAdapter, mongoAdapter } from '@thryve-webhook/adapter-mongo'
import {
  dailyRecord,
  epochRecord,
  quarantineItem,
  rawDelivery,
  saveBatch,
  versioned
} from '@thryve-webhook/middleware/testing'
import { describeWithMongo } from '../../../tools/test-mongo/jest'
import { run } from '../src/run'
import { folderWith, runBin } from './config-store'
import { fakeTerminal } from './fake-terminal'

const bin = join(__dirname, '../dist/bin.js')
const { folder, remove } = folderWith({})
afterAll(remove)

const endUserId = 'synthetic-user'
/** 40 at each instant, so that a cut falls between two of one instant. Texts hold what a format must quote. */
const records = [
  ...Array.from({ length: 6_000 }, (_, index) =>
    versioned(
      epochRecord({
        endUserId,
        startTimestamp: new Date(Date.UTC(2024, 4, 1, 8, Math.floor(index / 40))),
        dataSourceId: index % 40,
        dataTypeId: 1000 + (index % 3),
        value: `"${index}",\n…`,
        parsedValue: `"${index}",\n…`,
        valueType: 'STRING'
      })
    )
  ),
  ...Array.from({ length: 50 }, (_, index) =>
    versioned(
      dailyRecord({ endUserId, day: `2024-05-${String(1 + (index % 25)).padStart(2, '0')}`, dataSourceId: index })
    )
  )
]

describeWithMongo('the operator, on MongoDB', (mongo) => {
  let adapter: MongoAdapter
  let database = ''
  const env = () => ({ MONGODB_URI: mongo.uri() })
  const cli = (...words: string[]) => runBin([...words, '--database', database], folder, env())

  beforeAll(async () => {
    database = mongo.freshDatabase()
    adapter = mongoAdapter({ url: mongo.uri(), dbName: database })
    await adapter.save(saveBatch(...records))
  })
  afterAll(() => adapter.close())

  const exportWords = (format: string, out: string, ...more: string[]) => [
    'export',
    '--user',
    endUserId,
    '--format',
    format,
    '--out',
    join(folder, out),
    '--database',
    database,
    ...more
  ]

  const exportUncut = async (format: string): Promise<Buffer> => {
    const out = `whole.${format}`
    if (!existsSync(join(folder, out))) expect((await cli(...exportWords(format, out))).code).toBe(0)
    return readFileSync(join(folder, out))
  }

  describe.each(['ndjson', 'csv'])('export as %s', (format) => {
    test('cut anywhere, goes on to the same bytes', async () => {
      const words = (out: string, ...more: string[]) =>
        exportWords(format, out, '--to', '2024-05-01T08:20:00Z', '--json', ...more)
      const exportHere = async (out: string, ...more: string[]) => {
        const terminal = fakeTerminal(env())
        expect(await run(words(out, ...more), terminal)).toBe(0)
        const counts = JSON.parse(terminal.written.stdout)
        return { bytes: readFileSync(join(folder, out)), count: counts.records + counts.recordsBefore }
      }
      const whole = await exportHere(`short.${format}`)
      expect(whole.count).toBe(802)
      const { length } = whole.bytes
      const middle = Math.floor(length / 2)
      for (const cut of [0, 1, middle, middle + 1, middle + 77, length - 1, length]) {
        const out = `cut-${cut}.${format}`
        copyFileSync(join(folder, `short.${format}`), join(folder, out))
        truncateSync(join(folder, out), cut)
        const { bytes, count } = await exportHere(out, '--resume')
        expect([count, bytes.equals(whole.bytes)]).toEqual([whole.count, true])
      }
    })

    test('killed half-way, goes on to the same bytes', async () => {
      const whole = await exportUncut(format)
      const out = `killed.${format}`
      const file = join(folder, out)
      const child = spawn(process.execPath, [bin, ...exportWords(format, out)], {
        env: { ...process.env, ...env() },
        stdio: 'ignore'
      })
      const exited = once(child, 'exit')
      while (child.exitCode === null && !(existsSync(file) && statSync(file).size > 0)) await new Promise(setImmediate)
      child.kill('SIGKILL')
      await exited
      expect(statSync(file).size).toBeLessThan(whole.length)
      const { code, stderr } = await cli(...exportWords(format, out, '--resume'))
      expect([code, stderr]).toEqual([0, expect.stringMatching(/^exported: \d+ records/)])
      expect(readFileSync(file).equals(whole)).toBe(true)
    })
  })

  test('export: resumed for another user, or in another format, 1 and the file as it was', async () => {
    const whole = await exportUncut('ndjson')
    const file = join(folder, 'whole.ndjson')
    for (const [user, format] of [
      ['somebody', 'ndjson'],
      [endUserId, 'csv']
    ] as const) {
      const { code, stderr } = await cli('export', '--user', user, '--format', format, '--out', file, '--resume')
      expect([code, stderr]).toEqual([1, expect.stringContaining('cannot be resumed; it was left as it is')])
      expect(readFileSync(file).equals(whole)).toBe(true)
    }
  })

  test('export: a reader that leaves early, no message', async () => {
    const child = spawn(process.execPath, [bin, 'export', '--user', endUserId, '--database', database], {
      env: { ...process.env, ...env() },
      cwd: folder
    })
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    await once(child.stdout, 'data')
    child.stdout.destroy()
    await once(child, 'exit')
    expect(stderr).not.toMatch(/EPIPE|Error|at /)
  })

  test('export: Ctrl-C while nobody reads on, whole records, the summary and 130', async () => {
    const child = spawn(process.execPath, [bin, 'export', '--user', endUserId, '--database', database], {
      env: { ...process.env, ...env() },
      cwd: folder
    })
    const exited = once(child, 'exit')
    let [stdout, stderr] = ['', '']
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    await once(child.stdout, 'readable')
    child.kill('SIGINT')
    for await (const chunk of child.stdout) stdout += chunk
    expect((await exited)[0]).toBe(130)
    const lines = stdout.trimEnd().split('\n')
    for (const line of lines) JSON.parse(line)
    expect(lines.length).toBeLessThan(records.length)
    expect(stderr).toBe(`exported: ${lines.length} records\n`)
  })

  test('inbox: listed, shown, dropped and requeued over two pages', async () => {
    const bury = async (): Promise<void> => {
      const put = await adapter.inbox.put(rawDelivery(), { owner: 'test', durationMs: 60_000 })
      if (put.outcome === 'accepted' && put.lease) await adapter.inbox.bury(put.lease, { code: 'TEST' })
    }
    await Promise.all(Array.from({ length: 105 }, bury))
    const terminal = fakeTerminal(env())
    expect(await run(['inbox', 'list', '--json', '--limit', '103', '--database', database], terminal)).toBe(0)
    const lines = terminal.written.stdout.trimEnd().split('\n')
    const ids = lines.map((line) => JSON.parse(line).deliveryId)
    expect(new Set(ids).size).toBe(103)
    expect(await cli('inbox', 'drop', ids[0])).toMatchObject({ code: 0, stdout: 'dropped: 1\n' })
    expect(await cli('inbox', 'show', ids[1])).toMatchObject({ code: 0, stdout: expect.stringContaining('dead') })
    expect(await cli('inbox', 'requeue', '--all-dead')).toMatchObject({ code: 0, stdout: 'requeued: 104\n' })
    expect((await adapter.inbox.stats()).ready).toBe(104)
  })

  test('quarantine: replayed in vain over two pages, each once and all there; one dropped', async () => {
    await Promise.all(Array.from({ length: 101 }, () => adapter.quarantine.add(quarantineItem())))
    expect(await cli('quarantine', 'replay', '--all')).toMatchObject({
      code: 1,
      stdout: 'replayed: 0\nkept, THRYVE_DECOMPRESSION_FAILED: 101\n'
    })
    const [entry] = (await adapter.quarantine.list({ limit: 1 })).entries
    expect(await cli('quarantine', 'drop', String(entry?.delivery.id))).toMatchObject({ code: 0 })
  })

  test('inbox requeue: Ctrl-C, the summary so far and 130', async () => {
    const terminal = fakeTerminal(env())
    terminal.interrupt()
    expect(await run(['inbox', 'requeue', 'a', 'b', '--database', database], terminal)).toBe(130)
    expect(terminal.written.stdout).toBe('requeued: 0\n')
  })

  test('check: a database that nobody has used, the indexes that are missing, and none made', async () => {
    const other = mongo.freshDatabase()
    const { code, stdout } = await runBin(['check', '--database', other], folder, env())
    expect([code, stdout]).toEqual([1, expect.stringMatching(/PROBLEM: indexes are missing: .*inbox\.available/)])
    const fresh = mongoAdapter({ url: mongo.uri(), dbName: other }, { ensureIndexes: false })
    try {
      // The check's write may have made the inbox's collection, on some servers; its indexes are still all missing.
      const missing = ['inbox.available', 'inbox.state_received', 'inbox.expiry']
      expect(await fresh.missingIndexes()).toEqual(expect.arrayContaining(missing))
    } finally {
      await fresh.close()
    }
  })

  test('check: leases, how long the first still lasts', async () => {
    const own = mongoAdapter({ url: mongo.uri(), dbName: mongo.freshDatabase() })
    await own.close()
    await adapter.inbox.put(rawDelivery(), { owner: 'test', durationMs: 600_000 })
    const { code, stdout } = await cli('check', '--json')
    const health = JSON.parse(stdout)
    expect([code, health.isHealthy, health.missingIndexes]).toEqual([0, true, ''])
    expect(health.oldestLeaseEndsInSeconds).toBeGreaterThan(300)
  })

  test('delete-user: the id typed at a terminal, erased; another, nothing', async () => {
    const doomed = { endUserId: 'doomed-synthetic-user' }
    await adapter.save(saveBatch(versioned(epochRecord(doomed)), versioned(dailyRecord(doomed))))
    const typed = async (answer: string) => {
      const terminal = fakeTerminal(env())
      const stdin = Object.assign(terminal.stdin, { isTTY: true })
      setImmediate(() => (stdin as unknown as NodeJS.WritableStream).end(answer))
      const code = await run(['delete-user', '--user', doomed.endUserId, '--json', '--database', database], {
        ...terminal,
        stdin
      })
      return { code, ...terminal.written }
    }
    expect(await typed('doomed\n')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('nothing was erased')
    })
    expect(await typed('')).toMatchObject({ code: 1, stdout: '' })
    expect(await typed(`${doomed.endUserId}\n`)).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('failed'),
      stdout: '{"records":2,"inbox":0,"quarantine":0}\n'
    })
  })
})

describe('a database that cannot be reached', () => {
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => sockets.add(socket.on('error', () => {})))
  beforeAll(() => once(silent.listen(0, '127.0.0.1'), 'listening'))
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  const silentPort = () => (silent.address() as { port: number }).port

  test.each([
    ['inbox', 'stats'],
    ['quarantine', 'list'],
    ['export', '--user', 'u'],
    ['delete-user', '--user', 'u', '--yes'],
    ['check', '--json']
  ])('%s %s: a line without the password, and 1', async (...words) => {
    const { code, stdout, stderr } = await runBin(words, folder, {
      MONGODB_URI: 'mongodb://someone:password@127.0.0.1:1/health'
    })
    expect(code).toBe(1)
    expect(stdout + stderr).not.toMatch(/password|someone| at /)
    expect(stderr).toMatch(/^thryve-webhook: the store of MONGODB_URI failed \(MongoServerSelectionError\)/)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  test('it takes connections and never answers: 1, before the driver gives up by itself', async () => {
    const uri = `mongodb://127.0.0.1:${silentPort()}/health`
    expect(await runBin(['inbox', 'stats'], folder, { MONGODB_URI: uri })).toMatchObject({ code: 1, stdout: '' })
    const { code, stderr } = await runBin(['check', '--timeout', '1s'], folder, { MONGODB_URI: uri })
    expect([code, stderr]).toEqual([1, 'thryve-webhook: the store did not answer within 1 s.\n'])
  })

  test("a config file with the driver's own patience: 1, and the process ends", async () => {
    const mongoPackage = JSON.stringify(join(__dirname, '../../adapter-mongo'))
    const own = folderWith({
      'thryve-webhook.config.js': `module.exports = { adapter: require(${mongoPackage}).mongoAdapter({ url: 'mongodb://127.0.0.1:${silentPort()}' }) }`
    })
    try {
      const { code, stderr } = await runBin(['inbox', 'stats'], own.folder)
      expect([code, stderr]).toEqual([1, 'thryve-webhook: the store did not answer within 10 s.\n'])
    } finally {
      own.remove()
    }
  })

  test.each(['', 'nonsense', 'mongodb://', 'http://someone:password@host'])(
    'MONGODB_URI=%j: one line and 2',
    async (uri) => {
      const { code, stderr } = await runBin(['inbox', 'stats'], folder, { MONGODB_URI: uri })
      expect([code, stderr.trimEnd().split('\n').length]).toEqual([2, 1])
      expect(stderr).not.toContain('password')
    }
  )
})
