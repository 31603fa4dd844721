/** A user's records as charts: gathered into buckets while they stream by, so that memory does not grow with them. */
import type { RecordQuery, ThryveRecord } from '@thryve-webhook/middleware'
import { type Buckets, createBuckets } from './buckets'
import { DAY_MS, type Span, spanOf, timeOf } from './record-time'
import type { Scan, ScanContext } from './scan'
import type { Charts, SourceSeries, TypeChart } from './wire'

/** More points than a chart has room for; a year of days still is a bar each. */
export const MAX_BUCKETS = 400
/** A line is one source of one type. */
export const MAX_SERIES = 48

interface Line {
  readonly dataSourceId: number
  readonly name: string | undefined
  readonly buckets: Buckets
}

interface Chart {
  readonly dataTypeId: number
  readonly name: string | undefined
  readonly lines: Map<number, Line>
  /** How many records each bucket holds, and the sum of their times from the span's begin. */
  readonly counts: Uint32Array
  readonly times: Float64Array
  records: number
  withoutNumber: number
}

/** A number to draw, or `undefined`. */
const numberOf = ({ parsedValue }: ThryveRecord): number | undefined => {
  if (typeof parsedValue === 'boolean') return Number(parsedValue)
  return typeof parsedValue === 'number' && Number.isFinite(parsedValue) ? parsedValue : undefined
}

/** Whole days where there are few enough of them. */
const bucketsOf = ({ fromMs, toMs }: Span, dimension: RecordQuery['dimension']): number => {
  const days = Math.ceil((toMs - fromMs) / DAY_MS)
  return dimension === 'daily' ? Math.min(MAX_BUCKETS, Math.max(1, days)) : MAX_BUCKETS
}

const finishChart = (chart: Chart, { fromMs }: Span): TypeChart => {
  const used = [...chart.counts.keys()].filter((bucket) => (chart.counts[bucket] ?? 0) > 0)
  const timeAt = (bucket: number): number => (fromMs + (chart.times[bucket] ?? 0) / (chart.counts[bucket] ?? 1)) / 1_000
  const sources = [...chart.lines.values()].map(
    ({ dataSourceId, name, buckets }): SourceSeries => ({
      dataSourceId,
      ...(name !== undefined && { name }),
      ...buckets.at(used)
    })
  )
  const { dataTypeId, name, records, withoutNumber } = chart
  return {
    dataTypeId,
    ...(name !== undefined && { name }),
    times: used.map(timeAt),
    sources,
    records,
    withoutNumber
  }
}

/** Gathers what the query finds. It holds at most {@link MAX_SERIES} lines of {@link MAX_BUCKETS} buckets. */
const gather = async (scan: Scan, context: ScanContext, query: RecordQuery, span: Span): Promise<Charts> => {
  const size = bucketsOf(span, query.dimension)
  const bucketMs = (span.toMs - span.fromMs) / size
  const charts = new Map<number, Chart>()
  const omitted = new Set<string>()
  let records = 0
  let lines = 0

  const chartOf = ({ dataTypeId, dataTypeName: name }: ThryveRecord): Chart | undefined => {
    const known = charts.get(dataTypeId)
    if (known !== undefined || charts.size >= MAX_SERIES) return known
    const lineMap = new Map<number, Line>()
    const counts = new Uint32Array(size)
    const times = new Float64Array(size)
    const made = { dataTypeId, name, lines: lineMap, counts, times, records: 0, withoutNumber: 0 }
    charts.set(dataTypeId, made)
    return made
  }

  const lineOf = (chart: Chart, { dataSourceId, dataSourceName: name }: ThryveRecord): Line | undefined => {
    const known = chart.lines.get(dataSourceId)
    if (known !== undefined) return known
    if (lines >= MAX_SERIES) {
      if (omitted.size < MAX_SERIES) omitted.add(`${chart.dataTypeId}:${dataSourceId}`)
      return undefined
    }
    lines += 1
    const made = { dataSourceId, name, buckets: createBuckets(size) }
    chart.lines.set(dataSourceId, made)
    return made
  }

  const { isPartial } = await scan(context, { ...query, order: 'asc' }, (record) => {
    records += 1
    const chart = chartOf(record)
    if (chart === undefined) return
    chart.records += 1
    const value = numberOf(record)
    if (value === undefined) {
      chart.withoutNumber += 1
      return
    }
    const sinceMs = timeOf(record) - span.fromMs
    const bucket = Math.min(size - 1, Math.max(0, Math.floor(sinceMs / bucketMs)))
    const line = lineOf(chart, record)
    if (line === undefined) return
    line.buckets.add(bucket, value)
    chart.counts[bucket] = (chart.counts[bucket] ?? 0) + 1
    chart.times[bucket] = (chart.times[bucket] ?? 0) + sinceMs
  })

  return {
    dimension: query.dimension,
    from: span.fromMs,
    to: span.toMs,
    records,
    isPartial,
    omittedSeries: omitted.size,
    charts: [...charts.values()].map((chart) => finishChart(chart, span))
  }
}

/** The charts of what the query finds: means, and the least and greatest value beside them. */
export const readCharts = async (scan: Scan, context: ScanContext, query: RecordQuery): Promise<Charts> => {
  const span = await spanOf(scan, context, query)
  if (span !== undefined && span.toMs > span.fromMs) return gather(scan, context, query, span)
  const { dimension } = query
  return { dimension, from: null, to: null, records: 0, isPartial: false, omittedSeries: 0, charts: [] }
}
