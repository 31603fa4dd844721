import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { decodeCapture } from '@thryve-webhook/middleware'
import { run } from '../src/run'
import { requestOf, secret, usual, withFolder } from './doctor-requests'
import { type FakeTerminal, fakeTerminal } from './fake-terminal'

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}

const capturing = <T>(
  words: string[],
  work: (world: { port: number; folder: string; terminal: FakeTerminal; captures: () => string[] }) => Promise<T>
) =>
  withFolder(async (parent) => {
    const folder = join(parent, 'captures')
    const terminal = fakeTerminal()
    const running = run(['capture', '--port', '0', '--folder', folder, ...words], terminal)
    let isEnded = false
    void running.finally(() => {
      isEnded = true
    })
    await until(() => isEnded || terminal.written.stderr.includes('Listening'))
    const port = Number(/:(\d+),/.exec(terminal.written.stderr)?.[1])
    const captures = () =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(folder, name))
    try {
      return await work({ port, folder, terminal, captures })
    } finally {
      terminal.interrupt()
      expect(await running).toBe(0)
    }
  })

const post = async (
  port: number,
  headers: [string, string][] | Record<string, string>,
  body: Buffer,
  path = '/a?token=canary'
) => {
  const sent = httpRequest({
    port,
    path,
    method: 'POST',
    headers: Object.fromEntries(Array.isArray(headers) ? headers : Object.entries(headers))
  })
  sent.end(body)
  const [response] = await once(sent, 'response')
  response.resume()
  return response.statusCode as number
}

describe('capture', () => {
  test('start, warns and says where it listens', async () => {
    await capturing([], async ({ terminal }) => {
      expect(terminal.written.stderr).toMatch(
        /^Captures hold health data: delete .*\nListening on http:\/\/127\.0\.0\.1:\d+, every path/
      )
    })
  })

  test('a request, answered 204 and written exactly, for the owner only', async () => {
    await capturing([], async ({ port, folder, terminal, captures }) => {
      const { headers, body } = await requestOf(usual)
      expect(await post(port, [...headers, ['Authorization', 'canary']] as [string, string][], body)).toBe(204)
      const [file = '', ...others] = captures()
      expect(others).toEqual([])
      const capture = decodeCapture(readFileSync(file, 'utf8'))
      expect(Buffer.from(capture.body).equals(body)).toBe(true)
      expect([capture.method, capture.path, capture.isComplete]).toEqual(['POST', '/a', true])
      for (const header of headers) expect(capture.headers).toContainEqual(header)
      expect([statSync(folder).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600])
      expect(terminal.written.stdout.trim().split('\n')).toHaveLength(1)
      expect(terminal.written.stdout).toContain(`POST /a ${body.length} bytes [Host, Content-Type,`)
      expect(terminal.written.stdout + readFileSync(file, 'utf8')).not.toContain('canary')
    })
  })

  test('what it wrote, the doctor reads', async () => {
    await capturing([], async ({ port, captures }) => {
      const { headers, body } = await requestOf(usual)
      await post(port, headers as [string, string][], body)
      const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: secret })
      expect(await run(['doctor', ...captures()], terminal)).toBe(0)
    })
  })

  test('--json, one object a line', async () => {
    await capturing(['--json'], async ({ port, terminal }) => {
      await post(port, {}, Buffer.from('one'))
      await post(port, {}, Buffer.from('three'))
      const lines = terminal.written.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(lines.map(({ bytes, outcome }) => [bytes, outcome])).toEqual([
        [3, 'captured'],
        [5, 'captured']
      ])
    })
  })

  test('a body too large, kept up to the limit and answered 413', async () => {
    await capturing(['--max-body-mib', '1'], async ({ port, captures }) => {
      expect(await post(port, {}, Buffer.alloc(2 * 1_024 * 1_024)).catch(() => 413)).toBe(413)
      await until(() => captures().length === 1)
      const { body, isComplete } = decodeCapture(readFileSync(captures()[0] ?? '', 'utf8'))
      expect([body.length, isComplete]).toEqual([1_024 * 1_024, false])
    })
  })

  test('a connection that ends early, is kept as not whole', async () => {
    await capturing([], async ({ port, terminal, captures }) => {
      const socket = connect(port, '127.0.0.1')
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbeginning')
      setTimeout(() => socket.destroy(), 50)
      await until(() => captures().length === 1)
      expect(decodeCapture(readFileSync(captures()[0] ?? '', 'utf8')).isComplete).toBe(false)
      await until(() => terminal.written.stdout !== '')
      expect(terminal.written.stdout).toContain('9 bytes (not whole)')
    })
  })

  test('the fill of files, answered all the same and told', async () => {
    await capturing(['--max-files', '2'], async ({ port, terminal, captures }) => {
      for (let time = 0; time < 3; time++) expect(await post(port, {}, Buffer.of(time))).toBe(204)
      expect(captures()).toHaveLength(2)
      expect(terminal.written.stdout).toContain('NOT CAPTURED: full')
    })
  })

  test('a port that is taken, one line and exit code 1', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    await withFolder(async (parent) => {
      const terminal = fakeTerminal()
      expect(await run(['capture', '--port', String(port), '--folder', join(parent, 'x')], terminal)).toBe(1)
      expect(terminal.written.stderr).toBe(`thryve-webhook: 127.0.0.1:${port} cannot be listened on (EADDRINUSE).\n`)
    })
    server.close()
  })

  test.each([
    ['no folder', [], '--folder'],
    ['a folder that others can read', ['--folder', 'OPEN'], 'chmod 700'],
    ['no port', ['--folder', 'NEW', '--port', 'http'], 'whole number']
  ])('%s, one line and exit code 2', async (_name, words, expected) => {
    await withFolder(async (parent) => {
      const open = join(parent, 'open')
      mkdirSync(open, { mode: 0o755 })
      const terminal = fakeTerminal()
      const given = words.map((word) => word.replace('OPEN', open).replace('NEW', join(parent, 'new')))
      expect(await run(['capture', ...given], terminal)).toBe(2)
      expect(terminal.written.stderr).toContain(expected)
      expect(terminal.written.stderr.trim().split('\n')).toHaveLength(1)
    })
  })
})
