/** The receiver for hosts of fetch's `Request` and `Response`: Next.js, Hono, Bun, Deno. */
import { addAbortSignal, Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { type BodyLimits, readBody } from '../body/body'
import { ThryveError } from '../errors'
import type { Receiver } from '../receiver'
import type { Headers } from '../signature/signature'
import { answerRequest, pathOf, renderAnswer } from './answer-request'

/** Names are lower case already, and a header sent twice is joined by a comma, which no later check lets pass. */
const headersOf = (request: Request): Headers =>
  Object.assign(Object.create(null), Object.fromEntries(request.headers.entries()))

const readRequest = async (request: Request, headers: Headers, limits: BodyLimits): Promise<Uint8Array> => {
  if (request.bodyUsed || request.body?.locked === true) {
    throw new ThryveError('THRYVE_BODY_ALREADY_READ', { reason: 'parsed' })
  }
  if (request.body === null) return new Uint8Array()
  const stream = Readable.fromWeb(request.body as WebStream)
  // An error that comes after the answer has nobody else to hear it.
  stream.on('error', () => {})
  addAbortSignal(request.signal, stream)
  return readBody(Object.assign(stream, { headers: headers as Record<string, string> }), limits)
}

/**
 * Makes a handler of fetch requests: a route handler of Next.js or Hono, or `fetch` of Bun and Deno. It answers every
 * request it is given, so the route decides; with `options.path` set it answers that path only.
 * It needs Node's `crypto` and native modules: no edge runtime has them.
 *
 * @returns a function that never rejects.
 * @example
 * export const POST = fetchHandler(webhook) // app/webhooks/thryve/route.ts
 */
export const fetchHandler = (receiver: Receiver): ((request: Request) => Promise<Response>) => {
  const { path: servedPath, isPathGiven } = receiver.settings
  return async function thryveFetchHandler(request) {
    const headers = headersOf(request)
    const path = pathOf(new URL(request.url).pathname)
    const isElsewhere = isPathGiven && path !== pathOf(servedPath)
    const answer = isElsewhere
      ? receiver.refuse(new ThryveError('THRYVE_NOT_FOUND'))
      : await answerRequest(receiver, {
          method: request.method,
          headers,
          path,
          readBody: (limits) => readRequest(request, headers, limits)
        })
    const { status, body, headers: answerHeaders } = renderAnswer(answer)
    // A 204 must have no body, not even an empty one.
    return new Response(body === '' ? null : body, { status, headers: answerHeaders })
  }
}
