/** Writing what may be long. */
import { once } from 'node:events'
import type { Terminal } from '../terminal'

/** Waits until the reader of the results has caught up, or Ctrl-C. */
export const caughtUp = async ({ stdout, signal }: Terminal): Promise<void> => {
  if (stdout.writableNeedDrain && !signal.aborted) await once(stdout, 'drain', { signal }).catch(() => {})
}
