/** Real connections, for tests of everything that can go wrong on one. */
import { createServer, type RequestListener, request, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** What came back. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly text: string
  readonly code: string | undefined
}

/** Servers of the running test, so that one that fails leaves none behind. */
const open = new Set<() => Promise<void>>()

afterEach(async () => {
  await Promise.all([...open].map((close) => close()))
  open.clear()
})

/** As much as Linux allows by default: what overflows Node's 511 is reset once the process was busy for long. */
const BACKLOG = 4_096

/** A server on a free port of loopback, closed at the end of its test. */
export const listen = async (
  listener: RequestListener | Server
): Promise<{ server: Server; port: number; url: string; close: () => Promise<void> }> => {
  const server = typeof listener === 'function' ? createServer(listener) : listener
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', BACKLOG, resolve))
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  open.add(close)
  return { server, port, url: `http://127.0.0.1:${port}`, close }
}

/** Sends one request over a connection of its own. */
export const send = (
  url: string,
  options: { method?: string; headers?: Record<string, string | string[]>; body?: Uint8Array | string } = {}
): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: options.method ?? 'POST', headers: options.headers ?? {}, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          let code: string | undefined
          try {
            code = JSON.parse(text).code
          } catch {}
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code })
        })
      }
    )
    outgoing.on('error', reject)
    outgoing.end(options.body)
  })

/** A bare connection; `answer` resolves with all that came until the server closed. */
export const openSocket = async (port: number): Promise<{ socket: Socket; answer: Promise<string> }> => {
  const socket = connect(port, '127.0.0.1')
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const chunks: Buffer[] = []
  const answer = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
  })
  return { socket, answer }
}

/** The head of a raw POST. */
export const head = (path: string, headers: Record<string, string>): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
