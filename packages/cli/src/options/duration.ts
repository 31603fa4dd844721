/** Durations on the command line: a number and a unit. */
import { InvalidArgumentError } from 'commander'

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/
/** The longest that a timer of Node can wait. */
const MAX_MS = 2 ** 31 - 1

/**
 * Parses a duration: `500ms`, `30s`, `5m`, `2h` or `7d`.
 *
 * @returns milliseconds, more than 0.
 * @example command.option('--timeout <duration>', 'how long to wait, such as 30s', duration, 30_000)
 */
export const duration = (text: string): number => {
  const [, amount, unit] = DURATION.exec(text) ?? []
  const ms = Math.round(Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS])
  if (ms > 0 && ms <= MAX_MS) return ms
  throw new InvalidArgumentError('It must be a duration of at most 24 days, such as 500ms, 30s, 5m, 2h or 7d.')
}
