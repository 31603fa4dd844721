/** A heap of values by the time they are due. */

/** A value that waits for its time. It can be in one queue at a time. */
export interface Due {
  /** Unix milliseconds. Set by the queue. */
  due: number
  /** Where the queue holds it; -1 outside. Set by the queue. */
  slot: number
  /** Breaks ties: the lower, the earlier. */
  readonly arrival: number
}

const isBefore = (a: Due, b: Due): boolean => (a.due === b.due ? a.arrival < b.arrival : a.due < b.due)

/** Adds, moves and removes in logarithmic time, so that a long backlog does not slow the inbox down. */
export class DueQueue<V extends Due> {
  readonly #heap: V[] = []

  /** What is due next. */
  get first(): V | undefined {
    return this.#heap[0]
  }

  /** Adds a value, or moves one that is here. */
  schedule(value: V, due: number): void {
    value.due = due
    if (value.slot < 0) value.slot = this.#heap.push(value) - 1
    this.#settle(value)
  }

  remove(value: V): void {
    if (value.slot < 0) return
    const last = this.#heap.pop() as V
    if (last !== value) {
      this.#place(last, value.slot)
      this.#settle(last)
    }
    value.slot = -1
  }

  #place(value: V, slot: number): void {
    this.#heap[slot] = value
    value.slot = slot
  }

  #settle(value: V): void {
    let parent = this.#heap[(value.slot - 1) >> 1]
    while (parent !== undefined && isBefore(value, parent)) {
      this.#swap(value, parent)
      parent = this.#heap[(value.slot - 1) >> 1]
    }
    let child = this.#firstChild(value)
    while (child !== undefined && isBefore(child, value)) {
      this.#swap(value, child)
      child = this.#firstChild(value)
    }
  }

  #swap(a: V, b: V): void {
    const slot = a.slot
    this.#place(a, b.slot)
    this.#place(b, slot)
  }

  #firstChild(value: V): V | undefined {
    const left = this.#heap[2 * value.slot + 1]
    const right = this.#heap[2 * value.slot + 2]
    return left !== undefined && right !== undefined && isBefore(right, left) ? right : left
  }
}
