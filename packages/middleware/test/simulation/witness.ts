/** Stands at the store's door and notes what an inbox must never do. */
import type { Inbox, Lease } from '../../src/index'

/** What was seen. */
export interface Witness {
  readonly inbox: Inbox
  /** Ids whose `complete` took effect, and when. */
  readonly completedAtMs: ReadonlyMap<string, number>
  /** Ids that came into the inbox. */
  readonly accepted: ReadonlySet<string>
  /** The greatest attempt handed out. */
  readonly attempts: ReadonlyMap<string, number>
  readonly violations: readonly string[]
}

/** Watches an inbox. */
export const witness = (inbox: Inbox, nowMs: () => number): Witness => {
  const completedAtMs = new Map<string, number>()
  const accepted = new Set<string>()
  const attempts = new Map<string, number>()
  const tokens = new Map<string, number>()
  const violations: string[] = []

  const granted = ({ deliveryId, token }: Lease, attempt: number): void => {
    if (token <= (tokens.get(deliveryId) ?? 0)) violations.push(`token did not grow: ${deliveryId}`)
    tokens.set(deliveryId, token)
    attempts.set(deliveryId, Math.max(attempt, attempts.get(deliveryId) ?? 0))
  }
  const changed = async (name: string, { deliveryId, token }: Lease, result: Promise<boolean>): Promise<boolean> => {
    const isChanged = await result
    if (isChanged && token !== tokens.get(deliveryId)) violations.push(`${name} without the lease: ${deliveryId}`)
    return isChanged
  }

  const watched: Inbox = {
    ...inbox,
    async put(delivery, lease) {
      const result = await inbox.put(delivery, lease)
      if (result.outcome === 'duplicate') return result
      if (accepted.has(delivery.id)) violations.push(`accepted twice: ${delivery.id}`)
      accepted.add(delivery.id)
      if (result.lease !== undefined) granted(result.lease, 1)
      return result
    },
    async claim(request) {
      const claim = await inbox.claim(request)
      if (claim === undefined) return undefined
      if (completedAtMs.has(claim.lease.deliveryId)) violations.push(`came back to life: ${claim.lease.deliveryId}`)
      granted(claim.lease, claim.attempt)
      return claim
    },
    extend: (lease, durationMs) => changed('extended', lease, inbox.extend(lease, durationMs)),
    release: (lease, release) => changed('released', lease, inbox.release(lease, release)),
    bury: (lease, burial) => changed('buried', lease, inbox.bury(lease, burial)),
    async complete(lease, done) {
      const isChanged = await changed('completed', lease, inbox.complete(lease, done))
      if (isChanged) completedAtMs.set(lease.deliveryId, nowMs())
      return isChanged
    }
  }
  return { inbox: watched, completedAtMs, accepted, attempts, violations }
}
