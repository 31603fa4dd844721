/** One turn of work on an inbox entry: store it, tell the listeners, settle it. */

import { asThryveError, type ErrorCode, ThryveError } from '../errors'
import type { Claim, Inbox, Lease } from '../storage/inbox'
import type { Emitter } from './emitter'
import { keepLease } from './lease-keeper'
import { outcomeOf, type StoredDelivery, type StoreParts, storeDelivery } from './store-delivery'
import { runTurn, type Turn, tellListeners } from './turn'

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
const storeAndTell = async (parts: ClaimParts, turn: Turn, isLost: () => boolean): Promise<StoredDelivery> => {
  const stored = await storeDelivery(parts, turn)
  if (stored.event === undefined || isLost()) return stored
  const error = await tellListeners(parts, turn, stored.event)
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

const settle = async (
  parts: ClaimParts,
  claim: Claim,
  turn: Turn,
  result: StoredDelivery | ThryveError
): Promise<ClaimOutcome> => {
  if (result instanceof ThryveError) {
    turn.found.code = result.code
    const outcome = await settleFailed(parts, claim, result)
    if (outcome !== 'done') turn.end(outcome)
    return outcome
  }
  const outcome = await settleDone(parts, claim.lease, result)
  turn.end(outcome === 'done' ? outcomeOf(result) : 'lost', result.quarantinedFor)
  return outcome
}

const workOn = async (parts: ClaimParts, claim: GrantedClaim, turn: Turn): Promise<ClaimOutcome> => {
  const { inbox, settings, emitter } = parts
  const { lease, attempt, grantedAtMs } = claim
  if (attempt > settings.maxAttempts) {
    const code: ErrorCode = 'THRYVE_WORKER_LOST'
    emitter.signal('error', new ThryveError(code))
    const isBuried = await inbox.bury(lease, { code })
    turn.end(isBuried ? 'buried' : 'lost', code)
    return isBuried ? 'buried' : 'lost'
  }
  const durationMs = settings.leaseSeconds * 1_000
  const kept = keepLease(inbox, lease, { durationMs, grantedAtMs, clock: settings.clock })
  try {
    const result = await storeAndTell(parts, turn, kept.isLost).catch(asThryveError)
    if (result instanceof ThryveError && !LISTENER_CODES.has(result.code)) emitter.signal('error', result)
    if (!kept.isLost()) return await settle(parts, claim, turn, result)
    turn.end('lost')
    return 'lost'
  } finally {
    kept.stop()
  }
}

/**
 * Works on a claimed entry and settles it. Rejects only when the inbox itself fails: then the lease runs out, and the
 * entry is worked on again.
 */
export const processClaim = (parts: ClaimParts, claim: GrantedClaim): Promise<ClaimOutcome> => {
  const { delivery, attempt } = claim
  return runTurn(parts, { delivery, attempt, mode: 'inbox' }, (turn) => workOn(parts, claim, turn))
}
