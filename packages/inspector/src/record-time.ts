/** Where a record stands in time. */
import type { RecordQuery, ThryveRecord } from '@thryve-webhook/middleware'
import type { Scan, ScanContext } from './scan'

/** A day in milliseconds. */
export const DAY_MS = 86_400_000

/** When the record begins, in unix milliseconds; a day begins at its midnight UTC. */
export const timeOf = (record: ThryveRecord): number =>
  record.dimension === 'epoch' ? record.startTimestamp.getTime() : Date.parse(record.day)

/** From when to when, the end excluded. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** The span that a query covers: as it asks, else from its first to its last record. `undefined` when there is none. */
export const spanOf = async (scan: Scan, context: ScanContext, query: RecordQuery): Promise<Span | undefined> => {
  const edge = async (order: 'asc' | 'desc'): Promise<number | undefined> => {
    let at: number | undefined
    await scan(context, { ...query, order, limit: 1 }, (record) => {
      at = timeOf(record)
    })
    return at
  }
  const fromMs = query.from?.getTime() ?? (await edge('asc'))
  const lastMs = query.to === undefined ? await edge('desc') : query.to.getTime() - 1
  if (fromMs === undefined || lastMs === undefined) return undefined
  return { fromMs, toMs: lastMs + (query.dimension === 'daily' && query.to === undefined ? DAY_MS : 1) }
}
