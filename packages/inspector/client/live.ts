/** The live view: follows the receiver's deliveries. */
import type { LiveEntry, LiveSteps, LiveWork } from '../src/wire.js'
import { byId, cell, clock, count, duration, make, row, size } from './elements.js'

const MAX_ROWS = 200
const STEPS = [
  ['decompressMs', 'decompress'],
  ['decodeMs', 'decode'],
  ['saveMs', 'save'],
  ['listenersMs', 'listeners']
] as const
/** How outcomes are coloured; the word itself says it, too. */
const TONES: Readonly<Record<string, string>> = {
  stored: 'good',
  quarantined: 'warn',
  'partly-quarantined': 'warn',
  retried: 'warn',
  buried: 'bad',
  lost: 'bad',
  outage: 'bad'
}

const entries = new Map<number, LiveEntry>()
const body = byId('deliveries').querySelector('tbody') as HTMLTableSectionElement
const stream = byId('stream')
let isPaused = false

const badge = (text: string, tone: string): HTMLElement => make('span', `badge ${tone}`, text)

const recordsOf = (work: LiveWork): string => {
  const { inserted, updated, unchanged, stale } = work
  const parts = Object.entries({ new: inserted, changed: updated, 'as before': unchanged, stale })
    .filter(([, records]) => records > 0)
    .map(([name, records]) => `${count(records)} ${name}`)
  return parts.join(', ')
}

/** A bar of the steps' shares. The text says the same. */
const stepsOf = (steps: LiveSteps): HTMLElement => {
  const known = STEPS.flatMap(([key, name]) => (steps[key] === undefined ? [] : [[name, steps[key]] as const]))
  const total = known.reduce((sum, [, ms]) => sum + ms, 0)
  const bar = make('span', 'steps-bar')
  bar.setAttribute('aria-hidden', 'true')
  for (const [name, ms] of known) {
    const part = make('span', `step-${name}`)
    part.style.flexGrow = String(total === 0 ? 1 : ms / total)
    bar.append(part)
  }
  const text = make('span', 'steps-text', duration(total))
  text.title = known.map(([name, ms]) => `${name} ${duration(ms)}`).join(', ')
  text.append(make('span', 'unseen', known.length === 0 ? '' : ` (${text.title})`))
  return make('span', 'steps', bar, text)
}

const answerOf = ({ answer }: LiveEntry): HTMLElement => {
  if (answer === undefined) return make('span', 'dim', '–')
  const isOk = answer.status >= 200 && answer.status < 300
  return make('span', '', badge(String(answer.status), isOk ? 'good' : 'bad'), ` ${duration(answer.durationMs)}`)
}

const outcomeOf = ({ answer, work }: LiveEntry): HTMLElement => {
  if (work === undefined && answer !== undefined && answer.status > 299) {
    return make('span', '', badge('refused', 'bad'), make('code', 'code', ` ${answer.code ?? ''}`))
  }
  if (work === undefined) return make('span', 'dim', 'accepted')
  const tone = TONES[work.outcome] ?? ''
  const reason = work.code === undefined ? [] : [make('code', 'code', ` ${work.code}`)]
  return make('span', '', badge(work.outcome, tone), ...reason)
}

const rowOf = (entry: LiveEntry): HTMLTableRowElement => {
  const { work, answer } = entry
  const bytes = work?.bytes ?? answer?.bytes ?? 0
  const unpacked = work?.decompressedBytes === undefined ? '' : ` → ${size(work.decompressedBytes)}`
  return row(
    cell(clock(entry.at), 'nowrap'),
    cell(answerOf(entry), 'nowrap'),
    cell(outcomeOf(entry)),
    cell(work?.type ?? '–'),
    cell(work === undefined ? '–' : recordsOf(work) || '–', 'number nowrap'),
    cell(`${size(bytes)}${unpacked}`, 'number nowrap'),
    cell(work?.attempt ?? '–', 'number'),
    cell(work === undefined ? '–' : stepsOf(work.steps))
  )
}

const show = (): void => {
  if (isPaused) return
  const newest = [...entries.values()].sort((one, other) => other.id - one.id).slice(0, MAX_ROWS)
  body.replaceChildren(...newest.map(rowOf))
  byId('no-deliveries').hidden = newest.length > 0
  byId('listed').textContent = count(newest.length)
  byId('refused').textContent = count(newest.filter(({ answer }) => answer !== undefined && answer.status > 299).length)
  byId('quarantined').textContent = count(
    newest.filter(({ work }) => work?.outcome.includes('quarantined') === true).length
  )
}

const keepNewest = (): void => {
  const ids = [...entries.keys()].sort((one, other) => one - other)
  for (const id of ids.slice(0, Math.max(0, ids.length - MAX_ROWS))) entries.delete(id)
}

const tell = (text: string, state: string): void => {
  if (stream.textContent === text) return
  stream.textContent = text
  stream.dataset['state'] = state
}

const pause = byId('pause')
pause.addEventListener('click', () => {
  isPaused = !isPaused
  pause.setAttribute('aria-pressed', String(isPaused))
  pause.textContent = isPaused ? 'Continue' : 'Pause'
  show()
})

const events = new EventSource('live/events')
events.addEventListener('open', () => tell('following', 'ok'))
events.addEventListener('error', () => tell('not connected', 'failing'))
events.addEventListener('deliveries', ({ data }) => {
  for (const entry of JSON.parse(data) as LiveEntry[]) entries.set(entry.id, entry)
  keepNewest()
  show()
})
