import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../src/run'
import {
  type Arrived,
  payload,
  requestOf,
  secret,
  usual,
  withFolder,
  withHeaders,
  writeCapture
} from './doctor-requests'
import { fakeTerminal } from './fake-terminal'

const plain = Buffer.from(JSON.stringify(payload))
const large = { ...payload, endUserAlias: Array.from({ length: 4_000 }, (_, index) => index * 7_919).join(' ') }
const sent = () => requestOf(usual)
const asJson = () => requestOf(usual, { encoding: 'identity' })
const decompressing = (request: Arrived): Arrived => ({ ...request, body: plain })

type Case = readonly [name: string, finding: string, isCertain: boolean, make: () => Promise<Arrived>]

const cases: readonly Case[] = [
  ['inflated, header still there', 'inflated', true, async () => decompressing(await sent())],
  [
    'inflated, header gone',
    'inflated',
    false,
    async () =>
      withHeaders(decompressing(await sent()), {
        'Content-Encoding': undefined,
        'Content-Length': String(plain.length)
      })
  ],
  [
    'base64',
    'base64',
    true,
    async () => {
      const request = await sent()
      return { ...request, body: Buffer.from(request.body.toString('base64')) }
    }
  ],
  [
    'base64, another secret',
    'base64',
    true,
    async () => {
      const request = await requestOf(usual, { key: 'other' })
      return { ...request, body: Buffer.from(request.body.toString('base64')) }
    }
  ],
  [
    'base64 as a JSON text',
    'base64',
    true,
    async () => {
      const request = await sent()
      return { ...request, body: Buffer.from(JSON.stringify(request.body.toString('base64'))) }
    }
  ],
  [
    'read as UTF-8',
    'utf8-mangled',
    true,
    async () => {
      const request = await sent()
      return { ...request, body: Buffer.from(request.body.toString('utf8')) }
    }
  ],
  [
    'gzip read as UTF-8',
    'utf8-mangled',
    true,
    async () => {
      const request = await requestOf(usual, { encoding: 'gzip' })
      return { ...request, body: Buffer.from(request.body.toString('utf8')) }
    }
  ],
  [
    'read as Latin-1',
    'latin1-mangled',
    true,
    async () => {
      const request = await sent()
      return { ...request, body: Buffer.from(request.body.toString('latin1')) }
    }
  ],
  [
    'truncated',
    'truncated',
    true,
    async () => {
      const request = await requestOf(usual, { content: large })
      return { ...request, body: request.body.subarray(0, request.body.length >> 1) }
    }
  ],
  [
    'truncated, length rewritten',
    'truncated',
    true,
    async () => {
      const request = await requestOf(usual, { content: large })
      const body = request.body.subarray(0, request.body.length - 1)
      return withHeaders({ ...request, body }, { 'Content-Length': String(body.length) })
    }
  ],
  [
    'truncated JSON',
    'truncated',
    true,
    async () => {
      const request = await asJson()
      return { ...request, body: request.body.subarray(0, 40) }
    }
  ],
  [
    'connection ended',
    'truncated',
    true,
    async () => ({ ...(await sent()), body: Buffer.from('2', 'hex'), isComplete: false })
  ],
  [
    're-encoded with indentation',
    're-encoded',
    true,
    async () => ({
      ...(await asJson()),
      body: Buffer.from(JSON.stringify(payload, null, 2))
    })
  ],
  [
    're-encoded with sorted keys',
    're-encoded',
    true,
    async () => {
      const { data, ...rest } = payload
      return { ...(await asJson()), body: Buffer.from(JSON.stringify({ data, ...rest })) }
    }
  ],
  [
    're-encoded from a spaced form',
    're-encoded',
    true,
    async () => {
      const content = JSON.stringify(payload).replaceAll('":', '": ').replaceAll(',', ', ')
      return { ...(await requestOf(usual, { encoding: 'identity', content })), body: plain }
    }
  ],
  [
    'inflated and written anew',
    're-encoded',
    false,
    async () =>
      withHeaders(
        { ...(await sent()), body: Buffer.from(JSON.stringify(payload, null, 2)) },
        { 'Content-Encoding': undefined }
      )
  ],
  ['another secret', 'wrong-secret', false, () => requestOf(usual, { key: 'other' })],
  [
    'another secret, plain notification',
    'wrong-secret',
    false,
    () =>
      requestOf(usual, {
        key: 'other',
        encoding: 'identity',
        content: { endUserId: 'synthetic-user', timestampType: 'iso', type: 'notification.source.connect', data: {} }
      })
  ],
  [
    'clock behind',
    'clock-skew',
    true,
    async () => ({ ...(await sent()), receivedAt: new Date(Date.now() - 3_600_000) })
  ],
  [
    'clock ahead',
    'clock-skew',
    true,
    async () => ({ ...(await sent()), receivedAt: new Date(Date.now() + 3_600_000) })
  ],
  [
    'encoding header dropped',
    'encoding-lost',
    true,
    async () => withHeaders(await sent(), { 'Content-Encoding': undefined })
  ],
  [
    'signature header dropped',
    'no-signature',
    true,
    async () => withHeaders(await sent(), { 'X-HMAC-Signature': undefined })
  ],
  [
    'overwritten',
    'damaged',
    true,
    async () => {
      const request = await sent()
      return { ...request, body: Buffer.alloc(request.body.length, 7) }
    }
  ],
  [
    'one byte changed',
    'wrong-secret',
    false,
    async () => {
      const { headers } = await sent()
      const other = await requestOf(usual, { content: { ...payload, endUserId: 'synthetic-other' } })
      return {
        ...other,
        headers: withHeaders(other, { 'X-HMAC-Signature': headers.find(([name]) => name === 'X-HMAC-Signature')?.[1] })
          .headers
      }
    }
  ]
]

const doctor = (request: Arrived, key = secret, flags = ['--json']) =>
  withFolder(async (folder) => {
    const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: key })
    const exitCode = await run(['doctor', ...flags, writeCapture(folder, request)], terminal)
    return { exitCode, terminal, ...(flags.length > 0 && JSON.parse(terminal.written.stdout).requests[0]) }
  })

describe('doctor: a broken hop', () => {
  test.each(cases)('%s, is %s (certain: %p)', async (_name, expected, expectedCertain, make) => {
    const request = await make()
    const { exitCode, finding, isCertain, fixes, terminal } = await doctor(request)
    expect([finding, isCertain, exitCode]).toEqual([expected, expectedCertain, 1])
    expect(fixes.length).toBeGreaterThan(0)
    const text = (await doctor(request, secret, [])).terminal.written
    expect(text.stdout).toContain(expected)
    for (const output of [terminal.written.stdout, terminal.written.stderr, text.stdout, text.stderr]) {
      expect(output).not.toContain(secret)
      expect(output).not.toContain('synthetic-user')
      expect(output).not.toContain('11203')
    }
  })

  test('a clock off, says by how much', async () => {
    const { notes } = await doctor({ ...(await sent()), receivedAt: new Date(Date.now() - 3_600_000) })
    expect(notes[0]).toMatch(/^The timestamp is (3599|3600|3601) s ahead of the receipt\.$/)
  })

  test.each([
    ['a line break', `${secret}\n\n`],
    ['spaces', ` ${secret} `],
    ['quotes', `"${secret}"`],
    ['single quotes', `'${secret}'`]
  ])('%s around the secret, is told', async (_name, key) => {
    const { finding, line, terminal } = await doctor(await sent(), key)
    expect([finding, line]).toEqual(['secret-text', 'thryveWebhook(secret, adapter)'])
    expect(terminal.written.stdout).not.toContain(secret)
  })

  test('a mended hop, the line is what verifies then', async () => {
    const request = await requestOf({ ...usual, before: '{t}.', after: '' })
    const { finding, signature } = await doctor({ ...request, body: Buffer.from(request.body.toString('base64')) })
    expect([finding, signature]).toEqual(['base64', { signedContent: '{timestamp}.{body}' }])
  })
})

describe('doctor: files', () => {
  const diagnoseFiles = (headerText: string, body: Buffer, more: string[] = []) =>
    withFolder(async (folder) => {
      const [headers, raw, key] = ['h.txt', 'b.bin', 'secret.txt'].map((name) => join(folder, name)) as [
        string,
        string,
        string
      ]
      writeFileSync(headers, headerText)
      writeFileSync(raw, body)
      writeFileSync(key, `${secret}\n`)
      const terminal = fakeTerminal()
      const words = ['doctor', '--json', '--secret-file', key, '--headers', headers, '--body', raw, ...more]
      return { exitCode: await run(words, terminal), ...terminal.written }
    })
  const linesOf = ({ headers }: Arrived, prefix = '') =>
    ['POST /x HTTP/1.1', ...headers.map(([name, value]) => `${name}: ${value}`), '']
      .map((line) => `${prefix}${line}\r\n`)
      .join('')

  test.each(['', '> ', '< '])('headers with "%s" before each line, are read', async (prefix) => {
    const request = await sent()
    const { exitCode, stdout } = await diagnoseFiles(linesOf(request, prefix), request.body)
    expect([exitCode, JSON.parse(stdout).requests[0].finding]).toEqual([0, 'verified'])
  })

  test('without --received-at, no clock is judged; with it, it is', async () => {
    const stamp = () => '1700000000'
    const request = await requestOf({ ...usual, stamp })
    expect((await diagnoseFiles(linesOf(request), request.body)).exitCode).toBe(0)
    const late = await diagnoseFiles(linesOf(request), request.body, ['--received-at', '2026-01-01T00:00:00Z'])
    expect(JSON.parse(late.stdout).requests[0].finding).toBe('clock-skew')
  })

  test('several captures, each is told and the worst decides', async () => {
    await withFolder(async (folder) => {
      const good = writeCapture(folder, await sent(), 'good.json')
      const bad = writeCapture(folder, await requestOf(usual, { key: 'other' }), 'bad.json')
      const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: secret })
      expect(await run(['doctor', good, bad], terminal)).toBe(1)
      expect(terminal.written.stdout).toContain(`OK   ${good}: verified`)
      expect(terminal.written.stdout).toContain(`FAIL ${bad}: wrong-secret`)
    })
  })

  test('a body of 8 MiB that fits nothing, is read to the end', async () => {
    const content = Buffer.alloc(8 * 1_024 * 1_024, 'x').toString()
    const request = await requestOf(usual, { content, encoding: 'identity', key: 'other' })
    expect((await doctor(request)).finding).toBe('damaged')
  })
})

describe('doctor: wrong usage', () => {
  const usage = (words: readonly string[], env: Record<string, string> = { THRYVE_HMAC_SECRET: secret }) =>
    withFolder(async (folder) => {
      const file = join(folder, 'file')
      writeFileSync(file, '{"thryveCapture":2}')
      const terminal = fakeTerminal(env)
      const exitCode = await run(['doctor', ...words.map((word) => word.replace('FILE', file))], terminal)
      return { exitCode, ...terminal.written }
    })

  test.each([
    ['nothing', [], 'name a capture'],
    ['no such file', ['/nowhere/capture.json'], 'ENOENT'],
    ['a folder', ['/'], 'EISDIR'],
    ['no capture', ['FILE'], 'version'],
    ['headers alone', ['--headers', 'FILE'], 'go together'],
    ['body alone', ['--body', 'FILE'], 'go together'],
    ['no headers in it', ['--headers', 'FILE', '--body', 'FILE'], 'no line such as'],
    ['no URL', ['--url', 'example'], 'an address such as'],
    ['another protocol', ['--url', 'ftp://example.com'], 'an address such as'],
    ['no instant', ['--received-at', 'yesterday', 'FILE'], 'an instant such as'],
    ['an unknown option', ['--secret', secret], "unknown option '--secret'"]
  ])('%s, one line and exit code 2', async (_name, words, expected) => {
    const { exitCode, stderr, stdout } = await usage(words)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(expected)
    expect(stderr).not.toContain(secret)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test('no secret, one line and exit code 2', async () => {
    await withFolder(async (folder) => {
      const terminal = fakeTerminal()
      expect(await run(['doctor', writeCapture(folder, await sent())], terminal)).toBe(2)
      expect(terminal.written.stderr).toContain('THRYVE_HMAC_SECRET')
    })
  })

  test('a sender that signs with the same digest in a header of credentials, is not searched there', async () => {
    const request = await sent()
    const digest = createHmac('sha256', secret).update(request.body).digest('hex')
    const headers = [...request.headers, ['Authorization', digest] as const]
    const { finding } = await doctor({ ...withHeaders({ ...request, headers }, { 'X-HMAC-Signature': undefined }) })
    expect(finding).toBe('no-signature')
  })
})
