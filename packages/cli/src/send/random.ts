/** Chance from a seed: the same seed and label give the same numbers on every machine. */
import { createHash } from 'node:crypto'

/** A source of chance. */
export interface Random {
  /** From 0, below 1. */
  next(): number
  /** Whether something of this probability happens. */
  happens(probability: number): boolean
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number
  /** A number around `mean`, mostly within twice the `spread`. */
  around(mean: number, spread: number): number
  pick<T>(choices: readonly [T, ...T[]]): T
  /** So many random decimal digits, the first of them not 0. */
  digits(count: number): string
}

/** Starts a sequence (mulberry32) of its own for a seed and a label, such as a user's number. */
export const randomOf = (seed: string, label: string): Random => {
  let state = createHash('sha256').update(`${seed}\0${label}`).digest().readUInt32LE(0)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    happens: (probability) => next() < probability,
    between,
    around: (mean, spread) => mean + spread * (next() + next() + next() + next() - 2) * Math.sqrt(3),
    pick: (choices) => choices[between(0, choices.length - 1)] as (typeof choices)[0],
    digits: (count) => Array.from({ length: count }, (_, at) => between(at === 0 ? 1 : 0, 9)).join('')
  }
}
