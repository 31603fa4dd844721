/** Notices that a source, of which data used to come, has fallen silent. */

import type { Clock } from '../options/options'
import type { SourceHealth } from './health-report'

/** Watches sources. */
export interface SourceRhythm {
  seen(dataSourceId: number): void
  /** Those seen last first. */
  sources(): readonly SourceHealth[]
}

/** A sender that invents sources must not fill the memory: the one unheard of for longest makes room. */
const MAX_SOURCES = 100
const MINUTE_MS = 60_000
/** Never alarmed earlier: a retry alone can take minutes. */
const SHORTEST_SILENCE_MS = 30 * MINUTE_MS
/** A source whose nights are not known yet gets half a day. */
const LEARNING_MS = 1_440 * MINUTE_MS
const SILENCE_WHILE_LEARNING_MS = 720 * MINUTE_MS
/** Rare sources have no rhythm. */
const MIN_SEEN = 5
/** Pauses are forgotten by halves in three days, so that nights and a weekend belong to the rhythm. */
const HALF_LIFE_MS = 3 * 1_440 * MINUTE_MS

interface Heard {
  firstMs: number
  lastMs: number
  times: number
  /** The longest pause, fading. */
  pauseMs: number
}

const fade = (pauseMs: number, elapsedMs: number): number => pauseMs * 0.5 ** (elapsedMs / HALF_LIFE_MS)

/** Makes the watch. */
export const createSourceRhythm = (silenceFactor: number, clock: Pick<Clock, 'now'>): SourceRhythm => {
  /** In the order of `lastMs`. */
  const heard = new Map<number, Heard>()

  const isSilent = ({ firstMs, lastMs, times, pauseMs }: Heard): boolean => {
    if (times < MIN_SEEN) return false
    const floorMs = lastMs - firstMs < LEARNING_MS ? SILENCE_WHILE_LEARNING_MS : SHORTEST_SILENCE_MS
    return clock.now() - lastMs > Math.max(floorMs, silenceFactor * pauseMs)
  }

  return {
    seen: (dataSourceId) => {
      const nowMs = clock.now()
      const before = heard.get(dataSourceId)
      heard.delete(dataSourceId)
      if (before === undefined) {
        heard.set(dataSourceId, { firstMs: nowMs, lastMs: nowMs, times: 1, pauseMs: 0 })
        const [oldest] = heard.size > MAX_SOURCES ? heard.keys() : []
        if (oldest !== undefined) heard.delete(oldest)
        return
      }
      const pauseMs = Math.max(0, nowMs - before.lastMs)
      before.pauseMs = Math.max(pauseMs, fade(before.pauseMs, pauseMs))
      before.lastMs = nowMs
      before.times += 1
      heard.set(dataSourceId, before)
    },
    sources: () =>
      [...heard].reverse().map(([dataSourceId, source]) => ({
        dataSourceId,
        lastSeenAt: new Date(source.lastMs),
        isSilent: isSilent(source)
      }))
  }
}
