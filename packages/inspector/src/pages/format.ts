/** How pages write sizes, instants and ids. */
import { type Html, html } from '../html'

const UNITS = ['B', 'kB', 'MB', 'GB'] as const

/** A size for people: `1.2 kB`. */
export const size = (bytes: number): string => {
  let amount = bytes
  let unit = 0
  while (amount >= 1_000 && unit < UNITS.length - 1) {
    amount /= 1_000
    unit += 1
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${UNITS[unit]}`
}

/** An instant to the second, UTC. */
export const instant = (date: Date): Html =>
  html`<time datetime="${date.toISOString()}">${date.toISOString().slice(0, 19).replace('T', ' ')}</time>`

/** An id's first digits; the whole of it is in the title. */
export const shortId = (id: string): Html => html`<code title="${id}">${id.slice(0, 12)}</code>`
