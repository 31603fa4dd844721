/** Reads a user's records one by one, without keeping the host from its other work. */
import { setImmediate } from 'node:timers/promises'
import type { RecordQuery, StorageAdapter, ThryveRecord } from '@thryve-webhook/middleware'
import { Refusal } from './refusal'

/** A store in memory never waits, so a scan of it would keep everything else waiting. */
const RECORDS_PER_TURN = 1_000
const MAX_RUNNING = 2
const MAX_WAITING = 16

/** What a scan needs of its surroundings. */
export interface ScanContext {
  readonly adapter: StorageAdapter
  readonly maxRecords: number
  /** Ends the scan, since nobody waits for it any more. */
  readonly signal: AbortSignal
}

/** Reads what the query finds. @returns whether it ended at `maxRecords`. */
export type Scan = (
  context: ScanContext,
  query: RecordQuery,
  onRecord: (record: ThryveRecord) => void
) => Promise<{ readonly isPartial: boolean }>

const read: Scan = async ({ adapter, maxRecords, signal }, query, onRecord) => {
  if (adapter.find === undefined) throw new Refusal('INSPECTOR_NOT_SUPPORTED')
  let records = 0
  for await (const record of adapter.find(query)) {
    if (records === maxRecords) return { isPartial: true }
    records += 1
    onRecord(record)
    if (records % RECORDS_PER_TURN !== 0) continue
    await setImmediate()
    if (signal.aborted) throw new Refusal('INSPECTOR_BUSY')
  }
  return { isPartial: false }
}

/** Few scans run at once, some wait, more are refused. */
export const createScan = (): Scan => {
  let running = 0
  const waiting: (() => void)[] = []

  const enter = async (): Promise<void> => {
    if (running < MAX_RUNNING) {
      running += 1
      return
    }
    if (waiting.length >= MAX_WAITING) throw new Refusal('INSPECTOR_BUSY')
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  /** Who waits longest takes the place over. */
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }

  return async (context, query, onRecord) => {
    await enter()
    try {
      return await read(context, query, onRecord)
    } finally {
      leave()
    }
  }
}
