/** The receiver as a middleware of Koa. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Receiver } from '../receiver'
import { pathOf, renderAnswer } from './answer-request'
import { answerNodeRequest, isUnread, respond } from './node-request'

/** What the middleware uses of a Koa context. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly path: string
  readonly originalUrl: string
  status: number
  body: unknown
  respond?: boolean | undefined
  set(headers: Record<string, string>): void
}

/** A middleware for `app.use`. */
export type KoaWebhookMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>

/** How the middleware is mounted. */
export interface KoaMiddlewareOptions {
  /** It is the handler of a router's route, and answers whatever reaches it. @default false */
  readonly isRoute?: boolean
}

/**
 * Makes a middleware of Koa. It answers the webhook's path, or the mount point under `koa-mount`, and passes everything
 * else on. Use it above body parsers: they consume the signed bytes.
 *
 * @example
 * koa.use(koaMiddleware(webhook))
 * router.post('/hooks/:tenant', koaMiddleware(webhook, { isRoute: true }))
 */
export const koaMiddleware = (
  receiver: Receiver,
  { isRoute = false }: KoaMiddlewareOptions = {}
): KoaWebhookMiddleware => {
  const { path: servedPath, isPathGiven } = receiver.settings

  const isOurs = ({ path, originalUrl }: KoaContext): boolean => {
    const isMountPoint = path === '/' && pathOf(originalUrl) !== '/'
    return isRoute || pathOf(path) === pathOf(servedPath) || (isMountPoint && !isPathGiven)
  }

  return async function thryveKoaMiddleware(context, next) {
    if (!isOurs(context)) return void (await next())
    const { req: request, res: response } = context
    // koa-mount shortens `request.url`, and restores it after.
    const answer = await answerNodeRequest(receiver, Object.assign(request, { originalUrl: context.originalUrl }))
    const { status, headers, body } = renderAnswer(answer)
    context.status = status
    if (isUnread(request)) {
      context.respond = false
      return respond(request, response, answer)
    }
    context.body = body === '' ? null : body
    context.status = status
    context.set({ ...headers })
  }
}
