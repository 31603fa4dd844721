/** Long work with pauses, so that the host's other requests get their turn. */
import { performance } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long others wait at most. */
const LONGEST_WAIT_MS = 4

/** The pauses of one piece of work. */
export interface Pauses {
  /** Whether others have waited long enough. */
  isDue(): boolean
  /** Lets them run. */
  take(): Promise<void>
}

/** Begins a piece of work. */
export const createPauses = (): Pauses => {
  let resumedAt = performance.now()
  return {
    isDue: () => performance.now() - resumedAt > LONGEST_WAIT_MS,
    take: async () => {
      await nextTurn()
      resumedAt = performance.now()
    }
  }
}
