/** Counts the answers of the last minutes, at a cost that does not depend on how many there are. */
import type { Clock } from '../options/options'

/** What one answer adds. */
export interface CountedAnswer {
  readonly isOk: boolean
  /** Whether the request was shown to be Thryve's, or the fault is ours. */
  readonly isVerified: boolean
  readonly isUnverifiedRefusal: boolean
  readonly isSlow: boolean
  readonly durationMs: number
}

/** The sums over the window. */
export interface AnswerCounts {
  readonly answers: number
  readonly nonOk: number
  readonly verified: number
  readonly unverified: number
  readonly slow: number
}

/** Counts answers. */
export interface AnswerWindow {
  add(answer: CountedAnswer): void
  counts(): AnswerCounts
  /** `undefined` without answers. */
  percentiles(): { readonly p50: number; readonly p99: number } | undefined
}

/** The window moves on in steps of a 60th of it. */
const SLOTS = 60
/** Enough for a 99th percentile, 16 kB in all. */
const MAX_DURATIONS = 1_024

type Slot = { -readonly [Name in keyof AnswerCounts]: number } & { index: number }

const emptySlot = (index: number): Slot => ({ index, answers: 0, nonOk: 0, verified: 0, unverified: 0, slow: 0 })

/** Makes an empty window. */
export const createAnswerWindow = (windowMs: number, clock: Pick<Clock, 'now'>): AnswerWindow => {
  const slotMs = windowMs / SLOTS
  const slots: Slot[] = Array.from({ length: SLOTS }, () => emptySlot(-1))
  const durations = new Float64Array(MAX_DURATIONS)
  const answeredAtMs = new Float64Array(MAX_DURATIONS).fill(Number.NEGATIVE_INFINITY)
  let next = 0

  const indexAt = (nowMs: number): number => Math.floor(nowMs / slotMs)
  const slotAt = (nowMs: number): Slot => {
    const index = indexAt(nowMs)
    const at = ((index % SLOTS) + SLOTS) % SLOTS
    const slot = slots[at]
    if (slot?.index === index) return slot
    const fresh = emptySlot(index)
    slots[at] = fresh
    return fresh
  }

  return {
    add: ({ isOk, isVerified, isUnverifiedRefusal, isSlow, durationMs }) => {
      const nowMs = clock.now()
      const slot = slotAt(nowMs)
      slot.answers += 1
      if (!isOk) slot.nonOk += 1
      if (isVerified) slot.verified += 1
      if (isUnverifiedRefusal) slot.unverified += 1
      if (isSlow) slot.slow += 1
      durations[next] = durationMs
      answeredAtMs[next] = nowMs
      next = (next + 1) % MAX_DURATIONS
    },
    counts: () => {
      const sum = emptySlot(indexAt(clock.now()))
      for (const slot of slots) {
        if (slot.index <= sum.index - SLOTS || slot.index > sum.index) continue
        sum.answers += slot.answers
        sum.nonOk += slot.nonOk
        sum.verified += slot.verified
        sum.unverified += slot.unverified
        sum.slow += slot.slow
      }
      const { index: _, ...counts } = sum
      return counts
    },
    percentiles: () => {
      const sinceMs = clock.now() - windowMs
      const recent = durations.filter((_, at) => (answeredAtMs[at] ?? 0) >= sinceMs).sort()
      if (recent.length === 0) return undefined
      const at = (share: number): number => recent[Math.min(recent.length - 1, Math.floor(recent.length * share))] ?? 0
      return { p50: at(0.5), p99: at(0.99) }
    }
  }
}
