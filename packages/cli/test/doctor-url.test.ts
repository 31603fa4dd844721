import { createServer, type RequestListener } from 'node:http'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { decompress, type ThryveOptions, thryveWebhook } from '@thryve-webhook/middleware'
import { run } from '../src/run'
import { fakeTerminal } from './fake-terminal'
import { type Hop, proxy, whileServing } from './servers'

const secret = 'canary-of-the-doctor'
const quiet = { warn: () => {}, error: () => {} }

const receiver = (options: ThryveOptions = {}, own: string | null = secret) => {
  const adapter = memoryAdapter()
  const webhook = thryveWebhook(own, adapter, { logger: quiet, ...options })
  return { adapter, webhook }
}

const examine = async (url: string, words: string[] = []) => {
  const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: secret })
  const exitCode = await run(['doctor', '--json', '--url', url, ...words], terminal)
  const { stdout, stderr } = terminal.written
  expect(stdout + stderr).not.toContain(secret)
  const checks: { name: string; isGood: boolean; result: string; fix?: string }[] =
    stdout === '' ? [] : JSON.parse(stdout).endpoint.checks
  const bad = checks.filter(({ isGood }) => !isGood)
  return {
    exitCode,
    stderr,
    checks,
    bad: Object.fromEntries(bad.map(({ name, result, fix }) => [name, `${result} · ${fix}`]))
  }
}

const behind = (hop: Hop, options: ThryveOptions = {}) =>
  whileServing(receiver(options).webhook, (inner) => whileServing(proxy(inner, hop), (url) => examine(url)))

const answering = (listener: RequestListener) => whileServing(listener, (url) => examine(url))

describe('doctor --url', () => {
  test('a receiver as it should be, all is well, and nothing is stored or quarantined', async () => {
    const { adapter, webhook } = receiver()
    const events: unknown[] = []
    webhook.on('*', (event) => void events.push('records' in event ? event.records : event))
    const { exitCode, checks, bad } = await whileServing(webhook, (url) => examine(url))
    await webhook.idle()
    expect([exitCode, bad]).toEqual([0, {}])
    expect(checks.map(({ name }) => name)).toEqual([
      'https',
      'unsigned',
      'forged',
      'stale',
      'signed',
      'answer time',
      'zstd untouched',
      'body of 1 MiB',
      'body of 4 MiB',
      'body of 8 MiB'
    ])
    expect((await adapter.quarantine?.list())?.entries).toEqual([])
    expect(events.every((records) => Array.isArray(records) && records.length === 0)).toBe(true)
    expect(events.length).toBeGreaterThan(0)
  })

  test('for a person, a table with the fixes under it', async () => {
    const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: 'another' })
    await whileServing(receiver().webhook, (url) => run(['doctor', '--url', url], terminal))
    expect(terminal.written.stdout).toMatch(/^OK +https +no, but this machine$/m)
    expect(terminal.written.stdout).toMatch(/^FAIL +signed +401 THRYVE_SIGNATURE_MISMATCH$/m)
    expect(terminal.written.stdout).toMatch(/^→ Is it the same secret/m)
  })

  test('a scheme of its own, is used', async () => {
    const signature = { signedContent: '{timestamp}.{body}', algorithm: 'sha512', signaturePrefix: 'v1=' } as const
    const { webhook } = receiver({ signature: { ...signature, digestEncoding: 'base64url' } })
    const form = ['--signature-prefix', 'v1=', '--digest-encoding', 'base64url']
    const words = ['--signed-content', '{timestamp}.{body}', '--algorithm', 'sha512', ...form]
    expect((await whileServing(webhook, (url) => examine(url, words))).exitCode).toBe(0)
    expect((await whileServing(webhook, (url) => examine(url))).bad['signed']).toContain('MISMATCH')
  })

  test('unsigned deliveries accepted, is found', async () => {
    const { exitCode, bad } = await whileServing(receiver({ allowUnsigned: true }, null).webhook, (url) => examine(url))
    expect([exitCode, Object.keys(bad)]).toEqual([1, ['unsigned', 'forged', 'stale']])
    expect(bad['unsigned']).toContain('allowUnsigned')
  })

  test('observing, is found', async () => {
    const { bad } = await whileServing(receiver({ observe: true }).webhook, (url) => examine(url))
    expect(bad['forged']).toContain('observe')
  })

  test('another path, is found', async () => {
    const { exitCode, bad } = await whileServing(receiver({ path: '/elsewhere' }).webhook, (url) => examine(url))
    expect(exitCode).toBe(1)
    expect(bad['signed']).toContain('404 THRYVE_NOT_FOUND · Is the path right?')
  })

  test('a proxy that decompresses, is found', async () => {
    const { bad } = await behind(async ({ 'content-encoding': encoding, ...headers }, body) => {
      if (encoding !== 'zstd') return { headers, body }
      return { headers, body: Buffer.from(await decompress(body, { encoding, maxBytes: 1_000_000 })) }
    })
    expect(bad['signed']).toContain('THRYVE_SIGNATURE_MISMATCH')
    expect(bad['zstd untouched']).toContain('plain JSON is accepted, zstd is not')
  })

  test('a proxy that makes text of bodies, is found', async () => {
    const { bad } = await behind(async (headers, body) => ({ headers, body: Buffer.from(body.toString('utf8')) }))
    expect(bad['zstd untouched']).toContain('zstd is not')
  })

  test("a proxy's body limit, is told from the receiver's", async () => {
    const limit: Hop = async (headers, body) => (body.length > 2_000_000 ? { status: 413 } : { headers, body })
    const ofProxy = await behind(limit)
    expect(Object.keys(ofProxy.bad)).toEqual(['body of 4 MiB', 'body of 8 MiB'])
    expect(ofProxy.bad['body of 4 MiB']).toContain('not of the receiver')
    const options = { maxCompressedBytes: 2_000_000 }
    const ofReceiver = await whileServing(receiver(options).webhook, (url) => examine(url))
    expect(Object.keys(ofReceiver.bad)).toEqual(['body of 4 MiB', 'body of 8 MiB'])
    expect(ofReceiver.bad['body of 8 MiB']).toContain('413 of the receiver · Raise maxCompressedBytes.')
  })

  test.each([
    ['a redirect', 302, 'redirects'],
    ['a firewall', 403, 'firewall'],
    ['a body parser', 415, 'refuses zstd'],
    ['a server that fails', 500, 'errors.md']
  ])('%s, is found', async (_name, status, fix) => {
    const { exitCode, bad } = await answering((request, response) => {
      request.resume().on('end', () => response.writeHead(status, { location: '/' }).end('canary'))
    })
    expect(exitCode).toBe(1)
    expect(bad['signed']).toContain(fix)
  })

  test('a server that cuts connections, is found', async () => {
    let requests = 0
    const { exitCode, bad } = await answering((request, response) => {
      requests += 1
      if (requests > 1) request.socket.destroy()
      else response.end()
    })
    expect(exitCode).toBe(1)
    expect(bad['signed']).toContain('no answer (')
  })

  test('nobody listens, one line and exit code 1', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    const { exitCode, stderr } = await examine(`http://127.0.0.1:${port}/x`)
    expect([exitCode, stderr]).toEqual([
      1,
      `thryve-webhook: http://127.0.0.1:${port} cannot be reached (ECONNREFUSED).\n`
    ])
  })

  test('nobody answers, one line and exit code 1', async () => {
    const { exitCode, stderr } = await whileServing(
      () => {},
      (url) => examine(url, ['--timeout', '200ms'])
    )
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('cannot be reached (ETIMEDOUT)')])
  })

  test('Ctrl-C, ends it', async () => {
    const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: secret })
    const exitCode = await whileServing(
      () => terminal.interrupt(),
      (url) => run(['doctor', '--url', url], terminal)
    )
    expect(exitCode).toBe(130)
  })
})
