/** Asks something dear seldom, and waits for the answer only so long. */

import type { Clock } from '../options/options'
import { beforeDeadline } from '../receive/deadline'

/** How often it is asked, and how long it is waited for. */
export interface CachedAnswerOptions {
  readonly freshMs: number
  readonly patienceMs: number
  readonly clock: Clock
}

/** An answer: `failed` when it was refused or is late. A late answer serves the next who asks. */
export type CachedAnswer<T> = { readonly value: T } | 'failed'

/** One question at a time, and none while the last answer is fresh. */
export const cachedAnswer = <T>(
  ask: () => Promise<T>,
  { freshMs, patienceMs, clock }: CachedAnswerOptions
): (() => Promise<CachedAnswer<T>>) => {
  let answer: CachedAnswer<T> = 'failed'
  let answeredAtMs = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | undefined

  const askNow = async (): Promise<void> => {
    try {
      answer = { value: await ask() }
    } catch {
      answer = 'failed'
    }
    answeredAtMs = clock.now()
    asking = undefined
  }

  return async () => {
    if (clock.now() - answeredAtMs < freshMs) return answer
    asking ??= askNow()
    try {
      await beforeDeadline(asking, { clock, deadlineMs: clock.now() + patienceMs, code: 'THRYVE_STORE_TIMEOUT' })
      return answer
    } catch {
      return 'failed'
    }
  }
}
