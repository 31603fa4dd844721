/** Keeps a lease alive while its entry is worked on, and knows when it is lost. */
import type { Clock } from '../options/options'
import type { Inbox, Lease } from '../storage/inbox'

/** A lease being kept. */
export interface KeptLease {
  /** Whether the lease may have passed to another worker: then nothing of it may be settled any more. */
  isLost(): boolean
  /** Ends the heartbeat. */
  stop(): void
}

/**
 * Extends a lease every third of its duration. Without a renewal for all but a sixth of it the lease counts as lost:
 * a process that was paused must not trust that its timers ran. `grantedAtMs` is when it was asked for, not when the
 * reply came: that may have taken longer than the lease lasts.
 */
export const keepLease = (
  inbox: Inbox,
  lease: Lease,
  { durationMs, grantedAtMs, clock }: { durationMs: number; grantedAtMs: number; clock: Clock }
): KeptLease => {
  let renewedAtMs = grantedAtMs
  let isTaken = false
  let isStopped = false
  let cancel = (): void => {}

  const beat = async (): Promise<void> => {
    const askedAtMs = clock.now()
    try {
      if (await inbox.extend(lease, durationMs)) renewedAtMs = askedAtMs
      else isTaken = true
    } catch {
      // The store is out of reach. The next beat tries again, and isLost() tells when it is too late.
    }
    if (!isStopped && !isTaken) schedule()
  }
  const schedule = (): void => {
    cancel = clock.after(durationMs / 3, () => void beat())
  }

  schedule()
  return {
    isLost: () => isTaken || clock.now() - renewedAtMs > (durationMs * 5) / 6,
    stop: () => {
      isStopped = true
      cancel()
    }
  }
}
