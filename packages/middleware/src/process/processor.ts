/** Makes deliveries durable in the inbox, and works them off: its own at once, those of others when they are free. */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { storeFailed, ThryveError } from '../errors'
import { beforeDeadline } from '../receive/deadline'
import type { Claim, LeaseRequest, PutResult } from '../storage/inbox'
import type { RawDelivery } from '../storage/raw-delivery'
import { type ClaimParts, type GrantedClaim, processClaim, retryDelayMs } from './process-claim'

/** Works an inbox off. */
export interface Processor {
  /**
   * Resolves once the delivery is in the inbox.
   *
   * @throws ThryveError `THRYVE_BACKLOG_FULL`, `THRYVE_STORE_FAILED`, `THRYVE_STORE_TIMEOUT`. A put that lands after all is worked off, and the sender's retry is a duplicate.
   */
  acknowledge(delivery: RawDelivery, deadlineMs: number): Promise<void>
  /** How many deliveries are worked on here. */
  active(): number
  /** Resolves when nothing is being worked on here, and nothing waits to be. */
  idle(): Promise<void>
  /** Claims nothing more. */
  stop(): void
  /** Gives back what is still being worked on, without using an attempt up. */
  giveBack(): Promise<void>
}

/** An idle process asks the store every second at first, every five in the end. */
const SHORTEST_POLL_MS = 1_000
const LONGEST_POLL_MS = 5_000
/** How long closing waits for a store that does not answer; then the leases run out by themselves. */
const GIVE_BACK_MS = 1_000
/** Counting is the dearest thing an idle process does; between two counts its own puts and settlements are added up. A full inbox is counted at every poll. */
const MEASURE_EVERY_MS = 30_000

/** Makes a processor, and lets it run. */
export const createProcessor = (parts: ClaimParts): Processor => {
  const { inbox, settings, emitter, steps } = parts
  const { clock, random, maxConcurrentProcessing, maxPending } = settings
  const lease: LeaseRequest = {
    owner: `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`,
    durationMs: settings.leaseSeconds * 1_000
  }
  const working = new Map<Claim, Promise<void>>()
  let reserved = 0
  let pending = 0
  let outages = 0
  let pollMs = SHORTEST_POLL_MS
  let measuredAtMs = Number.NEGATIVE_INFINITY
  let isStopped = false
  let isGivenBack = false
  let isPaused = false
  let isDraining = false
  let mayHaveMore = false
  let draining = Promise.resolve()
  let cancelPoll = (): void => {}

  const hasFreeSlot = (): boolean => working.size + reserved < maxConcurrentProcessing

  const schedule = (ms: number): void => {
    cancelPoll()
    if (!isStopped) cancelPoll = clock.after(ms, () => void poll())
  }

  /** The store is out of reach: everything waits, ever longer, and then one claim tries. */
  const pause = (): void => {
    isPaused = true
    outages += 1
    schedule(SHORTEST_POLL_MS / 2 + retryDelayMs(Math.min(outages, 4), random))
  }

  const work = async (claim: GrantedClaim): Promise<void> => {
    try {
      const outcome = await processClaim(parts, claim)
      if (outcome === 'outage') pause()
      else outages = 0
      if (outcome === 'done' || outcome === 'buried') pending = Math.max(0, pending - 1)
    } catch (cause) {
      emitter.signal('error', storeFailed(cause))
      pause()
    } finally {
      working.delete(claim)
      if (mayHaveMore) void drain()
    }
  }

  const release = ({ lease }: Claim): Promise<boolean> =>
    inbox.release(lease, { delayMs: 0, code: 'THRYVE_CLOSED', countsAttempt: false })

  /** A put or a claim may land when all the rest was given back. */
  const start = (claim: GrantedClaim): void => {
    if (isGivenBack) void release(claim).catch(() => {})
    else working.set(claim, work(claim))
  }

  /** Claims while there are free slots and claimable entries. */
  const claimAll = async (): Promise<void> => {
    isDraining = true
    try {
      while (!isStopped && !isPaused && hasFreeSlot()) {
        mayHaveMore = false
        const grantedAtMs = clock.now()
        const claim = await inbox.claim(lease)
        if (claim === undefined) return
        mayHaveMore = true
        outages = 0
        pollMs = SHORTEST_POLL_MS
        start({ ...claim, grantedAtMs })
      }
    } catch (cause) {
      emitter.signal('error', storeFailed(cause))
      pause()
    } finally {
      isDraining = false
    }
  }

  const drain = (): Promise<void> => {
    if (!isDraining) draining = claimAll()
    return draining
  }

  const poll = async (): Promise<void> => {
    isPaused = false
    pollMs = Math.min(LONGEST_POLL_MS, pollMs * 1.5)
    await drain()
    if (isPaused) return
    await measure()
    schedule(pollMs * (0.8 + 0.4 * random()))
  }

  const measure = async (): Promise<void> => {
    const isFull = pending >= maxPending
    if (!isFull && clock.now() - measuredAtMs < MEASURE_EVERY_MS) return
    measuredAtMs = clock.now()
    try {
      const { ready, leased } = await inbox.stats()
      pending = ready + leased
    } catch {
      // A store that cannot be asked answers the next put itself.
    }
  }

  const put = async (delivery: RawDelivery): Promise<void> => {
    const isOwn = !isPaused && hasFreeSlot()
    if (isOwn) reserved += 1
    const grantedAtMs = clock.now()
    let result: PutResult
    try {
      const step = { name: 'put', deliveryId: delivery.id, bytes: delivery.body.length } as const
      result = await steps.run(step, () => inbox.put(delivery, isOwn ? lease : undefined))
    } catch (cause) {
      throw storeFailed(cause)
    } finally {
      if (isOwn) reserved -= 1
    }
    if (result.outcome === 'duplicate') return
    pending += 1
    if (result.lease !== undefined) return start({ lease: result.lease, delivery, attempt: 1, grantedAtMs })
    mayHaveMore = true
    void drain()
  }

  schedule(SHORTEST_POLL_MS * random())

  return {
    acknowledge: (delivery, deadlineMs) => {
      if (pending >= maxPending) return Promise.reject(new ThryveError('THRYVE_BACKLOG_FULL'))
      return beforeDeadline(put(delivery), { clock, deadlineMs, code: 'THRYVE_STORE_TIMEOUT' })
    },
    active: () => working.size,
    idle: async () => {
      await drain()
      while (working.size > 0 || isDraining) await Promise.all([draining, ...working.values()])
    },
    stop: () => {
      isStopped = true
      cancelPoll()
    },
    giveBack: async () => {
      isGivenBack = true
      const given = Promise.allSettled([...working.keys()].map(release))
      const deadlineMs = clock.now() + GIVE_BACK_MS
      await beforeDeadline(given, { clock, deadlineMs, code: 'THRYVE_CLOSED' }).catch(() => {})
    }
  }
}
