/** The receiver as a function of AWS Lambda behind API Gateway (REST and HTTP), a function URL or a load balancer. */

import { ThryveError } from '../errors'
import { beforeDeadline } from '../receive/deadline'
import type { Receiver } from '../receiver'
import type { Headers } from '../signature/signature'
import { answerRequest, pathOf, renderAnswer } from './answer-request'

/** What the handler uses of an event: of REST (1.0) and HTTP (2.0) APIs, function URLs and load balancers alike. */
export interface LambdaEvent {
  /** REST, load balancer. */
  readonly httpMethod?: string
  /** REST, load balancer. */
  readonly path?: string
  /** HTTP, function URL. */
  readonly rawPath?: string
  readonly headers?: Readonly<Record<string, string | undefined>> | null
  /** REST, and load balancers set to it. */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null
  readonly body?: string | null
  readonly isBase64Encoded?: boolean
  readonly requestContext?: object
}

/** The parts of `requestContext` that tell the triggers apart: `http` in 2.0 events, `elb` behind a load balancer. */
interface RequestContext {
  readonly http?: { readonly method?: string }
  readonly elb?: unknown
}

/** What the platform makes a response of. */
export interface LambdaResult {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  /** For a load balancer set to multi-value headers, which ignores `headers`. */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>
  readonly body: string
  readonly isBase64Encoded: false
}

/** Lower-case names. One name in two spellings is a header sent twice, as is a list of several values. */
const headersOf = ({ headers, multiValueHeaders }: LambdaEvent): Headers => {
  const values: Record<string, string[]> = Object.create(null)
  for (const [name, value] of Object.entries(multiValueHeaders ?? headers ?? {})) {
    const key = name.toLowerCase()
    values[key] = [...(values[key] ?? []), ...[value ?? []].flat()]
  }
  const collected: Record<string, string | string[]> = Object.create(null)
  for (const [name, list] of Object.entries(values)) collected[name] = list.length === 1 ? (list[0] ?? '') : list
  return collected
}

const bodyOf = ({ body, isBase64Encoded }: LambdaEvent, maxBytes: number): Uint8Array => {
  const bytes = Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8')
  if (bytes.length > maxBytes) throw new ThryveError('THRYVE_BODY_TOO_LARGE')
  return bytes
}

/**
 * Makes a handler of Lambda. A function is frozen once it has answered, so it answers when the delivery is durable and,
 * within `ackDeadlineMs`, worked off: records stored, listeners called. What takes longer stays in the adapter's inbox,
 * for the next invocation or for a scheduled one that awaits `webhook.idle()`.
 *
 * The gateway must hand the body over as base64; one that turned it into text is answered `THRYVE_BODY_MANGLED`.
 *
 * @throws TypeError when the event is no HTTP request.
 * @example
 * export const handler = lambdaHandler(webhook)
 */
export const lambdaHandler = (receiver: Receiver): ((event: LambdaEvent) => Promise<LambdaResult>) => {
  const { clock, ackDeadlineMs } = receiver.settings
  return async function thryveLambdaHandler(event) {
    const { http, elb }: RequestContext = event.requestContext ?? {}
    const method = http?.method ?? event.httpMethod
    if (method === undefined) {
      throw new TypeError('The event is no HTTP request of API Gateway, a function URL or a load balancer.')
    }
    const deadlineMs = clock.now() + ackDeadlineMs
    const answer = await answerRequest(receiver, {
      method,
      headers: headersOf(event),
      path: pathOf(event.rawPath ?? event.path),
      readBody: ({ maxBytes }) => bodyOf(event, maxBytes)
    })
    const isTaken = answer.code === undefined
    if (isTaken) await beforeDeadline(receiver.idle(), { clock, deadlineMs, code: 'THRYVE_CLOSED' }).catch(() => {})
    const { status: statusCode, headers, body } = renderAnswer(answer)
    const isMultiValue = elb !== undefined && event.multiValueHeaders != null
    const answerHeaders = isMultiValue
      ? { multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])) }
      : { headers }
    return { statusCode, ...answerHeaders, body, isBase64Encoded: false }
  }
}
