/** Waiting: the store's clock judges, so a case waits for what must happen and never says when. */
import { strict as assert } from 'node:assert'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Claim, Inbox, LeaseRequest } from '../../storage/inbox'

const PATIENCE_MS = 5_000
const POLL_MS = 10

/** Longer than any test. */
export const AN_HOUR_MS = 3_600_000
/** Over at once, or nearly. */
export const AN_INSTANT_MS = 20

/** A lease that does not run out during a test. */
export const longLease = (owner = 'worker'): LeaseRequest => ({ owner, durationMs: AN_HOUR_MS })

/** A lease that runs out at once. */
export const shortLease = (owner = 'lost-worker'): LeaseRequest => ({ owner, durationMs: AN_INSTANT_MS })

/** Lets the store's clock move on, so that what follows is later than what came before. */
export const aMoment = (): Promise<void> => sleep(AN_INSTANT_MS)

/** Claims again and again until there is something to claim. */
export const claimEventually = async (inbox: Inbox, lease: LeaseRequest = longLease()): Promise<Claim> => {
  const giveUpAt = performance.now() + PATIENCE_MS
  for (;;) {
    const claim = await inbox.claim(lease)
    if (claim !== undefined) return claim
    if (performance.now() > giveUpAt) assert.fail(`Nothing could be claimed within ${PATIENCE_MS / 1000} s.`)
    await sleep(POLL_MS)
  }
}
