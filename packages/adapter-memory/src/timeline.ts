/** The records of one user and dimension, in the order of their time. */
import type { StoredRecord } from './packed-record'

const compare = (a: StoredRecord, b: StoredRecord): number => {
  if (a.ms !== b.ms) return a.ms - b.ms
  return a.key < b.key ? -1 : 1
}

/** Adding costs a push: no map of its own, since the store finds every record by its key already. */
export class Timeline {
  /** Replaced, never reordered in place: a walk that is under way goes on over what there was. */
  #records: StoredRecord[] = []
  #isSorted = true
  #gone = 0

  get size(): number {
    return this.#records.length - this.#gone
  }

  /** Adds a record that is not here. A walk that is under way does not see it. */
  add(stored: StoredRecord): void {
    const last = this.#records.at(-1)
    this.#isSorted &&= last === undefined || compare(last, stored) < 0
    this.#records.push(stored)
  }

  /** Takes a record out that is here. */
  delete(stored: StoredRecord): void {
    stored.isGone = true
    this.#gone += 1
    if (this.#gone > this.#records.length / 2) this.#sweep()
  }

  /** All records, in no order. */
  values(): StoredRecord[] {
    this.#sweep()
    return this.#records
  }

  /** Walks the records from `firstMs` (included) to `endMs` (excluded), as they stand now. */
  *walk(firstMs: number, endMs: number, order: 'asc' | 'desc'): Generator<StoredRecord> {
    this.#sweep()
    if (!this.#isSorted) this.#records = this.#records.toSorted(compare)
    this.#isSorted = true
    const records = this.#records
    const first = countBefore(records, firstMs)
    const end = countBefore(records, endMs)
    if (order === 'desc') for (let index = end - 1; index >= first; index--) yield records[index] as StoredRecord
    else for (let index = first; index < end; index++) yield records[index] as StoredRecord
  }

  #sweep(): void {
    if (this.#gone > 0) this.#records = this.#records.filter(({ isGone }) => !isGone)
    this.#gone = 0
  }
}

const countBefore = (records: readonly StoredRecord[], ms: number): number => {
  let low = 0
  let high = records.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((records[middle] as StoredRecord).ms < ms) low = middle + 1
    else high = middle
  }
  return low
}
