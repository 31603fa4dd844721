/** A delivery's way to its answer: authenticate, verify, acknowledge when durable. It knows no HTTP server. */
import { createHash, randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either'
import { pipe } from 'fp-ts/lib/function'
import * as TE from 'fp-ts/lib/TaskEither'
import { authenticate } from './authenticate'
import type { Emitter } from './emitter'
import { asThryveError, type ErrorCode, statusOf, type ThryveError } from './errors'
import type { Settings } from './options'
import { type Headers, verify } from './signature'
import type { Step } from './steps'
import type { RawDelivery } from './storage'

/** A delivery as a host hands it over. */
export interface IncomingDelivery {
  /** Header names in lower case. */
  readonly headers: Headers
  /** The bytes exactly as received: not decompressed, not parsed, not turned into text. */
  readonly body: Uint8Array
  /** When its first byte arrived, in unix milliseconds: the sender's patience runs from there. @default now */
  readonly startedAtMs?: number
}

/** What to answer the sender. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Absent on 204. */
  readonly code?: ErrorCode
}

/** What receiving takes. `acknowledge` resolves once the delivery is durable. */
export interface ReceiveParts {
  readonly settings: Settings
  readonly emitter: Pick<Emitter, 'signal'>
  readonly acknowledge: (raw: RawDelivery, deadlineMs: number) => Promise<void>
}

/** The vendor publishes no schedule of its retries. Short, since a store that was slow is mostly back soon. */
const RETRY_AFTER_SECONDS = 5

/** Equal bytes signed at different times are different deliveries; unsigned ones may legitimately be equal, so each is its own. */
const deliveryId = (body: Uint8Array, timestamp: string | undefined): string =>
  timestamp === undefined
    ? randomBytes(32).toString('hex')
    : createHash('sha256').update(timestamp).update(body).digest('hex')

const verifyDelivery = ({ settings }: ReceiveParts, { headers, body }: IncomingDelivery): RawDelivery => {
  const { secrets, signature: scheme, toleranceSeconds, clock } = settings
  const nowMs = clock.now()
  const { sentAt } = settings.allowUnsigned
    ? {}
    : verify({ headers, body }, { secret: secrets, scheme, toleranceSeconds, nowMs })
  const timestamp = scheme.timestampHeader === null ? '' : headers[scheme.timestampHeader]
  const contentEncoding = headers['content-encoding'] as string | undefined
  return {
    id: deliveryId(body, settings.allowUnsigned ? undefined : String(timestamp)),
    body,
    ...(contentEncoding === undefined ? {} : { contentEncoding: contentEncoding.trim().toLowerCase() }),
    receivedAt: new Date(nowMs),
    ...(sentAt === undefined ? {} : { sentAt })
  }
}

/** Answers a refusal and tells it. The answer says a code and nothing else: one wording for whatever is wrong with a signature. */
export const refuse = ({ emitter }: Pick<ReceiveParts, 'emitter'>, error: ThryveError): Answer => {
  const { code, reason } = error
  const status = statusOf(code) ?? 500
  emitter.signal('rejected', reason === undefined ? { code, status } : { code, status, reason })
  if (error.cause !== undefined || code === 'THRYVE_INTERNAL') emitter.signal('error', error)
  return { status, code, headers: status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {} }
}

/**
 * Receives one delivery. Never rejects: whatever happens has an answer. The step learns the delivery's id once it is verified.
 */
export const receiveDelivery = (parts: ReceiveParts, delivery: IncomingDelivery, step: Step): Promise<Answer> => {
  const { authenticate: authentication, ackDeadlineMs, clock } = parts.settings
  const deadlineMs = (delivery.startedAtMs ?? clock.now()) + ackDeadlineMs
  return pipe(
    TE.tryCatch(() => authenticate(delivery.headers, authentication), asThryveError),
    TE.chainEitherK(() => E.tryCatch(() => verifyDelivery(parts, delivery), asThryveError)),
    TE.chain((raw) => {
      step.deliveryId = raw.id
      return TE.tryCatch(() => parts.acknowledge(raw, deadlineMs), asThryveError)
    }),
    TE.match(
      (error): Answer => refuse(parts, error),
      (): Answer => ({ status: 204, headers: {} })
    )
  )()
}
