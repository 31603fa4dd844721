/** One line of a chart in a fixed number of buckets: however many values come, it stays as large as it began. */

/** A line while it is gathered. */
export interface Buckets {
  add(bucket: number, value: number): void
  /** The line at the buckets asked for; a bucket without a value is `null`. */
  at(buckets: readonly number[]): {
    readonly mean: (number | null)[]
    readonly min: (number | null)[]
    readonly max: (number | null)[]
  }
}

/** Makes a line of so many buckets. */
export const createBuckets = (size: number): Buckets => {
  const counts = new Uint32Array(size)
  const sums = new Float64Array(size)
  const least = new Float64Array(size).fill(Number.POSITIVE_INFINITY)
  const most = new Float64Array(size).fill(Number.NEGATIVE_INFINITY)

  const read = (buckets: readonly number[], value: (bucket: number) => number): (number | null)[] =>
    buckets.map((bucket) => ((counts[bucket] ?? 0) === 0 ? null : value(bucket)))

  return {
    add: (bucket, value) => {
      counts[bucket] = (counts[bucket] ?? 0) + 1
      sums[bucket] = (sums[bucket] ?? 0) + value
      if (value < (least[bucket] ?? 0)) least[bucket] = value
      if (value > (most[bucket] ?? 0)) most[bucket] = value
    },
    at: (buckets) => ({
      mean: read(buckets, (bucket) => (sums[bucket] ?? 0) / (counts[bucket] ?? 1)),
      min: read(buckets, (bucket) => least[bucket] ?? 0),
      max: read(buckets, (bucket) => most[bucket] ?? 0)
    })
  }
}
