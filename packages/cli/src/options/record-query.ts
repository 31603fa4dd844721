/** Which records, on the command line. */
import { InvalidArgumentError } from 'commander'

/** Parses a list of ids, such as `1000,3000`. */
export const idList = (text: string): number[] => {
  const ids = text.split(',').map((id) => (/^\s*\d{1,15}\s*$/.test(id) ? Number(id) : Number.NaN))
  if (ids.every(Number.isSafeInteger)) return ids
  throw new InvalidArgumentError('It must be whole numbers with commas between, such as 1000,3000.')
}

const DAY = /^\d{4}-\d\d-\d\d$/
const INSTANT = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/

/** `Date` takes 31 February for 2 March. */
const isRealDay = (day: string): boolean => {
  const midnight = new Date(`${day}T00:00:00Z`)
  return Number.isFinite(midnight.getTime()) && midnight.toISOString().startsWith(day)
}

/** Parses a day, as the midnight UTC that begins it, or an instant with its zone. */
export const instantOrDay = (text: string): Date => {
  const day = DAY.test(text) ? text : INSTANT.exec(text)?.[1]
  const date = new Date(text)
  if (day !== undefined && isRealDay(day) && Number.isFinite(date.getTime())) return date
  throw new InvalidArgumentError('It must be a day such as 2024-05-01, or an instant such as 2024-05-01T08:00:00Z.')
}
