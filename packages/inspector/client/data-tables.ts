/** The data view's tables: coverage and records. */
import type { Overview, TablePage } from '../src/wire.js'
import { byId, cell, count, make, row } from './elements.js'

/** How many shades the style sheet knows. */
const SHADES = 9

const head = (text: string): HTMLTableCellElement => {
  const element = make('th', '', text)
  element.scope = 'col'
  return element
}

const nameOf = (name: string | undefined, id: number): string =>
  name === undefined ? `Source ${id}` : `${name} (${id})`

/** A cell says its share in words, too: a colour alone says nothing to many. */
const shareCell = (covered: number, days: number, text: string): HTMLTableCellElement => {
  const share = days === 0 ? 0 : covered / days
  const shade = covered === 0 ? 0 : Math.max(1, Math.round(share * SHADES))
  const element = cell(make('span', 'unseen', text), `shade-${shade}`)
  element.title = text
  return element
}

/** Writes which source covers which hours. */
export const writeCoverage = ({ sources, days }: Overview): void => {
  const isHourly = sources.some(({ hours }) => hours.length > 0)
  const hours = isHourly ? [...Array(24).keys()] : []
  const columns = ['Source', ...hours.map((hour) => String(hour).padStart(2, '0')), 'Days', 'Records']
  const rows = sources.map(({ name, dataSourceId, hours: covered, days: coveredDays, records }) => {
    const source = make('th', '', nameOf(name, dataSourceId))
    source.scope = 'row'
    const cells = covered.map((amount, hour) =>
      shareCell(amount, days, `${String(hour).padStart(2, '0')} h: ${amount} of ${days} days`)
    )
    return row(source, ...cells, cell(`${coveredDays} of ${days}`, 'number nowrap'), cell(count(records), 'number'))
  })
  byId('coverage').replaceChildren(make('thead', '', make('tr', '', ...columns.map(head))), make('tbody', '', ...rows))
  byId('coverage-lead').textContent = isHourly
    ? 'On how many days a source brought records in that hour (UTC). The stronger the colour, the more days.'
    : 'On how many days a source brought records.'
}

/** Begin and end: an instant to the second, or a day. */
const when = (text: string): string => text.slice(0, 19).replace('T', ' ')

/** Writes a page of records. */
export const writeRecords = ({ rows, next }: TablePage): void => {
  const written = rows.map(({ at, until, type, source, generationType, value }) =>
    row(
      cell(when(at), 'nowrap'),
      cell(until === undefined ? '–' : when(until), 'nowrap'),
      cell(type),
      cell(source),
      cell(generationType ?? '–'),
      cell(value ?? make('span', 'dim', 'hidden'), 'number')
    )
  )
  byId('records')
    .querySelector('tbody')
    ?.replaceChildren(...written)
  byId<HTMLButtonElement>('older').disabled = next === undefined
}
