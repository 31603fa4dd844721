import * as t from 'io-ts'
import type { TimestampType } from '../events'

/** 0000-01-01 to 9999-12-31: what ISO 8601 writes with four digits, so both forms know the same instants. */
const MIN_INSTANT_MS = -62_167_219_200_000
const MAX_INSTANT_MS = 253_402_300_799_999
const DAY_MS = 86_400_000

const ISO_INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:Z|([+-])(\d{2}):?(\d{2}))$/
const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/

/**
 * `Date.UTC` reads the years 0 to 99 as 1900 to 1999, and turns 31 February into 3 March: a day of two digits that does
 * not exist is one of another month.
 */
const midnightOf = (year: number, month: number, dayOfMonth: number): number | undefined => {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, dayOfMonth)
  return date.getUTCMonth() === month - 1 ? date.getTime() : undefined
}

/**
 * Parses an ISO 8601 instant strictly: with a zone, and no 31 February. Beyond milliseconds it is cut, not rounded.
 *
 * @returns unix milliseconds, or `undefined`.
 */
export const parseIsoInstant = (text: string): number | undefined => {
  const match = ISO_INSTANT.exec(text)
  if (match === null) return undefined
  const [, year, month, dayOfMonth, hour, minute, second = 0, fraction = '', sign, zoneHour = 0, zoneMinute = 0] = match
  const midnight = midnightOf(Number(year), Number(month), Number(dayOfMonth))
  const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60
  const isZone = Number(zoneHour) < 24 && Number(zoneMinute) < 60
  if (midnight === undefined || !isTime || !isZone) return undefined
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'))
  const timeMs = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000 + milliseconds
  const zoneMs = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000
  return midnight + timeMs - (sign === '-' ? -zoneMs : zoneMs)
}

/** Whether a value is the unix milliseconds of an instant that both forms can write. */
export const isInstantMs = (u: unknown): u is number =>
  Number.isInteger(u) && (u as number) >= MIN_INSTANT_MS && (u as number) <= MAX_INSTANT_MS

const isInstant = (u: unknown): u is Date => u instanceof Date && isInstantMs(u.getTime())

/**
 * An instant on the wire: ISO 8601 text with a zone, or unix milliseconds. The JavaScript type decides which,
 * not the label `timestampType` beside it: the vendor's own daily example is mislabelled.
 */
const instantCodec = (form: TimestampType) =>
  new t.Type<Date, string | number, unknown>(
    'ISO 8601 instant with zone, or unix milliseconds',
    isInstant,
    (u, context) => {
      const ms = typeof u === 'string' ? parseIsoInstant(u) : u
      return isInstantMs(ms) ? t.success(new Date(ms)) : t.failure(u, context)
    },
    (date) => (form === 'UNIX' ? date.getTime() : date.toISOString().replace('.000Z', 'Z'))
  )

/**
 * The instant codecs by the form they encode to; both decode both forms.
 *
 * @example instant.ISO.decode('2022-09-07T19:39:32Z')
 */
export const instant = { ISO: instantCodec('ISO'), UNIX: instantCodec('UNIX') }

/** Whether a value is a day that exists, as `YYYY-MM-DD`. */
export const isDay = (u: unknown): u is string => {
  const match = typeof u === 'string' ? ISO_DAY.exec(u) : null
  return match !== null && midnightOf(Number(match[1]), Number(match[2]), Number(match[3])) !== undefined
}

/**
 * A day on the wire: `YYYY-MM-DD`, or the unix milliseconds of the midnight UTC that begins it.
 */
const dayCodec = (form: TimestampType) =>
  new t.Type<string, string | number, unknown>(
    'day as YYYY-MM-DD, or unix milliseconds of midnight UTC',
    isDay,
    (u, context) => {
      if (isDay(u)) return t.success(u)
      if (!isInstantMs(u) || u % DAY_MS !== 0) return t.failure(u, context)
      return t.success(new Date(u).toISOString().slice(0, 10))
    },
    (day) => (form === 'UNIX' ? Date.parse(day) : day)
  )

/**
 * The day codecs by the form they encode to; both decode both forms.
 *
 * @example day.UNIX.decode(1662508800000)
 */
export const day = { ISO: dayCodec('ISO'), UNIX: dayCodec('UNIX') }
