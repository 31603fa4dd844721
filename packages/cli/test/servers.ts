/** Servers on free ports: a receiver, and the hops that may stand before it. */
import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request,
  type Server,
  type ServerResponse
} from 'node:http'
import type { AddressInfo } from 'node:net'

const portOf = (server: Server): number => (server.address() as AddressInfo).port

/** Serves while the work runs. */
export const whileServing = async <T>(listener: RequestListener, work: (url: string) => Promise<T>): Promise<T> => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await work(`http://127.0.0.1:${portOf(server)}/webhooks/thryve`)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

/** What a hop does to a request: gives its headers and body, or answers it itself. */
export type Hop = (
  headers: Record<string, string>,
  body: Buffer
) => Promise<{ headers: Record<string, string>; body: Buffer } | { status: number }>

const readAll = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const forward = async (
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  hop: Hop
): Promise<void> => {
  const given = Object.fromEntries(
    Object.entries(incoming.headers).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  )
  const result = await hop(given, await readAll(incoming))
  if ('status' in result) return void outgoing.writeHead(result.status, { connection: 'close' }).end('<html>hop</html>')
  const { 'transfer-encoding': _, ...headers } = result.headers
  const path = new URL(incoming.url ?? '/', target)
  const onward = request(path, {
    method: incoming.method,
    headers: { ...headers, 'content-length': result.body.length }
  })
  onward.on('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  onward.on('error', () => outgoing.destroy())
  onward.end(result.body)
}

/** A proxy that does something to requests. */
export const proxy =
  (target: string, hop: Hop): RequestListener =>
  (incoming, outgoing) =>
    void forward(target, incoming, outgoing, hop).catch(() => outgoing.destroy())
