/** A terminal that a test can read: what a command wrote, and an interrupt to send. */
import { PassThrough, Writable } from 'node:stream'
import type { Terminal } from '../src/terminal'

/** A terminal with its contents. */
export interface FakeTerminal extends Terminal {
  readonly written: { stdout: string; stderr: string }
  interrupt(): void
}

/** Makes a terminal that is no TTY, with nothing in its environment but what is given. */
export const fakeTerminal = (env: Record<string, string> = {}): FakeTerminal => {
  const written = { stdout: '', stderr: '' }
  const into = (name: 'stdout' | 'stderr') =>
    new Writable({
      write(chunk, _encoding, done) {
        written[name] += chunk
        done()
      }
    })
  const interrupt = new AbortController()
  return {
    stdin: new PassThrough(),
    stdout: into('stdout'),
    stderr: into('stderr'),
    env,
    signal: interrupt.signal,
    written,
    interrupt: () => interrupt.abort()
  }
}
