/** A race against the clock: no driver's own timeout can be relied on (mongodb 7.9's `timeoutMS` left an insert pending for 6 s). */
import { type ErrorCode, ThryveError } from '../errors'
import type { Clock } from '../options/options'

/**
 * Waits for work until a deadline. The work itself goes on.
 *
 * @throws ThryveError with `code` when time runs out first; else what the work throws.
 */
export const beforeDeadline = async <T>(
  work: Promise<T>,
  { clock, deadlineMs, code }: { readonly clock: Clock; readonly deadlineMs: number; readonly code: ErrorCode }
): Promise<T> => {
  let cancel = (): void => {}
  const timeout = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(Math.max(0, deadlineMs - clock.now()), () => reject(new ThryveError(code)))
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    cancel()
  }
}
