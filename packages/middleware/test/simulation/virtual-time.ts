/** Time and chance of one simulated world: both come from its seed, so that a world can be run again. */

interface Event {
  readonly dueMs: number
  readonly order: number
  readonly run: () => void
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const isBefore = (a: Event, b: Event): boolean => (a.dueMs === b.dueMs ? a.order < b.order : a.dueMs < b.dueMs)

/** Runs events in the order of their time; between two, every promise that can settle does. */
export class VirtualTime {
  #nowMs: number
  #order = 0
  /** Sorted, the next one last: worlds are small. */
  readonly #events: Event[] = []

  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  now = (): number => this.#nowMs

  after(ms: number, run: () => void): void {
    this.at(this.#nowMs + ms, run)
  }

  at(dueMs: number, run: () => void): void {
    const event = { dueMs: Math.max(dueMs, this.#nowMs), order: this.#order++, run }
    let index = this.#events.length
    while (index > 0 && isBefore(this.#events[index - 1] as Event, event)) index -= 1
    this.#events.splice(index, 0, event)
  }

  /** Runs the next event and all that follows from it at once. @returns whether there was one. */
  async step(): Promise<boolean> {
    const event = this.#events.pop()
    if (event === undefined) return false
    this.#nowMs = event.dueMs
    event.run()
    await new Promise((resolve) => setImmediate(resolve))
    return true
  }
}
