/** The data view's charts: one for each type, a line for each source. */
import type { Charts, TypeChart } from '../src/wire.js'
import { type Chart, drawChart } from './charts.js'
import { byId, count, make } from './elements.js'

const shown: Chart[] = []

const titleOf = ({ name, dataTypeId }: TypeChart): string =>
  name === undefined ? `Type ${dataTypeId}` : `${name} (${dataTypeId})`

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ')

/** Takes all charts off. */
export const clearCharts = (): void => {
  for (const chart of shown.splice(0)) chart.remove()
  byId('charts').replaceChildren()
}

const drawType = (
  chart: TypeChart,
  { dimension, from, to }: Charts,
  onZoom: (fromMs: number, toMs: number) => void
): void => {
  const place = make('div', 'chart')
  const title = titleOf(chart)
  place.setAttribute('role', 'img')
  place.setAttribute('aria-label', `${title}: ${count(chart.records)} records. The table below holds them as text.`)
  const note = chart.withoutNumber === 0 ? [] : [make('p', 'note', `${count(chart.withoutNumber)} hold no number.`)]
  byId('charts').append(make('section', 'card', make('h3', '', title), place, ...note))
  const isBars = dimension === 'daily'
  const lines = chart.sources.map(({ name, dataSourceId, mean, min, max }) => ({
    label: name ?? `Source ${dataSourceId}`,
    values: mean,
    ...(!isBars && { band: [min, max] as const })
  }))
  shown.push(
    drawChart(place, {
      times: chart.times,
      lines,
      isBars,
      sync: 'data',
      height: 220,
      ...(from !== null && to !== null && { span: [from / 1_000, to / 1_000] as const }),
      onZoom: (fromSeconds, toSeconds) => onZoom(Math.floor(fromSeconds * 1_000), Math.ceil(toSeconds * 1_000))
    })
  )
}

/** Draws what was found. */
export const drawCharts = (charts: Charts, onZoom: (fromMs: number, toMs: number) => void): void => {
  clearCharts()
  for (const chart of charts.charts) drawType(chart, charts, onZoom)
  const points = charts.charts.reduce((sum, { times }) => sum + times.length, 0)
  const parts = [
    `${count(charts.records)} records in ${count(points)} points`,
    ...(charts.from !== null && charts.to !== null ? [`${day(charts.from)} to ${day(charts.to)} UTC`] : []),
    ...(charts.isPartial ? ['the newest are left out: too many records'] : []),
    ...(charts.omittedSeries > 0 ? [`${charts.omittedSeries} sources are left out`] : [])
  ]
  byId('charts-note').textContent = `${parts.join(', ')}.`
}
