/** One day of a synthetic user: steps and heart rate with a circadian shape, a night's sleep, and the day's sums. */
import { type DailyRecord, type EpochRecord, parseValue, type RecordFields } from '@thryve-webhook/middleware'
import { type Random, randomOf } from './random'
import type { SyntheticUser } from './synthetic-user'

/** What a day brings. */
export interface SyntheticDay {
  readonly epoch: readonly EpochRecord[]
  readonly daily: readonly DailyRecord[]
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const STEP_MINUTES = 15
const PULSE_MINUTES = 10

const bell = (hour: number, peak: number, width: number): number => Math.exp(-(((hour - peak) / width) ** 2))

/** The share of the day's movement at this hour: on the way out, at lunch, and after work. */
const activityAt = (hour: number, { wakesAt, sleepsAt }: SyntheticUser): number => {
  if (hour < wakesAt || hour > sleepsAt) return 0
  return bell(hour, wakesAt + 1.3, 1) + 0.6 * bell(hour, 12.5, 1.2) + bell(hour, 17.8, 1.8) + 0.08
}

/** Lowest in the early morning, 10 % up in the afternoon, and up with movement. */
const pulseAt = (hour: number, user: SyntheticUser, random: Random): number => {
  const circadian = 1 - 0.1 * Math.cos(((hour - 4.5) / 24) * 2 * Math.PI)
  return Math.round(user.restingHeartRate * circadian + 22 * activityAt(hour, user) + random.around(4, 3))
}

const fieldsOf = (
  user: SyntheticUser,
  fields: Pick<RecordFields, 'dataTypeId' | 'dataTypeName' | 'value' | 'valueType'>,
  createdAtMs: number
) => ({
  endUserId: user.endUserId,
  endUserAlias: user.endUserAlias,
  dataSourceId: user.dataSourceId,
  dataSourceName: user.dataSourceName,
  timezoneOffset: user.timezoneOffset,
  ...fields,
  parsedValue: parseValue(fields.value, fields.valueType),
  creationTimestamp: new Date(createdAtMs)
})

/**
 * Makes a day.
 *
 * @param dayMs The midnight UTC that names the day, in unix milliseconds.
 */
export const syntheticDay = (seed: string, user: SyntheticUser, dayMs: number): SyntheticDay => {
  const random = randomOf(seed, `${user.endUserId} ${dayMs}`)
  const midnightMs = dayMs - user.timezoneOffset * MINUTE_MS
  const isWeekend = [0, 6].includes(new Date(dayMs).getUTCDay())
  const mood = random.around(isWeekend ? 0.85 : 1, 0.2)
  const epoch: EpochRecord[] = []

  const add = (
    startMs: number,
    endMs: number | undefined,
    fields: Parameters<typeof fieldsOf>[1],
    origin: Partial<EpochRecord>
  ): void => {
    const createdAtMs = (endMs ?? startMs) + random.between(20, 900) * 1_000
    epoch.push({
      dimension: 'epoch',
      ...fieldsOf(user, fields, createdAtMs),
      startTimestamp: new Date(startMs),
      ...(endMs === undefined ? {} : { endTimestamp: new Date(endMs) }),
      ...origin
    })
  }

  let steps = 0
  const [main = {}, ...others] = user.devices
  for (let minute = 0; minute < 1_440; minute += STEP_MINUTES) {
    const hour = minute / 60
    // The bells' areas add up to about 5.5 hours.
    const expected = (user.stepsPerDay * mood * activityAt(hour, user) * (STEP_MINUTES / 60)) / 5.5
    const count = Math.max(0, Math.round(random.around(expected, expected / 3)))
    if (count === 0) continue
    steps += count
    const type = { dataTypeId: 1000, dataTypeName: 'Steps', valueType: 'DOUBLE' }
    const startMs = midnightMs + minute * MINUTE_MS
    const endMs = startMs + STEP_MINUTES * MINUTE_MS
    add(startMs, endMs, { ...type, value: `${count}.0` }, { ...main, generationType: 'TRACKER' })
    for (const other of others) {
      // The phone stays on the desk at times, and counts less than the watch.
      if (!random.happens(0.4)) continue
      add(startMs, endMs, { ...type, value: `${Math.ceil(count * 0.8)}.0` }, { ...other, generationType: 'SMARTPHONE' })
    }
  }

  for (let minute = 0; minute < 1_440; minute += PULSE_MINUTES) {
    const value = String(pulseAt(minute / 60, user, random))
    const type = { dataTypeId: 3000, dataTypeName: 'HeartRate', valueType: 'LONG', value }
    // A pulse is of an instant: it has no end.
    add(midnightMs + minute * MINUTE_MS, undefined, type, { ...main, generationType: 'AUTOMATED_MEASUREMENT' })
  }

  let sleptMinutes = 0
  let asleepMs = midnightMs - (24 - user.sleepsAt - random.around(0, 0.4)) * HOUR_MS
  const awakeMs = midnightMs + (user.wakesAt + random.around(0, 0.4)) * HOUR_MS
  while (asleepMs < awakeMs) {
    const startMs = Math.round(asleepMs / 1_000) * 1_000
    const endMs = Math.round(Math.min(awakeMs, startMs + random.between(60, 200) * MINUTE_MS) / 1_000) * 1_000
    const type = { dataTypeId: 2000, dataTypeName: 'SleepStateBinary', valueType: 'BOOLEAN', value: 'true' }
    add(startMs, endMs, type, { ...main, generationType: 'CALCULATION' })
    sleptMinutes += Math.round((endMs - startMs) / MINUTE_MS)
    asleepMs = endMs + random.between(2, 12) * MINUTE_MS
  }

  const day = new Date(dayMs).toISOString().slice(0, 10)
  const createdAtMs = midnightMs + DAY_MS + random.between(1, 40) * MINUTE_MS
  const sums = [
    { dataTypeId: 1000, dataTypeName: 'Steps', value: String(steps) },
    { dataTypeId: 2000, dataTypeName: 'SleepDuration', value: String(sleptMinutes) },
    { dataTypeId: 3001, dataTypeName: 'HeartRateResting', value: String(user.restingHeartRate + random.between(-2, 2)) }
  ]
  const daily = sums.map(
    (sum): DailyRecord => ({ dimension: 'daily', ...fieldsOf(user, { ...sum, valueType: 'LONG' }, createdAtMs), day })
  )
  return { epoch, daily }
}
