/** Receivers on free ports, for a sender to meet: the real middleware, or one that answers as it is told. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** A running server. */
export interface Receiver {
  readonly url: string
  close(): Promise<void>
}

/** Serves on a free port. */
export const serve = async (listener: RequestListener): Promise<Receiver> => {
  const server: Server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}/webhooks/thryve`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

/** A request as it came. */
export interface Received {
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** Answers the tries in turn with these statuses, the last of them for ever; 0 never answers. */
export const serveStatuses = async (...statuses: readonly number[]) => {
  const received: Received[] = []
  const receiver = await serve(async (request, response) => {
    const status = statuses[Math.min(received.length, statuses.length - 1)] ?? 204
    const { headers } = request
    const place = received.push({ headers, body: Buffer.alloc(0) }) - 1
    received[place] = { headers, body: await buffer(request).catch(() => Buffer.alloc(0)) }
    if (status !== 0) response.writeHead(status).end()
  })
  return { ...receiver, received: received as readonly Received[] }
}
