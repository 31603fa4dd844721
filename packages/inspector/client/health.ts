/** The health view: asks again and again, and draws the last hour. */
import type { HealthReport, HealthSample } from '../src/wire.js'
import { type Chart, drawChart } from './charts.js'
import { byId, cell, clock, count, duration, make, row } from './elements.js'

const POLL_MS = 3_000

const perMinute = (amount: number, { sampleSeconds }: HealthReport): number => (amount * 60) / sampleSeconds

type Column = (sample: HealthSample, report: HealthReport) => number | null

/** The lines of each chart. */
const CHARTS: Readonly<
  Record<
    string,
    { readonly lines: readonly (readonly [string, string, Column])[]; readonly format?: (value: number) => string }
  >
> = {
  answers: {
    lines: [
      ['2xx', '--good', ({ answers, nonOk }, report) => perMinute(answers - nonOk, report)],
      ['not 2xx', '--bad', ({ nonOk }, report) => perMinute(nonOk, report)]
    ]
  },
  times: {
    lines: [
      ['half', '--line-1', ({ p50Ms }) => p50Ms],
      ['99 %', '--line-2', ({ p99Ms }) => p99Ms]
    ],
    format: (value) => duration(value)
  },
  records: { lines: [['records', '--line-3', ({ records }, report) => perMinute(records, report)]] },
  backlog: {
    lines: [
      ['waiting', '--line-1', ({ waiting }) => waiting],
      ['dead', '--bad', ({ dead }) => dead]
    ]
  }
}

const charts = new Map<string, Chart>()

const draw = (report: HealthReport): void => {
  const times = report.samples.map(({ at }) => at / 1_000)
  for (const [id, { lines, format }] of Object.entries(CHARTS)) {
    const values = lines.map(([, , column]) => report.samples.map((sample) => column(sample, report)))
    const known = charts.get(id)
    if (known !== undefined) {
      known.update(times, values)
      continue
    }
    const options = {
      times,
      lines: lines.map(([label, color], index) => ({ label, color, values: values[index] ?? [] })),
      height: 170,
      sync: 'health',
      ...(format && { format })
    }
    charts.set(id, drawChart(byId(`chart-${id}`), options))
  }
}

const write = (figure: string, text: string): void => {
  byId(`figure-${figure}`).textContent = text
}

const writeFigures = (report: HealthReport): void => {
  const { backlog } = report
  write('answers', `${count(report.answers)} in ${duration(report.windowMs)}`)
  write('non-ok', count(report.nonOk))
  write('slow', count(report.slow))
  write('failures', count(report.consecutiveFailures))
  write('p50', duration(report.p50Ms))
  write('p99', duration(report.p99Ms))
  write('waiting', backlog === undefined ? '–' : count(backlog.ready + backlog.leased))
  write('oldest', backlog?.oldestPendingAt === undefined ? '–' : duration(report.now - backlog.oldestPendingAt))
  write('dead', backlog === undefined ? '–' : count(backlog.dead))
  write('in-flight', count(report.inFlight))
}

const tellState = (text: string, state: string): void => {
  const element = byId('state')
  if (element.textContent === text) return
  element.textContent = text
  element.dataset['state'] = state
}

const writeReasons = ({ reasons }: HealthReport): void => {
  const lines = reasons.map(({ code, text }) => make('li', '', make('code', 'code', code), ` ${text}`))
  byId('reasons').replaceChildren(...lines)
}

const writeSources = ({ sources, now }: HealthReport): void => {
  const rows = sources.map(({ dataSourceId, lastSeenAt, isSilent }) =>
    row(
      cell(String(dataSourceId)),
      cell(`${clock(lastSeenAt)} UTC, ${duration(now - lastSeenAt)} ago`),
      cell(make('span', `badge ${isSilent ? 'warn' : 'good'}`, isSilent ? 'silent' : 'as usual'))
    )
  )
  byId('sources')
    .querySelector('tbody')
    ?.replaceChildren(...rows)
  byId('sources').hidden = rows.length === 0
  byId('no-sources').hidden = rows.length > 0
}

const refresh = async (): Promise<void> => {
  const response = await fetch('health/report')
  if (!response.ok) throw new Error(`answered ${response.status}`)
  const report = (await response.json()) as HealthReport
  tellState(report.state, report.state)
  writeReasons(report)
  writeFigures(report)
  writeSources(report)
  draw(report)
}

const follow = async (): Promise<void> => {
  if (!document.hidden) await refresh().catch(() => tellState('not connected', 'failing'))
  setTimeout(follow, POLL_MS)
}

void follow()
