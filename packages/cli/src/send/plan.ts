/** The deliveries of well-behaved days: a user after the other, as a vendor sends the past of a device just connected. */
import type { ThryveRecord } from '@thryve-webhook/middleware'
import { type PlannedDelivery, planDelivery, type WireForm } from './planned-delivery'
import { syntheticDay } from './synthetic-day'
import { syntheticUser } from './synthetic-user'
import { withoutDetails, withoutTwins } from './without-details'

/** What to make up. */
export interface PlanOptions extends WireForm {
  readonly seed: string
  readonly users: number
  readonly days: number
  /** Midnight UTC of the first day, in unix milliseconds. */
  readonly firstDayMs: number
  /** Records in a delivery. */
  readonly batch: number
  readonly hasDetails: boolean
}

/** Some records of one user and dimension, in the order of time, and how much of the work is done with them. */
export interface Chunk {
  readonly records: readonly ThryveRecord[]
  /** User-days. */
  readonly progress: number
}

const DAY_MS = 86_400_000

/** Yields the records in chunks of at most `batch`. It holds one chunk of each dimension in memory. */
export function* chunksOf(options: PlanOptions): Generator<Chunk> {
  const { seed, users, days, firstDayMs, batch, hasDetails } = options
  for (let number = 1; number <= users; number += 1) {
    const user = syntheticUser(seed, number)
    const pending = { epoch: [] as ThryveRecord[], daily: [] as ThryveRecord[] }
    for (let day = 0; day < days; day += 1) {
      const progress = (number - 1) * days + day + 1
      const made = syntheticDay(seed, user, firstDayMs + day * DAY_MS)
      for (const dimension of ['epoch', 'daily'] as const) {
        const records: readonly ThryveRecord[] = made[dimension]
        const waiting = pending[dimension]
        for (const record of hasDetails ? records : withoutTwins(records)) {
          waiting.push(hasDetails ? record : withoutDetails(record))
          if (waiting.length === batch) yield { records: waiting.splice(0), progress }
        }
      }
    }
    for (const waiting of [pending.epoch, pending.daily]) {
      if (waiting.length > 0) yield { records: waiting, progress: number * days }
    }
  }
}

/** Yields the deliveries, each a `create`. */
export function* planDeliveries(options: PlanOptions): Generator<PlannedDelivery> {
  for (const { records, progress } of chunksOf(options)) yield planDelivery(records, false, options, { progress })
}
