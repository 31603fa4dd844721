/** One turn of work on an inbox entry: store it, tell the listeners, settle it. */
import type { Emitter } from './emitter'
import { type ErrorCode, ThryveError } from './errors'
import { keepLease } from './lease-keeper'
import type { Claim, Inbox, Lease } from './storage'
import { type StoredDelivery, type StoreParts, storeDelivery } from './store-delivery'

/** What working on an entry takes. */
export interface ClaimParts extends StoreParts {
  readonly inbox: Inbox
  readonly emitter: Emitter
}

/** A claim, and when it was asked for by our clock in unix milliseconds. */
export interface GrantedClaim extends Claim {
  readonly grantedAtMs: number
}

/** How a turn ended. `outage`: the store is out of reach, and everybody should wait. */
export type ClaimOutcome = 'done' | 'retried' | 'buried' | 'lost' | 'outage'

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 300_000

/** The emitter has told these already. */
const LISTENER_CODES: ReadonlySet<ErrorCode> = new Set(['THRYVE_LISTENER_FAILED', 'THRYVE_LISTENER_TIMEOUT'])

/** Exponential with full jitter, from 1 s to 5 min: retries of many spread out instead of coming together. */
export const retryDelayMs = (attempt: number, random: () => number): number =>
  random() * Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 30))

const asThryveError = (error: unknown): ThryveError =>
  error instanceof ThryveError ? error : new ThryveError('THRYVE_INTERNAL', { cause: error })

/** A store that is down rejects everything; one that is up and rejects this delivery will not come round by waiting alone. */
const isOutage = async ({ adapter }: ClaimParts, error: ThryveError): Promise<boolean> => {
  if (error.code !== 'THRYVE_STORE_FAILED' || adapter.check === undefined) return false
  try {
    await adapter.check()
    return false
  } catch {
    return true
  }
}

/** Stores and tells; a lease lost on the way ends it, since another worker has the entry. */
const storeAndTell = async (parts: ClaimParts, claim: Claim, isLost: () => boolean): Promise<StoredDelivery> => {
  const { delivery, attempt } = claim
  const stored = await storeDelivery(parts, delivery)
  if (stored.event === undefined || isLost()) return stored
  const { id: deliveryId, receivedAt, sentAt } = delivery
  const context = { deliveryId, receivedAt, attempt, ...(sentAt && { sentAt }) }
  const [error] = await parts.emitter.emit({ ...stored.event, ...context })
  if (error !== undefined) throw error
  return stored
}

const settleFailed = async (parts: ClaimParts, claim: Claim, error: ThryveError): Promise<ClaimOutcome> => {
  const { inbox, settings } = parts
  const { lease, attempt } = claim
  const { code } = error
  const isDown = await isOutage(parts, error)
  if (code === 'THRYVE_NOT_KEPT' || (!isDown && attempt >= settings.maxAttempts)) {
    return (await inbox.bury(lease, { code })) ? 'buried' : 'lost'
  }
  const delayMs = retryDelayMs(attempt, settings.random)
  if (!(await inbox.release(lease, { delayMs, code, countsAttempt: !isDown }))) return 'lost'
  return isDown ? 'outage' : 'retried'
}

const settleDone = async (
  { inbox, settings }: ClaimParts,
  lease: Lease,
  stored: StoredDelivery
): Promise<ClaimOutcome> => {
  const user = stored.endUserId === undefined ? {} : { endUserId: stored.endUserId }
  return (await inbox.complete(lease, { dedupeSeconds: settings.dedupeSeconds, ...user })) ? 'done' : 'lost'
}

/**
 * Works on a claimed entry and settles it. Rejects only when the inbox itself fails: then the lease runs out, and the
 * entry is worked on again.
 */
export const processClaim = async (parts: ClaimParts, claim: GrantedClaim): Promise<ClaimOutcome> => {
  const { inbox, settings, emitter } = parts
  const { lease, attempt, grantedAtMs } = claim
  if (attempt > settings.maxAttempts) {
    const code: ErrorCode = 'THRYVE_WORKER_LOST'
    emitter.signal('error', new ThryveError(code))
    return (await inbox.bury(lease, { code })) ? 'buried' : 'lost'
  }
  const durationMs = settings.leaseSeconds * 1_000
  const kept = keepLease(inbox, lease, { durationMs, grantedAtMs, clock: settings.clock })
  try {
    const result = await storeAndTell(parts, claim, kept.isLost).catch(asThryveError)
    if (result instanceof ThryveError && !LISTENER_CODES.has(result.code)) emitter.signal('error', result)
    if (kept.isLost()) return 'lost'
    return result instanceof ThryveError
      ? await settleFailed(parts, claim, result)
      : await settleDone(parts, lease, result)
  } finally {
    kept.stop()
  }
}
