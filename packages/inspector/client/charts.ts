/** Charts in the page's own colours. They follow the theme and their container's width. */

/** One line of a chart. */
export interface Line {
  readonly label: string
  /** Which colour of the theme, from 1. @default its place */
  readonly color?: string
  readonly values: readonly (number | null)[]
  /** Two values beside each, between which the band is filled. */
  readonly band?: readonly [least: readonly (number | null)[], most: readonly (number | null)[]]
}

/** A chart to draw. */
export interface ChartOptions {
  readonly times: readonly number[]
  readonly lines: readonly Line[]
  readonly height?: number
  readonly isBars?: boolean
  /** Charts of one key move their cursors together. */
  readonly sync?: string
  /** The span to show, in unix seconds. @default that of the times */
  readonly span?: readonly [from: number, to: number]
  readonly onZoom?: (fromSeconds: number, toSeconds: number) => void
  readonly format?: (value: number) => string
}

/** A chart in the page. */
export interface Chart {
  /** Shows other data of the same lines. */
  update(times: readonly number[], values: readonly (readonly (number | null)[])[]): void
  remove(): void
}

const COLORS = 8
const BAND_ALPHA = '2e'

const themed = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

const colorOf = ({ color }: Line, index: number): string => themed(color ?? `--line-${(index % COLORS) + 1}`)

const instant = (seconds: number): string => new Date(seconds * 1_000).toISOString().slice(0, 19).replace('T', ' ')

const linesOf = (options: ChartOptions): { readonly series: uPlot.Series[]; readonly bands: uPlot.Band[] } => {
  const series: uPlot.Series[] = [
    { label: 'UTC', value: (_chart, seconds) => (seconds === null || seconds === undefined ? '–' : instant(seconds)) }
  ]
  const bands: uPlot.Band[] = []
  const isFew = options.times.length < 60
  options.lines.forEach((line, index) => {
    const stroke = colorOf(line, index)
    const bars = options.isBars === true ? uPlot.paths.bars?.({ size: [0.7, 40] }) : undefined
    const { format = (value: number) => String(Math.round(value * 100) / 100) } = options
    const shown = (value: number | null | undefined): string =>
      value === null || value === undefined ? '–' : format(value)
    series.push({
      label: line.label,
      stroke,
      width: 1.5,
      spanGaps: true,
      points: { show: isFew && bars === undefined, size: 4 },
      value: (_chart, value) => shown(value),
      ...(bars && { paths: bars, fill: `${stroke}b3` })
    })
    if (line.band === undefined || bars !== undefined) return
    for (const edge of ['least', 'most']) {
      series.push({
        label: `${line.label}, ${edge}`,
        stroke: 'transparent',
        spanGaps: true,
        points: { show: false },
        value: (_chart, value) => shown(value)
      })
    }
    bands.push({ series: [series.length - 1, series.length - 2], fill: `${stroke}${BAND_ALPHA}` })
  })
  return { series, bands }
}

const dataOf = ({ times, lines, isBars }: ChartOptions): uPlot.AlignedData =>
  [
    times,
    ...lines.flatMap(({ values, band }) => (band === undefined || isBars === true ? [values] : [values, ...band]))
  ] as unknown as uPlot.AlignedData

const DAY_SECONDS = 86_400
const MINUTE_SECONDS = 60

/** An instant as finely as its axis needs it, UTC. */
const timeLabel = (seconds: number, stepSeconds: number): string => {
  const text = new Date(seconds * 1_000).toISOString()
  if (stepSeconds >= DAY_SECONDS) return text.slice(0, 10)
  return stepSeconds >= MINUTE_SECONDS ? text.slice(11, 16) : text.slice(11, 19)
}

/** Days are told where they begin, hours between them. */
const timeLabels = (_chart: uPlot, splits: number[], _axis: number, _space: number, stepSeconds: number): string[] =>
  splits.map((seconds, index) => {
    const label = timeLabel(seconds, stepSeconds)
    const isDayShown = stepSeconds < DAY_SECONDS && (index === 0 || seconds % DAY_SECONDS === 0)
    return isDayShown ? `${label}\n${timeLabel(seconds, DAY_SECONDS)}` : label
  })

const axis = (): uPlot.Axis => ({
  stroke: themed('--dim'),
  grid: { stroke: themed('--grid'), width: 1 },
  ticks: { stroke: themed('--grid'), width: 1 },
  font: '12px system-ui, sans-serif'
})

const build = (container: HTMLElement, options: ChartOptions): uPlot => {
  const { onZoom, span, isBars, sync, format, height = 200 } = options
  const { series, bands } = linesOf(options)
  const zoom = (chart: uPlot): void => {
    const { left, width } = chart.select
    if (width < 4) return
    onZoom?.(chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x'))
    chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  }
  return new uPlot(
    {
      width: Math.max(200, container.clientWidth),
      height,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
      series,
      bands,
      scales: {
        x: { ...(span && { range: () => [span[0], span[1]] }) },
        y: { range: (_chart, least, most) => rangeOf(least, most, isBars === true) }
      },
      axes: [
        { ...axis(), values: timeLabels, space: 90 },
        { ...axis(), size: 70, ...(format && { values: (_chart, splits) => splits.map(format) }) }
      ],
      cursor: {
        drag: { x: onZoom !== undefined, y: false, setScale: false },
        ...(sync !== undefined && { sync: { key: sync } })
      },
      legend: { live: true },
      hooks: { setSelect: [zoom] }
    },
    dataOf(options),
    container
  )
}

const rangeOf = (least: number | null, most: number | null, isBars: boolean): [number, number] => {
  if (least === null || most === null) return [0, 1]
  const from = isBars || (least >= 0 && least < most / 2) ? Math.min(0, least) : least
  const margin = (most - from) * 0.08 || Math.abs(most) * 0.1 || 1
  return [from === 0 ? 0 : from - margin, most + margin]
}

/** Draws a chart into the container. */
export const drawChart = (container: HTMLElement, options: ChartOptions): Chart => {
  let shown = options
  let chart = build(container, shown)
  const redraw = (): void => {
    chart.destroy()
    chart = build(container, shown)
  }
  const onSize = new ResizeObserver(() => {
    const width = Math.max(200, container.clientWidth)
    if (width !== chart.width) chart.setSize({ width, height: chart.height })
  })
  onSize.observe(container)
  window.addEventListener('themechange', redraw)
  return {
    update: (times, values) => {
      shown = {
        ...shown,
        times,
        lines: shown.lines.map((line, index) => ({ ...line, values: values[index] ?? [] }))
      }
      chart.setData(dataOf(shown))
    },
    remove: () => {
      onSize.disconnect()
      window.removeEventListener('themechange', redraw)
      chart.destroy()
    }
  }
}
