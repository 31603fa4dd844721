/** Checks an endpoint from outside, as the sender sees it. */
import { randomBytes } from 'node:crypto'
import type { SignatureScheme } from '@thryve-webhook/middleware'
import { type SignedDeliveryOptions, signedDelivery } from '@thryve-webhook/middleware/testing'
import { CommandError } from '../terminal'
import { type PostAnswer, post } from './post'

/** What a check found. */
export interface EndpointCheck {
  readonly name: string
  readonly isGood: boolean
  readonly result: string
  /** What to do about it. */
  readonly fix?: string
}

/** What all checks found. */
export interface EndpointReport {
  readonly isGood: boolean
  readonly checks: readonly EndpointCheck[]
}

/** What checking takes. */
export interface EndpointOptions {
  readonly secret: string
  readonly scheme: SignatureScheme
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** An answer, or the code of the socket's error. */
type Outcome = PostAnswer | { readonly status: 0; readonly code: string; readonly ms: number }

const SENDER_PATIENCE_MS = 2_000
const SIGNED_TIMES = 5
const MiB = 1_024 * 1_024
const STALE_SECONDS = 86_400

/** An event without records: nothing to store, and listeners see an empty list. */
const emptyEvent = () => ({
  endUserId: 'thryve-webhook-doctor',
  timestampType: 'ISO',
  type: 'event.data.epoch.create',
  data: { dataSourceId: 5, epochData: [] }
})

const tell = ({ status, code }: Outcome): string =>
  status === 0 ? `no answer (${code})` : [status, code].filter(Boolean).join(' ')

/** Requests of one endpoint, one after the other. */
const createCaller = (url: URL, { secret, scheme, timeoutMs, signal }: EndpointOptions) => {
  const send = async (headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<Outcome> => {
    try {
      return await post(url, { headers, body, timeoutMs, signal })
    } catch (error) {
      if (signal.aborted) throw error
      return { status: 0, code: (error as NodeJS.ErrnoException).code ?? 'unknown', ms: timeoutMs }
    }
  }
  const deliver = async (
    payload: object | Uint8Array,
    options: Partial<SignedDeliveryOptions> = {}
  ): Promise<Outcome> => {
    const { headers, body } = await signedDelivery(payload, { secret, scheme, ...options })
    return send(headers, body)
  }
  return { send, deliver }
}

type Caller = ReturnType<typeof createCaller>

const otherSecret = ({ secretEncoding }: SignatureScheme): string =>
  randomBytes(32).toString(secretEncoding === 'utf8' ? 'hex' : secretEncoding)

const refusal = (name: string, outcome: Outcome): EndpointCheck => {
  const result = tell(outcome)
  if (outcome.status === 401 || outcome.status === 403) return { name, isGood: true, result }
  if (outcome.status >= 200 && outcome.status < 300) {
    const fix = `${name} is accepted. Unset allowUnsigned and observe; is it this receiver that answers?`
    return { name, isGood: false, result, fix }
  }
  return {
    name,
    isGood: false,
    result,
    fix: `${name} should be answered 401: is it the right path, and the receiver that answers?`
  }
}

const checkRefusals = async ({ send, deliver }: Caller, { scheme }: EndpointOptions): Promise<EndpointCheck[]> => {
  const { headers, body } = await signedDelivery(emptyEvent(), { secret: 'unused' })
  const unsigned = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('content-')))
  const old = String(Math.floor(Date.now() / 1_000) - STALE_SECONDS)
  return [
    refusal('unsigned', await send(unsigned, body)),
    refusal('forged', await deliver(emptyEvent(), { secret: otherSecret(scheme) })),
    ...(scheme.timestampHeader === null ? [] : [refusal('stale', await deliver(emptyEvent(), { timestamp: old }))])
  ]
}

const fixOfRefused = ({ status, code }: Outcome): string => {
  if (code === 'THRYVE_BODY_ALREADY_READ') return 'Mount the webhook above express.json() and other body parsers.'
  if (code === 'THRYVE_SIGNATURE_MISMATCH') {
    return 'Is it the same secret and scheme? Else a hop changes the body: capture a request at the receiver, and let the doctor read it.'
  }
  if (code === 'THRYVE_UNAUTHENTICATED')
    return 'The receiver asks for web authentication, which the doctor does not send.'
  if (status >= 300 && status < 400) return 'Name the address it redirects to: a signed POST is not sent twice.'
  if (status === 404 || status === 405)
    return 'Is the path right? The receiver answers /webhooks/thryve unless it is told another.'
  if (status === 415)
    return 'Something before the receiver refuses zstd: body parsers do. Mount the webhook above them.'
  if (status === 403) return 'A firewall may refuse bodies that it cannot read: let this path through.'
  if (status === 503) return 'The store is slow or down: look at its log.'
  return 'See docs/errors.md.'
}

const isAccepted = ({ status }: Outcome): boolean => status === 200 || status === 204

const checkSigned = async ({ deliver }: Caller): Promise<EndpointCheck[]> => {
  const outcomes: Outcome[] = []
  for (let time = 0; time < SIGNED_TIMES; time++) outcomes.push(await deliver(emptyEvent()))
  const worst = outcomes.find((outcome) => !isAccepted(outcome)) ?? outcomes[0]
  if (worst === undefined) return []
  const signed: EndpointCheck = isAccepted(worst)
    ? { name: 'signed', isGood: true, result: tell(worst) }
    : { name: 'signed', isGood: false, result: tell(worst), fix: fixOfRefused(worst) }
  const slowestMs = Math.ceil(Math.max(...outcomes.map(({ ms }) => ms)))
  const time = {
    name: 'answer time',
    result: `${slowestMs} ms at most, of ${SIGNED_TIMES} (allowed: ${SENDER_PATIENCE_MS} ms)`
  }
  const isFast = slowestMs < SENDER_PATIENCE_MS
  const slow = { ...time, isGood: false, fix: 'Thryve waits 2 s: look at the store, cold starts and the way there.' }
  return [signed, isFast ? { ...time, isGood: true } : slow]
}

/** A plain body passes where a zstd one does not: then the bytes were changed on their way. */
const checkZstd = async ({ deliver }: Caller, signed: EndpointCheck | undefined): Promise<EndpointCheck> => {
  const name = 'zstd untouched'
  if (signed?.isGood === true) return { name, isGood: true, result: 'the signature over compressed bytes matched' }
  const plain = await deliver(emptyEvent(), { encoding: 'identity' })
  if (!isAccepted(plain)) return { name, isGood: false, result: 'unknown: no signed delivery is accepted' }
  const fix = 'A hop decompresses or changes compressed bodies. docs/verification.md lists the setting of each gateway.'
  return { name, isGood: false, result: 'plain JSON is accepted, zstd is not', fix }
}

/** Forged, so that nothing is kept; the receiver reads a body before it refuses it. */
const checkSize = async ({ deliver }: Caller, { scheme }: EndpointOptions, mib: number): Promise<EndpointCheck> => {
  const name = `body of ${mib} MiB`
  const outcome = await deliver(randomBytes(mib * MiB), { secret: otherSecret(scheme), encoding: 'identity' })
  const { status, code } = outcome
  if (status === 401) return { name, isGood: true, result: 'reaches the receiver' }
  if (status >= 200 && status < 300)
    return { name, isGood: true, result: `reaches a server, which accepts it: ${tell(outcome)}` }
  if (code === 'THRYVE_BODY_TOO_LARGE') {
    return { name, isGood: false, result: '413 of the receiver', fix: 'Raise maxCompressedBytes.' }
  }
  if (status === 413) {
    const fix = 'A proxy before the receiver refuses it: raise its body limit (nginx: client_max_body_size).'
    return { name, isGood: false, result: '413, not of the receiver', fix }
  }
  return {
    name,
    isGood: false,
    result: tell(outcome),
    fix: 'A hop ends the request: look at its limits of size and time.'
  }
}

/**
 * Checks an endpoint.
 *
 * @throws CommandError when it cannot be reached.
 */
export const checkEndpoint = async (url: URL, options: EndpointOptions): Promise<EndpointReport> => {
  const caller = createCaller(url, options)
  const probe = await caller.send({}, Buffer.of())
  if (probe.status === 0) throw new CommandError(`${url.origin} cannot be reached (${probe.code}).`)
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  const https: EndpointCheck = {
    name: 'https',
    isGood: url.protocol === 'https:' || isLocal,
    result: url.protocol === 'https:' ? 'yes' : isLocal ? 'no, but this machine' : 'no',
    fix: 'Health data must not travel in the clear, and Thryve posts over HTTPS.'
  }
  const refusals = await checkRefusals(caller, options)
  const signed = await checkSigned(caller)
  const zstd = await checkZstd(caller, signed[0])
  const sizes: EndpointCheck[] = []
  for (const mib of [1, 4, 8]) sizes.push(await checkSize(caller, options, mib))
  const checks = [https, ...refusals, ...signed, zstd, ...sizes]
  return { isGood: checks.every(({ isGood }) => isGood), checks }
}
