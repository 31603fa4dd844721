/** A listing on standard output, page by page. */
import type { Terminal } from '../terminal'
import { printJson, printTable } from './print'
import { caughtUp } from './write'

/** How a listing's entries are shown. */
export interface Listing<T> {
  readonly isJson: boolean
  readonly head: readonly string[]
  readonly rightColumns: readonly number[]
  readonly fieldsOf: (entry: T) => unknown
  readonly rowOf: (entry: T) => readonly (string | number)[]
}

/** Prints pages as they come, no faster than they are read. @returns whether all of them were, and no Ctrl-C ended it. */
export const printPages = async <T>(
  terminal: Terminal,
  pages: AsyncIterable<readonly T[]>,
  { isJson, head, rightColumns, fieldsOf, rowOf }: Listing<T>
): Promise<boolean> => {
  let isFirst = true
  for await (const entries of pages) {
    if (isJson) for (const entry of entries) printJson(terminal, fieldsOf(entry))
    else printTable(terminal, entries.map(rowOf), { head: isFirst ? head : [], rightColumns })
    isFirst = false
    await caughtUp(terminal)
    if (terminal.signal.aborted) return false
  }
  return true
}
