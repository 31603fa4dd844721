/** Counts a user's records while they stream by: types, sources, and the hours these cover. It looks at no value. */
import type { RecordQuery, ThryveRecord } from '@thryve-webhook/middleware'
import { DAY_MS, timeOf } from './record-time'
import type { Scan, ScanContext } from './scan'
import type { Overview, SourceCoverage, TypeCount } from './wire'

const HOUR_MS = 3_600_000
const HOURS = 24
/** Beyond, types and sources are counted in the sum only. */
const MAX_TYPES = 200
const MAX_SOURCES = 50

type Counted<T> = { -readonly [Name in keyof T]: T[Name] }

/** The records come in order of time, so a day that differs from the last one seen is a new one. */
interface Coverage extends Omit<Counted<SourceCoverage>, 'hours'> {
  readonly hours: number[]
  lastDay: number
  readonly lastDayOfHour: number[]
}

const newCoverage = ({ dataSourceId, dataSourceName, dimension }: ThryveRecord): Coverage => ({
  dataSourceId,
  ...(dataSourceName !== undefined && { name: dataSourceName }),
  records: 0,
  days: 0,
  hours: dimension === 'epoch' ? new Array<number>(HOURS).fill(0) : [],
  lastDay: Number.NaN,
  lastDayOfHour: new Array<number>(HOURS).fill(Number.NaN)
})

const cover = (coverage: Coverage, atMs: number): void => {
  const day = Math.floor(atMs / DAY_MS)
  const hour = Math.floor((atMs - day * DAY_MS) / HOUR_MS)
  coverage.records += 1
  if (coverage.lastDay !== day) coverage.days += 1
  coverage.lastDay = day
  if (coverage.lastDayOfHour[hour] === day || coverage.hours.length === 0) return
  coverage.lastDayOfHour[hour] = day
  coverage.hours[hour] = (coverage.hours[hour] ?? 0) + 1
}

const entryOf = <T>(map: Map<number, T>, id: number, most: number, make: () => T): T | undefined => {
  const known = map.get(id)
  if (known !== undefined || map.size >= most) return known
  const made = make()
  map.set(id, made)
  return made
}

const byRecords = (one: { readonly records: number }, other: { readonly records: number }): number =>
  other.records - one.records

/** Counts what the query finds. */
export const readOverview = async (scan: Scan, context: ScanContext, query: RecordQuery): Promise<Overview> => {
  const types = new Map<number, Counted<TypeCount>>()
  const sources = new Map<number, Coverage>()
  let records = 0
  let firstMs: number | undefined
  let lastMs: number | undefined

  const { isPartial } = await scan(context, { ...query, order: 'asc' }, (record) => {
    const { dataTypeId, dataTypeName, dataSourceId } = record
    const atMs = timeOf(record)
    records += 1
    firstMs ??= atMs
    lastMs = atMs
    const named = dataTypeName === undefined ? {} : { name: dataTypeName }
    const type = entryOf(types, dataTypeId, MAX_TYPES, () => ({ dataTypeId, ...named, records: 0 }))
    if (type !== undefined) type.records += 1
    const source = entryOf(sources, dataSourceId, MAX_SOURCES, () => newCoverage(record))
    if (source !== undefined) cover(source, atMs)
  })

  const from = query.from?.getTime() ?? firstMs ?? null
  const to = query.to?.getTime() ?? (lastMs === undefined ? null : lastMs + 1)
  const days = from === null || to === null ? 0 : Math.floor((to - 1) / DAY_MS) - Math.floor(from / DAY_MS) + 1
  return {
    records,
    isPartial,
    from,
    to,
    days,
    types: [...types.values()].sort(byRecords),
    sources: [...sources.values()]
      .sort(byRecords)
      .map(({ lastDay: _lastDay, lastDayOfHour: _lastDayOfHour, ...coverage }) => coverage)
  }
}
