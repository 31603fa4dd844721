/** The data view: looks a user up, shows what is stored, and reveals values when asked to. */
import type { Charts, Overview, TablePage, TypeCount } from '../src/wire.js'
import { clearCharts, drawCharts } from './data-charts.js'
import { writeCoverage, writeRecords } from './data-tables.js'
import { byId, count, make } from './elements.js'

const DAY_MS = 86_400_000
/** So many types are shown at first. */
const FIRST_TYPES = 4
/** Types beyond have no box. */
const MAX_BOXES = 60
const MIN_SPAN_MS = 60_000

interface Span {
  readonly from: number | undefined
  readonly to: number | undefined
}

const form = byId<HTMLFormElement>('look-up')
const problem = byId('problem')
const progress = byId('progress')
/** The form as it was when the user was looked up: what is typed later changes nothing yet. */
let asked = new FormData(form)
let whole: Span = { from: undefined, to: undefined }
let zoomed: Span = whole
let isRevealed = false
let after: string | undefined

const chosenTypes = (): string[] =>
  [...byId('types').querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value)

const fieldsOf = (span: Span, more: Readonly<Record<string, string>> = {}): URLSearchParams => {
  const fields = new URLSearchParams({
    token: String(asked.get('token')),
    user: String(asked.get('user')),
    dimension: String(asked.get('dimension')),
    ...more
  })
  if (span.from !== undefined) fields.set('from', String(Math.round(span.from)))
  if (span.to !== undefined) fields.set('to', String(Math.round(span.to)))
  return fields
}

const post = async <T>(address: string, fields: URLSearchParams): Promise<T> => {
  const response = await fetch(address, { method: 'POST', body: fields })
  const answer = await response.json()
  if (!response.ok) throw new Error(String(answer.code))
  return answer as T
}

/** Runs one thing at a time and tells how it went. */
const run = async (work: () => Promise<void>): Promise<void> => {
  problem.hidden = true
  progress.textContent = 'Reading …'
  try {
    await work()
    progress.textContent = ''
  } catch (error) {
    progress.textContent = ''
    problem.textContent = `It failed: ${(error as Error).message}.`
    problem.hidden = false
  }
}

const withTypes = (fields: URLSearchParams): URLSearchParams => {
  for (const type of chosenTypes()) fields.append('type', type)
  return fields
}

const loadRecords = async (): Promise<void> => {
  const more = { ...(isRevealed && { reveal: 'yes' }), ...(after !== undefined && { after }) }
  const page = await post<TablePage>('data/records', withTypes(fieldsOf(zoomed, more)))
  writeRecords(page)
  byId('older').dataset['next'] = page.next ?? ''
}

const loadCharts = async (): Promise<void> => {
  const charts = await post<Charts>('data/charts', withTypes(fieldsOf(zoomed)))
  if (charts.from !== null && charts.to !== null) zoomed = { from: charts.from, to: charts.to }
  if (whole.from === undefined || whole.to === undefined) whole = zoomed
  drawCharts(charts, (from, to) => void run(() => zoom(from, to)))
}

const showRevealed = (): void => {
  byId('reveal').hidden = isRevealed
  byId('hide').hidden = !isRevealed
  byId('charts-section').hidden = !isRevealed
  byId('values-note').textContent = isRevealed
    ? 'Values are shown. Each answer that holds them is recorded.'
    : 'Values are hidden. To reveal them is recorded.'
}

const load = async (): Promise<void> => {
  if (isRevealed) await loadCharts()
  await loadRecords()
  showRevealed()
}

const zoom = async (from: number, to: number): Promise<void> => {
  const middle = (from + to) / 2
  const half = Math.max(to - from, MIN_SPAN_MS) / 2
  zoomed = { from: middle - half, to: middle + half }
  after = undefined
  await load()
}

const hide = async (): Promise<void> => {
  isRevealed = false
  clearCharts()
  await load()
}

const choiceOf = ({ dataTypeId, name, records }: TypeCount, index: number): HTMLElement => {
  const box = make('input', '')
  box.type = 'checkbox'
  box.value = String(dataTypeId)
  box.checked = index < FIRST_TYPES
  box.addEventListener('change', () => {
    after = undefined
    void run(load)
  })
  return make('label', 'choice', box, ` ${name ?? 'Type'} (${dataTypeId}) `, make('span', 'dim', count(records)))
}

const writeOverview = (overview: Overview): void => {
  const { records, isPartial, days, types, sources } = overview
  const counts = `${count(records)}${isPartial ? ' and more' : ''} records, ${types.length} types, ${sources.length} sources`
  byId('summary').textContent = records === 0 ? 'No records were found.' : `${counts}, over ${count(days)} days.`
  byId('types').replaceChildren(...types.slice(0, MAX_BOXES).map(choiceOf))
  byId<HTMLButtonElement>('reveal').disabled = records === 0
  writeCoverage(overview)
}

const spanOfForm = (): Span => {
  const days = Number(asked.get('span'))
  return days > 0 ? { from: Date.now() - days * DAY_MS, to: Date.now() } : { from: undefined, to: undefined }
}

const lookUp = async (): Promise<void> => {
  asked = new FormData(form)
  whole = spanOfForm()
  zoomed = whole
  isRevealed = false
  after = undefined
  clearCharts()
  writeOverview(await post<Overview>('data/overview', fieldsOf(whole)))
  await load()
  byId('found').hidden = false
}

/** Moves the span by shares of its length. */
const move = (fromShare: number, toShare: number): void => {
  const { from, to } = zoomed
  if (from === undefined || to === undefined) return
  const length = to - from
  void run(() => zoom(from + length * fromShare, to + length * toShare))
}

const onClick = (id: string, listener: () => void): void => byId(id).addEventListener('click', listener)

form.addEventListener('submit', (event) => {
  event.preventDefault()
  void run(lookUp)
})
onClick('reveal', () => {
  isRevealed = true
  void run(load)
})
onClick('hide', () => void run(hide))
onClick('zoom-in', () => move(0.25, -0.25))
onClick('zoom-out', () => move(-0.5, 0.5))
onClick('earlier', () => move(-0.5, -0.5))
onClick('later', () => move(0.5, 0.5))
onClick('zoom-reset', () => {
  zoomed = whole
  after = undefined
  void run(load)
})
onClick('newest', () => {
  after = undefined
  void run(loadRecords)
})
onClick('older', () => {
  after = byId('older').dataset['next'] || undefined
  void run(loadRecords)
})
