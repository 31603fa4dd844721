/** Long work in short turns, so that the host's other requests get theirs. */
import { performance } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long others wait at most. */
const TURN_MS = 4

/** Turns of one piece of work. */
export interface Turns {
  /** Whether the others have waited long enough. */
  isOver(): boolean
  /** Lets them run. */
  next(): Promise<void>
}

/** Begins the first turn. */
export const beginTurns = (): Turns => {
  let beganAt = performance.now()
  return {
    isOver: () => performance.now() - beganAt > TURN_MS,
    next: async () => {
      await nextTurn()
      beganAt = performance.now()
    }
  }
}
