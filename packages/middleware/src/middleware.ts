/** The receiver as a request handler for Express, Connect and `node:http`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ThryveError } from './errors'
import { pathOf } from './hosts/answer-request'
import { answerNodeRequest, respond } from './hosts/node-request'
import type { Secret, SecretLookup, ThryveOptions } from './options/options'
import { createReceiver, type Receiver } from './receiver'
import type { StorageAdapter } from './storage/storage'

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

/**
 * Makes the webhook: answers Thryve's deliveries, and passes every other request on.
 *
 * Mounted bare (`app.use(webhook)`, `http.createServer(webhook)`) it answers `options.path`; mounted under a path or
 * as a route it answers there. Mount it above body parsers: they consume the signed bytes.
 *
 * @param secret Thryve's HMAC secret; a list while it is rotated; a function that finds that of the request's tenant;
 * `null` only with `allowUnsigned: true`.
 * @throws TypeError that names the option and the fix.
 * @example
 * const webhook = thryveWebhook(process.env.THRYVE_HMAC_SECRET ?? '', memoryAdapter())
 * app.use(webhook)
 */
export const thryveWebhook = (
  secret: Secret | SecretLookup,
  adapter: StorageAdapter,
  options?: ThryveOptions
): ThryveWebhook => {
  const receiver = createReceiver(secret, adapter, options)
  const { path, isPathGiven } = receiver.settings

  /** `req.route` outlives its route, so only a route that holds this very handler counts. */
  const isOurs = (request: HostRequest): boolean => {
    if (request.route?.stack?.some(({ handle }) => handle === webhook) === true) return true
    const own = pathOf(request.url)
    const isMountPoint = own === '/' && pathOf(request.originalUrl ?? request.url) !== own
    return own === pathOf(path) || (isMountPoint && !isPathGiven)
  }

  const handle = function thryveWebhookHandler(
    request: HostRequest,
    response: ServerResponse,
    next?: (error?: unknown) => void
  ): void {
    if (isOurs(request)) void answerNodeRequest(receiver, request).then((answer) => respond(request, response, answer))
    else if (next !== undefined) next()
    else respond(request, response, receiver.refuse(new ThryveError('THRYVE_NOT_FOUND')))
  }

  const webhook: ThryveWebhook = Object.assign(handle, receiver)
  return webhook
}
