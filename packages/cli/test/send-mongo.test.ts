/** `send --chaos --verify` against the example receiver on a real database: 0 differences, and each kind of difference is found. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { mongoAdapter } from '@thryve-webhook/adapter-mongo'
import { dailyRecord, epochRecord, saveBatch, versioned } from '@thryve-webhook/middleware/testing'
import { MongoClient } from 'mongodb'
import { describeWithMongo } from '../../../tools/test-mongo/jest'
import { run } from '../src/run'
import { createLedger } from '../src/send/ledger'
import { differencesOf, verifyStore } from '../src/send/verify'
import { fakeTerminal } from './fake-terminal'
import { serve, serveStatuses } from './receiver'

const secret = 'synthetic-secret'
const example = join(__dirname, '../../../examples/dist/express-mongo.js')

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Starts the example and waits until it listens. */
const startExample = async (uri: string) => {
  const port = await freePort()
  const child: ChildProcess = spawn(process.execPath, [example], {
    env: { ...process.env, PORT: String(port), THRYVE_HMAC_SECRET: secret, MONGODB_URI: uri },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (text) => String(text).includes('listening') && resolve())
    child.once('exit', () => reject(new Error('the example ended')))
  })
  return {
    url: `http://127.0.0.1:${port}/webhooks/thryve`,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  }
}

describeWithMongo('send --verify', (mongo) => {
  /** Sends to the example, which has a database of its own. */
  const sendToExample = async (...words: string[]) => {
    const uri = new URL(mongo.uri())
    uri.pathname = `/${mongo.freshDatabase()}`
    const { url, stop } = await startExample(uri.href)
    try {
      const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: secret, MONGODB_URI: uri.href })
      const exitCode = await run(['send', url, '--json', ...words], terminal)
      return { exitCode, report: JSON.parse(terminal.written.stdout) }
    } finally {
      await stop()
    }
  }
  const none = { missing: 0, unexpected: 0, different: 0, missingInQuarantine: 0, differences: 0, examples: [] }

  test.each([
    ['details on', []],
    [
      'details off, milliseconds',
      ['--details', 'off', '--timestamp-unit', 'ms', '--format', 'unix', '--shape', 'array']
    ],
    ['details off, seconds, so that versions tie', ['--details', 'off']]
  ])(
    '--chaos, %s: 0 differences, exit code 0',
    async (_name, words) => {
      const chaos = ['--chaos', '--verify', '--users', '2', '--days', '3', '--batch', '60', '--seed', 'test']
      const { exitCode, report } = await sendToExample(...chaos, ...words)
      expect(report.verification).toMatchObject(none)
      expect(report.verification.stored).toBe(report.verification.expected)
      expect(report.verification.stored).toBeGreaterThan(800)
      expect(report.verification.quarantined).toBeGreaterThan(0)
      expect(exitCode).toBe(0)
    },
    120_000
  )

  test('verifyStore: each kind of difference, is counted and named', async () => {
    const database = mongo.freshDatabase()
    const adapter = mongoAdapter({ url: mongo.uri(), dbName: database })
    const ledger = createLedger({ identity: 'origin', reorderWindowMs: 3_600_000 })
    const recordAt = (minute: number, value = '53') =>
      epochRecord({ value, startTimestamp: new Date(Date.UTC(2026, 0, 5, 8, minute)) })
    const arrival = { isUpdate: false, sentAtMs: Date.UTC(2026, 0, 6), isCertain: true }
    ledger.add([recordAt(0), recordAt(1), recordAt(2), dailyRecord()], arrival)
    const stored = [recordAt(0), recordAt(1, '54'), recordAt(3), dailyRecord()]
    await adapter.save(saveBatch(...stored.map((record) => versioned(record))))
    const verification = await verifyStore(fakeTerminal(), {
      adapter,
      ledger,
      userIds: ['synthetic-user', 'synthetic-nobody'],
      quarantinedIds: ['never-quarantined'],
      drainTimeoutMs: 1_000
    })
    await adapter.close()
    const differences = { missing: 1, unexpected: 1, different: 1, missingInQuarantine: 1 }
    expect(verification).toMatchObject({ expected: 4, stored: 4, quarantined: 0, ...differences })
    expect(differencesOf(verification)).toBe(4)
    expect(verification.examples).toEqual([
      'different epoch synthetic-user type 1000 at 2026-01-05T08:01:00.000Z',
      'unexpected epoch synthetic-user type 1000 at 2026-01-05T08:03:00.000Z',
      expect.stringContaining('missing synthetic-user ["epoch"'),
      'missing in the quarantine never-quarantined'
    ])
  }, 60_000)

  test('a receiver that acknowledges and stores nothing: all is missing, exit code 1', async () => {
    const { url, close } = await serveStatuses(204)
    const uri = new URL(mongo.uri())
    uri.pathname = `/${mongo.freshDatabase()}`
    const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: secret, MONGODB_URI: uri.href })
    const exitCode = await run(['send', url, '--verify', '--users', '1', '--days', '1'], terminal)
    await close()
    expect(exitCode).toBe(1)
    expect(terminal.written.stdout).toMatch(/^NOT verified: \d+ differences$/m)
    expect(terminal.written.stdout).toMatch(/^ {2}missing synthetic-/m)
  }, 60_000)

  test('an inbox that is never drained: is told, with the summary, exit code 1', async () => {
    const uri = new URL(mongo.uri())
    const database = mongo.freshDatabase()
    uri.pathname = `/${database}`
    const client = new MongoClient(mongo.uri())
    await client
      .db(database)
      .collection<{ _id: string }>('inbox')
      .insertOne({ _id: 'x', state: 'ready', availableAt: new Date(), receivedAt: new Date() } as never)
    const { url, close } = await serveStatuses(204)
    const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: secret, MONGODB_URI: uri.href })
    const words = ['--verify', '--users', '1', '--days', '1', '--drain-timeout', '300ms', '--json']
    const exitCode = await run(['send', url, ...words], terminal)
    await Promise.all([close(), client.close()])
    expect(exitCode).toBe(1)
    expect(JSON.parse(terminal.written.stdout)).toMatchObject({ ok: false })
    expect(terminal.written.stderr).toContain('the inbox still holds 1 deliveries: is the receiver up?')
  }, 60_000)

  test('Ctrl-C: the summary so far, not verified, exit code 130', async () => {
    const uri = new URL(mongo.uri())
    uri.pathname = `/${mongo.freshDatabase()}`
    const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: secret, MONGODB_URI: uri.href })
    const { url, close } = await serve((request, response) => {
      request.resume()
      terminal.interrupt()
      response.writeHead(204).end()
    })
    const exitCode = await run(['send', url, '--verify', '--users', '9', '--days', '9', '--json'], terminal)
    await close()
    expect(exitCode).toBe(130)
    expect(JSON.parse(terminal.written.stdout)).toMatchObject({ ok: false, isInterrupted: true })
  }, 60_000)
})
