/** When a receiver counts as degraded or failing. Thryve publishes no figures beyond its 2 s, so the defaults err on the early side. */
import { optionError } from '../errors'

/** Thresholds of `webhook.health()`. */
export interface HealthOptions {
  /** How far back answers are looked at. Long enough for a few deliveries, short enough to see an end. @default 300 */
  readonly windowSeconds?: number
  /** An answer that took longer is slow: half of Thryve's 2 s, since the way there and back counts, too. @default 1000 */
  readonly slowMs?: number
  /** Which share of failed or slow answers is degraded, in percent. @default 5 */
  readonly degradedPercent?: number
  /** Which share of failed answers is failing, in percent. @default 50 */
  readonly failingPercent?: number
  /** A share says something from so many answers on. @default 20 */
  readonly minAnswers?: number
  /** How many failed answers in a row are failing: more than the four tries of one delivery. @default 5 */
  readonly failuresInARow?: number
  /** A backlog whose oldest delivery waits longer is degraded. @default 300 */
  readonly backlogSeconds?: number
  /** A source is silent after this many times its longest pause of late; never before half an hour. @default 2 */
  readonly silenceFactor?: number
}

/** Thresholds with every default filled in. */
export type HealthThresholds = Required<HealthOptions>

const DEFAULTS: HealthThresholds = {
  windowSeconds: 300,
  slowMs: 1_000,
  degradedPercent: 5,
  failingPercent: 50,
  minAnswers: 20,
  failuresInARow: 5,
  backlogSeconds: 300,
  silenceFactor: 2
}
const MAX_THRESHOLD = 2 ** 31 - 1

/** @throws TypeError that names the threshold. */
export const readHealthOptions = (options: HealthOptions = {}): HealthThresholds => {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    if (!Object.hasOwn(DEFAULTS, name)) {
      throw optionError(`health.${name}`, `is not known; use ${Object.keys(DEFAULTS).join(', ')}`)
    }
    if (!Number.isSafeInteger(value) || value < 1 || value > MAX_THRESHOLD) {
      throw optionError(`health.${name}`, `must be a whole number from 1 to ${MAX_THRESHOLD}`)
    }
  }
  return Object.freeze({ ...DEFAULTS, ...Object.fromEntries(given) })
}
