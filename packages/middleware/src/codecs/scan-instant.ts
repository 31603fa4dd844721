/** The usual spellings of an instant, read from the bytes of JSON: no text is made of them, and no regular expression runs. */

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const
const DAYS_FROM_YEAR_0_TO_1970 = 719_528
const DAY_MS = 86_400_000

const ZERO = 48
const QUOTE = 34
const PLUS = 43
const MINUS = 45
const DOT = 46
const COLON = 58
const LETTER_T = 84
const LETTER_Z = 90

/** Two digits as a number; anything else makes it NaN, and NaN stays. */
const twoDigits = (bytes: Uint8Array, at: number): number => {
  const tens = (bytes[at] as number) - ZERO
  const ones = (bytes[at + 1] as number) - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

/** The midnight UTC of a day that exists, else NaN. */
const midnightMs = (year: number, month: number, day: number): number => {
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1)) return Number.NaN
  const leapDay = isLeap(year) ? 1 : 0
  if (day > (DAYS_IN_MONTH[month - 1] as number) + (month === 2 ? leapDay : 0)) return Number.NaN
  const past = year - 1
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400) + 1
  const inYear = (DAYS_BEFORE_MONTH[month - 1] as number) + (month > 2 ? leapDay : 0) + day - 1
  return (year * 365 + leapDays + inYear - DAYS_FROM_YEAR_0_TO_1970) * DAY_MS
}

/** `±HH:MM` in milliseconds. */
const zoneMs = (bytes: Uint8Array, at: number): number => {
  const hour = twoDigits(bytes, at + 1)
  const minute = twoDigits(bytes, at + 4)
  if (bytes[at + 3] !== COLON || !(hour < 24 && minute < 60)) return Number.NaN
  const ms = (hour * 60 + minute) * 60_000
  return bytes[at] === PLUS ? ms : -ms
}

/**
 * Reads `YYYY-MM-DDTHH:MM:SS`, with or without `.sss`, then `Z` or `±HH:MM`, of the years 1 to 9999, and a quote behind it.
 *
 * @returns unix milliseconds; NaN for all else, which may be an instant all the same.
 */
export const scanInstant = (bytes: Uint8Array, at: number): number => {
  if (bytes[at + 4] !== MINUS || bytes[at + 7] !== MINUS || bytes[at + 10] !== LETTER_T) return Number.NaN
  if (bytes[at + 13] !== COLON || bytes[at + 16] !== COLON) return Number.NaN
  const year = twoDigits(bytes, at) * 100 + twoDigits(bytes, at + 2)
  const midnight = midnightMs(year, twoDigits(bytes, at + 5), twoDigits(bytes, at + 8))
  const hour = twoDigits(bytes, at + 11)
  const minute = twoDigits(bytes, at + 14)
  const second = twoDigits(bytes, at + 17)
  if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN
  let ms = midnight + ((hour * 60 + minute) * 60 + second) * 1_000
  let end = at + 19
  if (bytes[end] === DOT) {
    const ones = (bytes[end + 3] as number) - ZERO
    if (!(ones >= 0 && ones <= 9)) return Number.NaN
    ms += twoDigits(bytes, end + 1) * 10 + ones
    end += 4
  }
  const sign = bytes[end]
  if (sign === LETTER_Z) {
    end += 1
  } else {
    if (sign !== PLUS && sign !== MINUS) return Number.NaN
    ms -= zoneMs(bytes, end)
    end += 6
  }
  return bytes[end] === QUOTE ? ms : Number.NaN
}
