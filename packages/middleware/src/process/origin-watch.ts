/** Notices when an account's details are switched on or off: the keys of its epoch records change with them. */
import type { DataEvent } from '../events'

/** Sources are few; a sender that invents them must not fill the memory. */
const MAX_SOURCES = 1_000

/**
 * Watches whether epoch records bring the origin parts of their key.
 *
 * @returns a function that says, once per change of a source, whether the origin parts are there now; else `undefined`.
 */
export const createOriginWatch = (): ((event: DataEvent) => boolean | undefined) => {
  const seen = new Map<number, boolean>()

  return (event) => {
    let change: boolean | undefined
    const current = new Map<number, boolean>()
    let last: number | undefined
    for (const record of event.records) {
      if (record.dimension !== 'epoch') return undefined
      const hasOrigin = record.thirdPartyDataSourceId !== undefined || record.generationType !== undefined
      // Thousands of records follow each other from one source: only what they add is written down.
      if (record.dataSourceId === last && (!hasOrigin || current.get(last) === true)) continue
      last = record.dataSourceId
      current.set(last, hasOrigin || current.get(last) === true)
    }
    for (const [source, hasOrigin] of current) {
      const before = seen.get(source)
      if (before !== undefined && before !== hasOrigin) change = hasOrigin
      if (seen.size < MAX_SOURCES || seen.has(source)) seen.set(source, hasOrigin)
    }
    return change
  }
}
