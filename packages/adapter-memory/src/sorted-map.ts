/** Values by id that can be walked in the order of their places. */

/** Where a value stands: by an instant in unix milliseconds, then by its id. It never moves. */
export interface Place {
  readonly ms: number
  readonly id: string
}

/** A value that has a place. */
export interface Placed {
  readonly place: Place
}

const compare = (a: Place, b: Place): number => {
  if (a.ms !== b.ms) return a.ms - b.ms
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}

/** Writes cost hardly more than a map's. The first walk after a change sorts, unless what came was in order. */
export class SortedMap<V extends Placed> {
  readonly #values = new Map<string, V>()
  #sorted: V[] | undefined

  get size(): number {
    return this.#values.size
  }

  get(id: string): V | undefined {
    return this.#values.get(id)
  }

  /** A walk that is under way does not see it. */
  add(value: V): void {
    const { place } = value
    const last = this.#sorted?.at(-1)
    if (last !== undefined && !this.#values.has(place.id) && compare(last.place, place) < 0) this.#sorted?.push(value)
    else this.#sorted = undefined
    this.#values.set(place.id, value)
  }

  /** @returns whether there was one. */
  delete(id: string): boolean {
    const isGone = this.#values.delete(id)
    if (isGone) this.#sorted = undefined
    return isGone
  }

  /** All values, in no order. */
  values(): Iterable<V> {
    return this.#values.values()
  }

  /** Walks the values from `first` (included) to `end` (excluded), as they stand now. @default all of them, `asc` */
  *walk(range: { readonly first?: Place; readonly end?: Place; readonly order?: 'asc' | 'desc' } = {}): Generator<V> {
    this.#sorted ??= [...this.#values.values()].sort((a, b) => compare(a.place, b.place))
    const sorted = this.#sorted
    const first = range.first === undefined ? 0 : countBefore(sorted, range.first)
    const end = range.end === undefined ? sorted.length : countBefore(sorted, range.end)
    if (range.order === 'desc') for (let index = end - 1; index >= first; index--) yield sorted[index] as V
    else for (let index = first; index < end; index++) yield sorted[index] as V
  }
}

const countBefore = (sorted: readonly Placed[], place: Place): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare((sorted[middle] as Placed).place, place) < 0) low = middle + 1
    else high = middle
  }
  return low
}
