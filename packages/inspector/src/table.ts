/** A user's records as a table, newest first, page by page. */
import type { RecordQuery, ThryveRecord } from '@thryve-webhook/middleware'
import { timeOf } from './record-time'
import { Refusal } from './refusal'
import type { Scan, ScanContext } from './scan'
import type { TablePage, TableRow } from './wire'

/** How many rows a page has. */
export const PAGE_ROWS = 50

const named = (name: string | undefined, id: number): string => (name === undefined ? String(id) : `${name} (${id})`)

const rowOf = (record: ThryveRecord, isRevealed: boolean): TableRow => ({
  at: record.dimension === 'epoch' ? record.startTimestamp.toISOString() : record.day,
  ...(record.dimension === 'epoch' && record.endTimestamp && { until: record.endTimestamp.toISOString() }),
  type: named(record.dataTypeName, record.dataTypeId),
  source: named(record.dataSourceName, record.dataSourceId),
  ...(record.generationType !== undefined && { generationType: record.generationType }),
  ...(record.creationTimestamp && { createdAt: record.creationTimestamp.toISOString() }),
  ...(isRevealed && { value: record.value })
})

/** A page ends within an instant: the next one starts there again, and passes over what was shown of it. */
interface Cursor {
  readonly ms: number
  readonly shown: number
}

const readCursor = (text: string): Cursor => {
  const [, ms, shown] = /^(-?\d{1,16}):(\d{1,9})$/.exec(text) ?? []
  if (ms === undefined || shown === undefined) throw new Refusal('INSPECTOR_BAD_INPUT', { field: 'after' })
  return { ms: Number(ms), shown: Number(shown) }
}

/** Reads one page. `after` is the `next` of the page before. */
export const readTable = async (
  scan: Scan,
  context: ScanContext,
  query: RecordQuery,
  { after, isRevealed }: { readonly after: string | undefined; readonly isRevealed: boolean }
): Promise<TablePage> => {
  const cursor = after === undefined ? undefined : readCursor(after)
  const shown = cursor?.shown ?? 0
  const to = cursor === undefined ? query.to : new Date(cursor.ms + 1)
  const page = { ...query, ...(to && { to }), order: 'desc', limit: shown + PAGE_ROWS + 1 } as const
  const rows: TableRow[] = []
  let passed = 0
  let found = 0
  let lastMs = 0
  let ofLast = 0

  await scan(context, page, (record) => {
    found += 1
    if (rows.length === PAGE_ROWS) return
    const ms = timeOf(record)
    ofLast = ms === lastMs ? ofLast + 1 : 1
    lastMs = ms
    if (passed < shown) passed += 1
    else rows.push(rowOf(record, isRevealed))
  })
  return { rows, ...(found > shown + PAGE_ROWS ? { next: `${lastMs}:${ofLast}` } : {}) }
}
