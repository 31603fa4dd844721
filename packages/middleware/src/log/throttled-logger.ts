/** A logger that a flood of equal lines cannot fill, and that cannot hurt a delivery. */
import type { Clock, Logger } from '../options/options'

/** Of lines with equal code and text one in 10 s is written; the next one tells how many were left out. */
const QUIET_MS = 10_000

interface Repeated {
  readonly writtenAtMs: number
  readonly leftOut: number
}

/** What every line may have. */
interface CodedFields {
  readonly code?: unknown
}

type Level = keyof Logger

const callSafely = (logger: Logger, level: Level, fields: object, message: string): void => {
  try {
    logger[level]?.(fields, message)
  } catch {
    // A logger that fails must not fail the delivery, and there is nowhere to tell it.
  }
}

/** The logger as it is, but for exceptions. */
export const safeLogger = (logger: Logger): Required<Logger> => ({
  debug: (fields, message) => callSafely(logger, 'debug', fields, message),
  info: (fields, message) => callSafely(logger, 'info', fields, message),
  warn: (fields, message) => callSafely(logger, 'warn', fields, message),
  error: (fields, message) => callSafely(logger, 'error', fields, message)
})

/** The logger with equal lines thinned out. The lines are of few kinds, so what is remembered is bounded. */
export const throttledLogger = (logger: Logger, clock: Pick<Clock, 'now'>): Required<Logger> => {
  const written = new Map<string, Repeated>()

  const write = (level: Level, fields: CodedFields, message: string): void => {
    const kind = `${level} ${String(fields.code)} ${message}`
    const nowMs = clock.now()
    const before = written.get(kind)
    if (before !== undefined && nowMs - before.writtenAtMs < QUIET_MS) {
      written.set(kind, { ...before, leftOut: before.leftOut + 1 })
      return
    }
    written.set(kind, { writtenAtMs: nowMs, leftOut: 0 })
    const { leftOut = 0 } = before ?? {}
    callSafely(logger, level, leftOut === 0 ? fields : { ...fields, leftOut }, message)
  }

  return {
    debug: (fields, message) => callSafely(logger, 'debug', fields, message),
    info: (fields, message) => write('info', fields, message),
    warn: (fields, message) => write('warn', fields, message),
    error: (fields, message) => write('error', fields, message)
  }
}
