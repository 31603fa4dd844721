/** A small seeded generator: the suite ships, so it brings no property-testing library along. */

/** How often a property is tried. */
const RUNS = 20

/** Random choices that a seed repeats. */
export interface Random {
  /** A whole number from 0 up to `end`, it excluded. */
  below(end: number): number
  pick<T>(list: readonly T[]): T
  isTrue(probability: number): boolean
  shuffle<T>(list: readonly T[]): T[]
}

/** Mulberry32: 32 bits of state are plenty for test data. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number): number => Math.floor(next() * end)
  return {
    below,
    pick: <T>(list: readonly T[]) => list[below(list.length)] as T,
    isTrue: (probability) => next() < probability,
    shuffle: (list) => {
      const rest = [...list]
      return list.map(() => rest.splice(below(rest.length), 1)[0] as (typeof rest)[number])
    }
  }
}

/** Tries a property with several seeds that follow from one; a failure names it. */
export const forSeeds = async (
  seed: number,
  property: (random: Random, run: number) => Promise<void>
): Promise<void> => {
  for (let run = 0; run < RUNS; run++) {
    try {
      await property(createRandom(seed + run), run)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`With seed ${seed + run}: ${reason}\nTo repeat it: adapterSuite({ …, seed: ${seed + run} })`, {
        cause
      })
    }
  }
}
