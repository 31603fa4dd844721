#!/usr/bin/env node
import { run } from './run'

const interrupt = new AbortController()
// The second one ends the process at once, as if nothing listened.
process.once('SIGINT', () => interrupt.abort())
process.once('SIGTERM', () => interrupt.abort())

/** What the shell reports of any program whose reader has gone, such as `head`. */
const BROKEN_PIPE_EXIT_CODE = 141

const { stdin, stdout, stderr, env } = process
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(BROKEN_PIPE_EXIT_CODE)
  })
}
/** A connection that a library does not let go of must not keep the process; what is written goes out first. */
const LINGER_MS = 1_000
const leave = (): void => {
  setTimeout(() => (stdout.writableLength + stderr.writableLength > 0 ? leave() : process.exit()), LINGER_MS).unref()
}

void run(process.argv.slice(2), { stdin, stdout, stderr, env, signal: interrupt.signal }).then((exitCode) => {
  process.exitCode = exitCode
  leave()
})
