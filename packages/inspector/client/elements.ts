/** Small ways to write into the page. Text stays text: nothing here takes HTML. */

/** The element of that id; the page's own templates have it. */
export const byId = <T extends HTMLElement = HTMLElement>(id: string): T => {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`The page has no #${id}.`)
  return element as T
}

type Child = Node | string | number

/** Makes an element with classes and children. */
export const make = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  classes: string,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name)
  if (classes !== '') element.className = classes
  element.append(...children.map((child) => (typeof child === 'number' ? String(child) : child)))
  return element
}

/** A row of a table. */
export const row = (...cells: readonly HTMLElement[]): HTMLTableRowElement => make('tr', '', ...cells)

/** A cell of plain text. */
export const cell = (text: Child, classes = ''): HTMLTableCellElement => make('td', classes, text)

const UNITS = ['B', 'kB', 'MB', 'GB']

/** A size for people. */
export const size = (bytes: number): string => {
  const unit = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${unit === 0 ? bytes : (bytes / 1_000 ** unit).toFixed(1)} ${UNITS[unit]}`
}

/** A duration for people. */
export const duration = (ms: number | null | undefined): string => {
  if (ms === null || ms === undefined) return '–'
  if (ms >= 86_400_000) return `${Math.round(ms / 86_400_000)} d`
  if (ms >= 3_600_000) return `${Math.round(ms / 3_600_000)} h`
  if (ms >= 60_000) return `${Math.round(ms / 60_000)} min`
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${ms >= 10 ? Math.round(ms) : ms.toFixed(1)} ms`
}

/** A count with its thousands apart. */
export const count = (amount: number): string => amount.toLocaleString('en')

/** A time of day, UTC. */
export const clock = (at: number): string => new Date(at).toISOString().slice(11, 19)
