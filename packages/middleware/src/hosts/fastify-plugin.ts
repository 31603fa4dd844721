/** The receiver as a plugin of Fastify. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Receiver } from '../receiver'
import { renderAnswer } from './answer-request'
import { answerNodeRequest, isUnread, respond } from './node-request'

/** What the plugin uses of a Fastify request. */
interface FastifyRequestLike {
  readonly raw: object
}

/** What the plugin uses of a Fastify reply. */
interface FastifyReplyLike {
  readonly raw: object
  hijack(): unknown
  code(status: number): unknown
  headers(headers: object): unknown
  send(body?: unknown): unknown
}

/** What the plugin uses of a Fastify instance. */
export interface FastifyHost {
  /** The path that the instance is registered under. */
  readonly prefix: string
  /** Every method that the instance routes. */
  readonly supportedMethods: string[]
  route(options: object): unknown
}

/** A plugin for `app.register`. */
export type FastifyWebhookPlugin = (instance: FastifyHost, options: object, done: () => void) => void

/** How Fastify and its tools name a plugin, and check that it fits: https://fastify.dev/docs/latest/Guides/Write-Plugin */
const PLUGIN_META = { name: '@thryve-webhook/middleware', fastify: '5.x' }

/**
 * Makes a plugin of Fastify 5. It serves `options.path` of the webhook; registered under a `prefix` it serves the
 * prefix itself, or the path below it where `path` was given. It answers in `onRequest`, before Fastify looks at the
 * body: no content-type parser and no `preParsing` hook of the app touches the signed bytes, and none is changed.
 *
 * @example
 * await fastify.register(fastifyPlugin(webhook))
 */
export const fastifyPlugin = (receiver: Receiver): FastifyWebhookPlugin => {
  const { path, isPathGiven } = receiver.settings

  const answerFastify = async (request: FastifyRequestLike, reply: FastifyReplyLike): Promise<unknown> => {
    const raw = request.raw as IncomingMessage
    const answer = await answerNodeRequest(receiver, raw)
    if (isUnread(raw)) {
      reply.hijack()
      respond(raw, reply.raw as ServerResponse, answer)
      return reply
    }
    const { status, headers, body } = renderAnswer(answer)
    reply.code(status)
    reply.headers(headers)
    return reply.send(body === '' ? undefined : body)
  }

  const plugin: FastifyWebhookPlugin = (instance, _options, done) => {
    instance.route({
      method: instance.supportedMethods,
      url: instance.prefix !== '' && !isPathGiven ? '/' : path,
      exposeHeadRoute: false,
      onRequest: answerFastify,
      // Never reached: Fastify wants one.
      handler: answerFastify
    })
    done()
  }
  return Object.assign(plugin, {
    [Symbol.for('fastify.display-name')]: PLUGIN_META.name,
    [Symbol.for('plugin-meta')]: PLUGIN_META
  })
}
