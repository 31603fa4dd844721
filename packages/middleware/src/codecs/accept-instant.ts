/** The usual spellings of an instant, read without a regular expression: the codec's own took half of decoding. */

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const
const DAYS_FROM_YEAR_0_TO_1970 = 719_528
const DAY_MS = 86_400_000

const ZERO = 48
const PLUS = 43
const MINUS = 45
const DOT = 46
const COLON = 58
const LETTER_T = 84
const LETTER_Z = 90

/** Two digits as a number; anything else makes it NaN, and NaN stays. */
const twoDigits = (text: string, at: number): number => {
  const tens = text.charCodeAt(at) - ZERO
  const ones = text.charCodeAt(at + 1) - ZERO
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

const zoneMs = (text: string, at: number): number => {
  const sign = text.charCodeAt(at)
  if (sign === LETTER_Z) return text.length === at + 1 ? 0 : Number.NaN
  if ((sign !== PLUS && sign !== MINUS) || text.length !== at + 6 || text.charCodeAt(at + 3) !== COLON)
    return Number.NaN
  const hour = twoDigits(text, at + 1)
  const minute = twoDigits(text, at + 4)
  if (!(hour < 24 && minute < 60)) return Number.NaN
  const ms = (hour * 60 + minute) * 60_000
  return sign === PLUS ? ms : -ms
}

/**
 * Reads `YYYY-MM-DDTHH:MM:SS`, with or without `.sss`, then `Z` or `±HH:MM`, of the years 1 to 9999.
 *
 * @returns unix milliseconds; NaN for every other text, which may be an instant all the same.
 */
export const acceptInstant = (text: string): number => {
  if (text.charCodeAt(4) !== MINUS || text.charCodeAt(7) !== MINUS || text.charCodeAt(10) !== LETTER_T)
    return Number.NaN
  if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return Number.NaN
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const midnight = midnightMs(year, twoDigits(text, 5), twoDigits(text, 8))
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN
  const time = midnight + ((hour * 60 + minute) * 60 + second) * 1_000
  if (text.charCodeAt(19) !== DOT) return time - zoneMs(text, 19)
  const ones = text.charCodeAt(22) - ZERO
  if (!(ones >= 0 && ones <= 9)) return Number.NaN
  return time + twoDigits(text, 20) * 10 + ones - zoneMs(text, 23)
}
