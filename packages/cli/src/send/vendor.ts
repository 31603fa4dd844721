/** The vendor's manners: 2 s of patience, three retries, and a webhook that fails again and again is switched off. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Packed } from './pack'
import type { Outcome, Poster } from './post'

/** Retries after the first try, as the vendor's page states. */
const RETRIES = 3

/** What became of a delivery. */
export type Fate =
  /** Answered 200 or 204. */
  | 'accepted'
  /** All tries failed; `uncertain`: one of them may have been kept all the same. */
  | { readonly givenUp: true; readonly isUncertain: boolean }
  /** Ended by Ctrl-C. */
  | 'aborted'

/** A vendor's sender. */
export interface Vendor {
  /** Tries until it is accepted or given up. */
  deliver(packed: Packed): Promise<Fate>
  /** Tries once, where a refusal is what must happen. @returns whether it was accepted all the same, or `undefined` without an answer. */
  tryForgery(packed: Packed): Promise<boolean | undefined>
  /** Whether the webhook is switched off. */
  isDisabled(): boolean
}

/** How patient the vendor is. */
export interface VendorOptions {
  readonly poster: Poster
  /** Wait before the first retry, in milliseconds; it doubles with each. */
  readonly retryDelayMs: number
  /** Deliveries given up one after the other that switch the webhook off. */
  readonly disableAfter: number
  readonly signal: AbortSignal
  /** Hears of every try. */
  readonly onTry: (outcome: Outcome, isRetry: boolean) => void
}

/** The vendor's page names these two. */
const isAccepted = (outcome: Outcome): boolean =>
  outcome.kind === 'answer' && (outcome.status === 200 || outcome.status === 204)

/** Whether the receiver may have kept it although it did not say so. */
const mayBeKept = (outcome: Outcome): boolean =>
  outcome.kind === 'answer' ? outcome.status < 400 || outcome.status >= 500 : outcome.kind !== 'aborted'

/** Starts a vendor. */
export const createVendor = ({ poster, retryDelayMs, disableAfter, signal, onTry }: VendorOptions): Vendor => {
  let failuresInARow = 0

  const attempt = async (packed: Packed, isRetry: boolean): Promise<Outcome> => {
    const outcome = await poster.post(packed)
    if (outcome.kind !== 'aborted') onTry(outcome, isRetry)
    return outcome
  }

  const wait = async (ms: number): Promise<void> => {
    try {
      await sleep(ms, undefined, { signal })
    } catch {
      // Interrupted: the next try says so.
    }
  }

  return {
    async deliver(packed) {
      let isUncertain = false
      for (let retry = 0; retry <= RETRIES; retry += 1) {
        if (retry > 0) await wait(retryDelayMs * 2 ** (retry - 1))
        const outcome = await attempt(packed, retry > 0)
        if (outcome.kind === 'aborted') return 'aborted'
        if (isAccepted(outcome)) {
          failuresInARow = 0
          return 'accepted'
        }
        isUncertain ||= mayBeKept(outcome)
      }
      failuresInARow += 1
      return { givenUp: true, isUncertain }
    },
    async tryForgery(packed) {
      const outcome = await attempt(packed, false)
      return outcome.kind === 'answer' ? outcome.status >= 200 && outcome.status < 300 : undefined
    },
    isDisabled: () => failuresInARow >= disableAfter
  }
}
