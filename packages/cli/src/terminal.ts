/** What a command may touch of the process it runs in. Tests pass their own. */
import type { Readable, Writable } from 'node:stream'

/** Where a command reads from and writes to. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  /** Results: what another program may read. */
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  /** Progress, warnings and errors: what a person reads. */
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborts on the first Ctrl-C: a command ends cleanly, with what it knows so far. */
  readonly signal: AbortSignal
}

/** Thrown for wrong usage: one line that says what to write instead. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Thrown where the work itself failed, such as an unreachable server: one line. Exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
