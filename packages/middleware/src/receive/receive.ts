/** A delivery's way to its answer: authenticate, verify, acknowledge when durable. It knows no HTTP server. */
import { createHash, randomBytes } from 'node:crypto'
import { asThryveError, type ErrorCode, statusOf, type ThryveError } from '../errors'
import type { Settings } from '../options/options'
import type { Emitter } from '../process/emitter'
import { authenticate } from '../signature/authenticate'
import { assertSignatureForm, type Headers, verifyScheme } from '../signature/signature'
import type { Step } from '../steps'
import type { RawDelivery } from '../storage/raw-delivery'
import type { createObserver } from './observe'
import { secretsOf } from './secrets'

/** A delivery as a host hands it over. */
export interface IncomingDelivery {
  /** Header names in lower case. */
  readonly headers: Headers
  /** The bytes exactly as received: not decompressed, not parsed, not turned into text. */
  readonly body: Uint8Array
  /** What the sender asked for, without the query: a function given as `secret` may tell tenants by it. */
  readonly path?: string
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
  /** Keeps what failed the signature; absent unless `observe` is set. */
  readonly observe?: ReturnType<typeof createObserver> | undefined
}

/** The vendor publishes no schedule of its retries. Short, since a store that was slow is mostly back soon. */
const RETRY_AFTER_SECONDS = 5

/** Equal bytes signed at different times are different deliveries; unsigned ones may legitimately be equal, so each is its own. */
const deliveryId = (body: Uint8Array, timestamp: string | undefined): string =>
  timestamp === undefined
    ? randomBytes(32).toString('hex')
    : createHash('sha256').update(timestamp).update(body).digest('hex')

/** Strangers cannot make a function of the host look for tenants: the signature's form and time are checked first. */
const findSecrets = (
  { settings }: ReceiveParts,
  { headers, path }: IncomingDelivery,
  deadlineMs: number
): readonly string[] | Promise<readonly string[]> => {
  const { secrets, signature, toleranceSeconds, clock } = settings
  if (typeof secrets !== 'function') return secrets
  assertSignatureForm(headers, { scheme: signature, toleranceSeconds, nowMs: clock.now() })
  return secretsOf(settings, path === undefined ? { headers } : { headers, path }, deadlineMs)
}

/**
 * Verifies a delivery against the clock of its receipt.
 *
 * @throws ThryveError `THRYVE_SIGNATURE_MISMATCH`.
 */
export const verifyDelivery = (
  settings: Settings,
  { headers, body }: IncomingDelivery,
  { secret, nowMs }: { readonly secret: readonly string[]; readonly nowMs: number }
): RawDelivery => {
  const { signature: scheme, toleranceSeconds, allowUnsigned } = settings
  const sentAt = allowUnsigned
    ? undefined
    : verifyScheme({ headers, body }, { secret, scheme, toleranceSeconds, nowMs }).sentAt
  const timestamp = scheme.timestampHeader === null ? '' : headers[scheme.timestampHeader]
  const contentEncoding = headers['content-encoding'] as string | undefined
  return {
    id: deliveryId(body, allowUnsigned ? undefined : String(timestamp)),
    body,
    ...(contentEncoding !== undefined && { contentEncoding: contentEncoding.trim().toLowerCase() }),
    receivedAt: new Date(nowMs),
    ...(sentAt !== undefined && { sentAt })
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

const observeOrThrow = (
  { observe }: ReceiveParts,
  delivery: IncomingDelivery,
  error: ThryveError,
  deadlineMs: number
): Promise<void> => {
  if (observe === undefined || error.code !== 'THRYVE_SIGNATURE_MISMATCH') return Promise.reject(error)
  return observe(delivery, error, deadlineMs)
}

const verifyAndAcknowledge = async (
  parts: ReceiveParts,
  delivery: IncomingDelivery,
  step: Step,
  deadlineMs: number
): Promise<void> => {
  const { settings } = parts
  if (settings.authenticate !== undefined) await authenticate(delivery.headers, settings.authenticate)
  const found = findSecrets(parts, delivery, deadlineMs)
  const secret = found instanceof Promise ? await found : found
  const raw = verifyDelivery(settings, delivery, { secret, nowMs: settings.clock.now() })
  step.deliveryId = raw.id
  await parts.acknowledge(raw, deadlineMs)
}

const DONE: Answer = Object.freeze({ status: 204, headers: Object.freeze({}) })

/**
 * Receives one delivery. Never rejects: whatever happens has an answer. The step learns the delivery's id once it is
 * verified.
 */
export const receiveDelivery = async (parts: ReceiveParts, delivery: IncomingDelivery, step: Step): Promise<Answer> => {
  const { ackDeadlineMs, clock } = parts.settings
  const deadlineMs = (delivery.startedAtMs ?? clock.now()) + ackDeadlineMs
  try {
    await verifyAndAcknowledge(parts, delivery, step, deadlineMs)
  } catch (error) {
    try {
      await observeOrThrow(parts, delivery, asThryveError(error), deadlineMs)
    } catch (refusal) {
      return refuse(parts, asThryveError(refusal))
    }
  }
  return DONE
}
