/** `send` against servers of every kind, as the command line runs it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { decompress, type ThryveOptions, thryveWebhook, verify } from '@thryve-webhook/middleware'
import { run } from '../src/run'
import { fakeTerminal } from './fake-terminal'
import { type Received, serve, serveStatuses } from './receiver'

const secret = 'synthetic-secret'
const small = ['--users', '1', '--days', '1', '--seed', 'test']

const send = async (url: string, words: readonly string[], env: Record<string, string> = {}) => {
  const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: secret, ...env })
  const exitCode = await run(['send', url, ...words], terminal)
  return { exitCode, ...terminal.written }
}

const sendJson = async (url: string, words: readonly string[]) => {
  const { stdout, ...rest } = await send(url, [...words, '--json'])
  return { ...rest, report: JSON.parse(stdout) }
}

/** The middleware over a memory adapter, and what was quarantined there. */
const serveMiddleware = async (options: ThryveOptions = {}) => {
  const logger = { warn: () => {}, error: () => {} }
  const adapter = memoryAdapter()
  const webhook = thryveWebhook(secret, adapter, { logger, ...options })
  const { url, close } = await serve(webhook)
  return {
    url,
    adapter,
    webhook,
    async close() {
      await close()
      await webhook.close()
    }
  }
}

const recordsOf = async (adapter: ReturnType<typeof memoryAdapter>, endUserId: string) => {
  const records = []
  for (const dimension of ['epoch', 'daily'] as const) {
    for await (const record of adapter.find({ dimension, endUserId })) records.push(record)
  }
  return records
}

const payloadOf = async ({ body }: Received): Promise<string> =>
  String(await decompress(body, { encoding: 'zstd', maxBytes: 1e8 }))

test.each(
  ['iso', 'unix'].flatMap((format) =>
    ['object', 'array'].flatMap((shape) => ['on', 'off'].map((details) => [format, shape, details] as const))
  )
)('format %s, shape %s, details %s: all is understood', async (format, shape, details) => {
  const { url, adapter, webhook, close } = await serveMiddleware()
  const words = [...small, '--format', format, '--shape', shape, '--details', details]
  const { exitCode, stderr, report } = await sendJson(url, words)
  await webhook.idle()
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(report).toMatchObject({ ok: true, seed: 'test', givenUp: 0, retries: 0 })
  expect((await recordsOf(adapter, 'synthetic-test-1')).length).toBe(report.records)
  expect((await adapter.quarantine.list()).entries).toEqual([])
  await close()
})

test('the same seed: the same payloads; another seed: others', async () => {
  const payloads = await Promise.all(
    ['one', 'one', 'two'].map(async (seed) => {
      const { url, received, close } = await serveStatuses(204)
      await send(url, ['--users', '2', '--days', '1', '--seed', seed, '--concurrency', '1'])
      await close()
      return (await Promise.all(received.map(payloadOf))).join()
    })
  )
  expect(payloads[0]).toBe(payloads[1])
  expect(payloads[0]).not.toBe(payloads[2])
})

test('the scheme: header names, base64, prefix and milliseconds, verify', async () => {
  const { url, received, close } = await serveStatuses(204)
  const scheme = {
    signatureHeader: 'x-sig',
    timestampHeader: 'x-time',
    algorithm: 'sha512',
    signedContent: '{timestamp}.{body}'
  } as const
  const words = ['--signature-header', 'X-Sig', '--timestamp-header', 'X-Time', '--algorithm', 'sha512']
  const form = [
    '--signed-content',
    '{timestamp}.{body}',
    '--signature-encoding',
    'base64',
    '--signature-prefix',
    'sha512='
  ]
  await send(url, [...small, ...words, ...form, '--timestamp-unit', 'ms'])
  await close()
  expect(received.length).toBeGreaterThan(0)
  for (const delivery of received) {
    expect(delivery.headers['x-sig']).toMatch(/^sha512=.+==$/)
    expect(delivery.headers['x-time']).toMatch(/^\d{13}$/)
    expect(() => verify(delivery, { secret, scheme })).not.toThrow()
  }
})

test('--unsigned, --header and THRYVE_AUTHORIZATION: are what is sent', async () => {
  const { url, received, close } = await serveStatuses(204)
  await send(url, [...small, '--unsigned', '--header', 'x-team: health'], { THRYVE_AUTHORIZATION: 'Bearer synthetic' })
  await close()
  const { headers } = received[0] as Received
  expect(headers).toMatchObject({ 'x-team': 'health', authorization: 'Bearer synthetic', 'content-encoding': 'zstd' })
  expect(headers['x-hmac-signature']).toBeUndefined()
})

describe('the vendor’s manners', () => {
  const impatient = [...small, '--batch', '10000', '--concurrency', '1', '--retry-delay', '1ms']

  test('503, 500, a redirect, then 204: is accepted with three retries of the same bytes', async () => {
    const { url, received, close } = await serveStatuses(503, 500, 302, 204)
    const { exitCode, report } = await sendJson(url, impatient)
    await close()
    expect({ exitCode, retries: report.retries, accepted: report.accepted }).toEqual({
      exitCode: 0,
      retries: 3,
      accepted: 2
    })
    expect(received.slice(1, 4).every(({ body }) => body.equals(received[0]?.body as Buffer))).toBe(true)
    expect(report.answers).toMatchObject({ '2xx': 2, '3xx': 1, '5xx': 2 })
  })

  test('201 for ever: is no acceptance, and is given up after four tries', async () => {
    const { url, received, close } = await serveStatuses(201)
    const { exitCode, stderr, report } = await sendJson(url, impatient)
    await close()
    expect({ exitCode, givenUp: report.givenUp, tries: received.length }).toEqual({ exitCode: 1, givenUp: 2, tries: 8 })
    expect(stderr).toBe('thryve-webhook: 2 deliveries were given up after four tries each.\n')
  })

  test('a server that never answers: each try is a timeout', async () => {
    const { url, close } = await serveStatuses(0)
    const { exitCode, report } = await sendJson(url, [...impatient, '--timeout', '30ms', '--disable-after', '1'])
    await close()
    expect({ exitCode, timeouts: report.answers.timeout }).toEqual({ exitCode: 1, timeouts: 4 })
  })

  test('failures in a row: the webhook is switched off, and nothing more is sent', async () => {
    const { url, received, close } = await serveStatuses(500)
    const words = ['--users', '9', '--days', '1', '--concurrency', '1', '--retry-delay', '1ms', '--disable-after', '3']
    const { exitCode, stdout, stderr } = await send(url, words)
    await close()
    expect({ exitCode, tries: received.length }).toEqual({ exitCode: 1, tries: 12 })
    expect(stdout).toMatch(/^given up +3$/m)
    expect(stderr).toBe(
      'thryve-webhook: the vendor would have switched the webhook off: 3 deliveries in a row failed.\n'
    )
  })
})

test('a server that is not there: one line, exit code 1, no summary', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as { port: number }
  await new Promise((resolve) => taken.close(resolve))
  expect(await send(`http://127.0.0.1:${port}/x`, small)).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: `thryve-webhook: http://127.0.0.1:${port} cannot be reached: nothing listens there (ECONNREFUSED).\n`
  })
})

test('Ctrl-C: the summary so far, exit code 130', async () => {
  const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: secret })
  let answers = 0
  const { url, close } = await serve((request, response) => {
    request.resume()
    answers += 1
    if (answers === 3) terminal.interrupt()
    response.writeHead(204).end()
  })
  const exitCode = await run(['send', url, '--users', '1000', '--days', '1000', '--json'], terminal)
  await close()
  const report = JSON.parse(terminal.written.stdout)
  expect(exitCode).toBe(130)
  expect(report).toMatchObject({ ok: false, isInterrupted: true, givenUp: 0 })
  expect(report.deliveries).toBeLessThan(50)
})

describe('--chaos', () => {
  test('a receiver that checks: forgeries are refused, nothing of them is stored, exit code 0', async () => {
    const { url, adapter, webhook, close } = await serveMiddleware()
    const { exitCode, report } = await sendJson(url, [
      '--users',
      '4',
      '--days',
      '7',
      '--seed',
      'chaos',
      '--chaos',
      '--batch',
      '50'
    ])
    await webhook.idle()
    expect({ exitCode, forgeriesAccepted: report.forgeriesAccepted }).toEqual({ exitCode: 0, forgeriesAccepted: 0 })
    expect(Object.keys(report.kinds).sort()).toEqual([
      'bad records',
      'broken payload',
      'create',
      'duplicate',
      'forged',
      'growing update',
      'late create',
      'signed anew',
      'stale',
      'tampered',
      'truncated',
      'unsigned'
    ])
    expect((await adapter.quarantine.list()).entries.length).toBeGreaterThan(3)
    const records = await recordsOf(adapter, 'synthetic-chaos-1')
    expect(records.some(({ measurementReference }) => measurementReference?.length === 20)).toBe(true)
    await close()
  })

  test('a receiver that accepts all: it is told, exit code 1', async () => {
    const { url, close } = await serveStatuses(204)
    const { exitCode, stderr } = await send(url, ['--users', '2', '--days', '7', '--chaos', '--seed', 'x'])
    await close()
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^thryve-webhook: \d+ forged deliveries were accepted: the signature is not checked\.\n$/)
  })

  test('deliveries split into several zstd frames: are among them', async () => {
    const { url, received, close } = await serveStatuses(204)
    await send(url, ['--users', '1', '--days', '7', '--chaos', '--seed', 'x'])
    await close()
    const skippable = Buffer.from('502a4d18', 'hex')
    expect(received.some(({ body }) => body.includes(skippable))).toBe(true)
  })
})

describe('--from', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'thryve-cli-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const fileOf = (text: string | Buffer) => {
    const file = join(folder, 'payloads.ndjson')
    writeFileSync(file, text)
    return file
  }
  const lines = [
    '{ "type":"event.data.epoch.create", "endUserId" : "synthetic-user",\t"data": {"epochData":[{},{}]} }',
    '{"measurementReference":12345678901234567890,"text":"\\u00e4 ä"}'
  ]

  test.each([
    ['line feeds', `${lines.join('\n')}\n`],
    ['no last line feed', lines.join('\n')],
    ['carriage returns and empty lines', `\r\n${lines.join('\r\n\r\n')}\r\n`]
  ])('%s: every line is sent, byte for byte', async (_name, text) => {
    const { url, received, close } = await serveStatuses(204)
    const { exitCode, report } = await sendJson(url, ['--from', fileOf(text), '--concurrency', '1'])
    await close()
    expect(await Promise.all(received.map(payloadOf))).toEqual(lines)
    expect({ exitCode, records: report.records }).toEqual({ exitCode: 0, records: 2 })
  })

  test('standard input: is read', async () => {
    const { url, received, close } = await serveStatuses(204)
    const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: secret })
    ;(terminal.stdin as unknown as NodeJS.WritableStream).end(lines.join('\n'))
    expect(await run(['send', url, '--from', '-'], terminal)).toBe(0)
    await close()
    expect(received.length).toBe(2)
  })

  test.each([
    ['{"a":1}\n{"a":', 'line 2 of FILE is no JSON.'],
    ['[]\n17', 'line 2 of FILE is no JSON object.']
  ])('%j: names the line, sends what came before, exit code 1', async (text, message) => {
    const { url, received, close } = await serveStatuses(204)
    const file = fileOf(text)
    const { exitCode, stderr } = await send(url, ['--from', file])
    await close()
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: `thryve-webhook: ${message.replace('FILE', file)}\n` })
    expect(received.length).toBe(1)
  })

  test('a file that is not there: one line, exit code 2', async () => {
    const file = join(folder, 'missing')
    const { exitCode, stderr } = await send('http://127.0.0.1:1/', ['--from', file])
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `thryve-webhook: ${file} cannot be read (ENOENT).\n` })
  })
})

test.each([
  [['ftp://host/'], 'It must be a URL'],
  [['http://h/', '--users', 'ten'], 'It must be a whole number from 1'],
  [['http://h/', '--rate', '0'], 'It must be a number above 0'],
  [['http://h/', '--timeout', '2'], 'It must be a duration'],
  [['http://h/', '--first-day', '2026-02-31'], 'It must be a day'],
  [['http://h/', '--seed', 'a b'], 'It must be 1 to 40 letters'],
  [['http://h/', '--header', 'nothing'], 'It must be a header'],
  [['http://h/', '--format', 'text'], 'Allowed choices are iso, unix.'],
  [['http://h/', '--from', 'x', '--chaos'], "cannot be used with option '--chaos'"],
  [['http://h/', '--verify'], 'the database is missing: set MONGODB_URI'],
  [['http://h/', '--verify', '--details', 'off', '--unsigned'], '--verify with --details off needs signatures'],
  [['http://h/', '--verify', '--identity', 'source'], '--verify with --identity source needs --details off'],
  [['http://h/', 'http://i/'], 'too many arguments'],
  [[], "missing required argument 'url'"]
])('send %j: one line on standard error, exit code 2', async (words, line) => {
  const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: secret })
  const exitCode = await run(['send', ...words], terminal)
  expect({ exitCode, stdout: terminal.written.stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(terminal.written.stderr).toContain(line)
  expect(terminal.written.stderr).toMatch(/^thryve-webhook: .+\n$/)
})

test('a database that is not there: one line, exit code 1, nothing is sent', async () => {
  const { url, received, close } = await serveStatuses(204)
  const env = { MONGODB_URI: 'mongodb://127.0.0.1:1/health?serverSelectionTimeoutMS=50' }
  const { exitCode, stdout, stderr } = await send(url, [...small, '--verify'], env)
  await close()
  expect({ exitCode, stdout, requests: received.length }).toEqual({ exitCode: 1, stdout: '', requests: 0 })
  expect(stderr).toMatch(/^thryve-webhook: the database that MONGODB_URI names cannot be used .+\n$/)
})
