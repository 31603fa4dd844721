/** Does one thing to each of many deliveries, and sums it up. */

import { printJson } from '../output/print'
import { startProgress } from '../output/progress'
import { visible } from '../output/visible'
import type { ExitCode } from '../run'
import type { Terminal } from '../terminal'

/** How to speak of the change. */
export interface ChangeVerb {
  /** What was done, e.g. `requeued`. */
  readonly done: string
  /** What a delivery is that it could not be done to. */
  readonly missing: string
}

/** How to report. */
export interface ChangeReport extends ChangeVerb {
  readonly isJson: boolean
  /** Whether one that is not there counts as nothing. @default false */
  readonly isMissingFine?: boolean
}

/** Changes each, one after the other. A Ctrl-C ends it after the one at hand. @returns the exit code. */
export const changeEach = async (
  terminal: Terminal,
  ids: AsyncIterable<string> | Iterable<string>,
  change: (id: string) => Promise<boolean>,
  { done, missing, isJson, isMissingFine = false }: ChangeReport
): Promise<ExitCode> => {
  const missed: string[] = []
  let changed = 0
  const report = (): void => {
    progress.stop()
    if (isJson) {
      printJson(terminal, { [done]: changed, missing: missed })
      return
    }
    for (const id of missed) terminal.stderr.write(`${visible(id)}: ${missing}\n`)
    terminal.stdout.write(`${done}: ${changed}\n`)
  }
  const progress = startProgress(terminal, { format: `${done} {value}`, total: 0 })
  try {
    for await (const id of ids) {
      if (terminal.signal.aborted) break
      if (await change(id)) progress.update(++changed)
      else if (!isMissingFine) missed.push(id)
    }
  } finally {
    report()
  }
  if (terminal.signal.aborted) return 130
  return missed.length === 0 ? 0 : 1
}
