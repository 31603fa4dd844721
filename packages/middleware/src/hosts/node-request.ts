/** Requests and responses of `node:http` and `node:http2`, which Express, Connect, Fastify and Koa hand on as they are. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { type BodySource, readBody } from '../body/body'
import type { Answer } from '../receive/receive'
import type { Receiver } from '../receiver'
import { answerRequest, pathOf, renderAnswer } from './answer-request'

/** How long, and for how many bytes, a refused sender that is still writing is listened to, so that it reads its answer. */
const LINGER_MS = 1_000
const LINGER_BYTES = 64 * 1_024

/** Keeps the connection open just long enough: closing it on unread bytes resets it, and the answer is lost. */
const linger = (request: IncomingMessage, response: ServerResponse): void => {
  let drained = 0
  const finish = (): void => {
    clearTimeout(timer)
    request.off('data', onData).off('end', finish).off('close', finish)
    response.end()
    request.socket?.destroySoon()
  }
  const onData = (chunk: Buffer): void => {
    drained += chunk.length
    if (drained > LINGER_BYTES) finish()
  }
  // A process that was busy for that long has not read yet what arrived meanwhile: one turn of its loop does.
  const timer = setTimeout(() => setImmediate(finish), LINGER_MS).unref()
  request
    .on('data', onData)
    .on('end', finish)
    .on('close', finish)
    .on('error', () => {})
  request.resume()
}

/** Whether bytes of the body are still to come. */
export const isUnread = (request: IncomingMessage): boolean => !request.readableEnded && !request.complete

/** HTTP/2 ends one stream without hurting the others (RFC 9113, 8.1), and knows no `connection`. */
const endStream = (request: IncomingMessage, response: ServerResponse, body: string): void => {
  const { stream } = request as unknown as Partial<Http2ServerRequest>
  response.end(body, () => stream?.close())
}

/** Writes an answer, also to a sender that is still writing. */
export const respond = (request: IncomingMessage, response: ServerResponse, answer: Answer): void => {
  if (response.headersSent || response.destroyed) return
  const { status, headers, body } = renderAnswer(answer)
  const isHttp2 = request.httpVersionMajor > 1
  const isStillWriting = isUnread(request)
  response.writeHead(status, isStillWriting && !isHttp2 ? { ...headers, connection: 'close' } : headers)
  if (!isStillWriting) response.end(body)
  else if (isHttp2) endStream(request, response, body)
  else {
    response.write(body)
    linger(request, response)
  }
}

/** Answers a request of Node. Never rejects. */
export const answerNodeRequest = (
  receiver: Receiver,
  request: IncomingMessage & { readonly originalUrl?: string }
): Promise<Answer> =>
  answerRequest(receiver, {
    method: request.method,
    headers: request.headers,
    path: pathOf(request.originalUrl ?? request.url),
    readBody: (limits) => readBody(request as BodySource, limits)
  })
