/** The receiver as a request handler for Express, Connect and `node:http`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type BodySource, readBody } from './body'
import { asThryveError, ThryveError } from './errors'
import type { Secret, ThryveOptions } from './options'
import type { Answer } from './receive'
import { createReceiver, type Receiver } from './receiver'
import type { StorageAdapter } from './storage'

/** A request, with what Express and Connect add to it. */
export type HostRequest = IncomingMessage & {
  readonly originalUrl?: string
  readonly route?: { readonly stack?: readonly { readonly handle?: unknown }[] }
  readonly rawBody?: unknown
  readonly body?: unknown
}

/** A receiver that is also a request handler. */
export interface ThryveWebhook extends Receiver {
  (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void
}

/** How long, and for how many bytes, a refused sender that is still writing is listened to, so that it reads its answer. */
const LINGER_MS = 1_000
const LINGER_BYTES = 64 * 1_024

const pathOf = (url: string | undefined): string => {
  const path = (url ?? '/').split(/[?#]/, 1)[0] ?? '/'
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

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
  const timer = setTimeout(finish, LINGER_MS).unref()
  request
    .on('data', onData)
    .on('end', finish)
    .on('close', finish)
    .on('error', () => {})
  request.resume()
}

const respond = (request: IncomingMessage, response: ServerResponse, answer: Answer): void => {
  if (response.headersSent || response.destroyed) return
  const body = answer.code === undefined ? '' : JSON.stringify({ code: answer.code })
  const isUnread = request.httpVersionMajor === 1 && !request.readableEnded && !request.complete
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...(isUnread ? { connection: 'close' } : {})
  })
  if (!isUnread) response.end(body)
  else {
    response.write(body)
    linger(request, response)
  }
}

/**
 * Makes the webhook: answers Thryve's deliveries, and passes every other request on.
 *
 * Mounted bare (`app.use(webhook)`, `http.createServer(webhook)`) it answers `options.path`; mounted under a path or
 * as a route it answers there. Mount it above body parsers: they consume the signed bytes.
 *
 * @param secret Thryve's HMAC secret; a list while it is rotated; `null` only with `allowUnsigned: true`.
 * @throws TypeError that names the option and the fix.
 * @example
 * const webhook = thryveWebhook(process.env.THRYVE_HMAC_SECRET ?? '', memoryAdapter())
 * app.use(webhook)
 */
export const thryveWebhook = (secret: Secret, adapter: StorageAdapter, options?: ThryveOptions): ThryveWebhook => {
  const receiver = createReceiver(secret, adapter, options)
  const { path, isPathGiven, maxCompressedBytes, bodyTimeoutMs, clock, logger } = receiver.settings
  let isParserReported = false

  /** `req.route` outlives its route, so only a route that holds this very handler counts. */
  const isOurs = (request: HostRequest): boolean => {
    if (request.route?.stack?.some(({ handle }) => handle === webhook) === true) return true
    const own = pathOf(request.url)
    const isMountPoint = own === '/' && pathOf(request.originalUrl ?? request.url) !== own
    return own === pathOf(path) || (isMountPoint && !isPathGiven)
  }

  const reportParser = (error: ThryveError): void => {
    if (error.code !== 'THRYVE_BODY_ALREADY_READ' || isParserReported) return
    isParserReported = true
    logger.error({ code: error.code, reason: error.reason }, error.message)
  }

  const answerRequest = async (request: HostRequest): Promise<Answer> => {
    const startedAtMs = clock.now()
    if (request.method !== 'POST') {
      return {
        ...receiver.refuse(new ThryveError('THRYVE_METHOD_NOT_ALLOWED'), startedAtMs),
        headers: { allow: 'POST' }
      }
    }
    try {
      const slot = receiver.admit(request.headers)
      try {
        const limits = { maxBytes: maxCompressedBytes, timeoutMs: bodyTimeoutMs }
        const body = await readBody(request as BodySource, limits)
        slot.resize(body.length)
        return await receiver.receive({ headers: request.headers, body, startedAtMs }, slot)
      } finally {
        slot.release()
      }
    } catch (error) {
      const refusal = asThryveError(error)
      reportParser(refusal)
      return receiver.refuse(refusal, startedAtMs)
    }
  }

  const handle = function thryveWebhookHandler(
    request: HostRequest,
    response: ServerResponse,
    next?: (error?: unknown) => void
  ): void {
    if (isOurs(request)) void answerRequest(request).then((answer) => respond(request, response, answer))
    else if (next !== undefined) next()
    else respond(request, response, receiver.refuse(new ThryveError('THRYVE_NOT_FOUND')))
  }

  const webhook: ThryveWebhook = Object.assign(handle, receiver)
  return webhook
}
