/** A progress bar for people: on standard error, and only where that is a terminal. */
import { SingleBar } from 'cli-progress'
import type { Terminal } from '../terminal'

/** What is shown. */
export interface ProgressOptions {
  /** The line, with the places of cli-progress, such as `{bar} {percentage}%`, and those of the payload. */
  readonly format: string
  readonly total: number
  /** First values of the payload's places. */
  readonly payload?: object
}

/** A bar that may be invisible. */
export interface Progress {
  update(value: number, payload?: object): void
  /** Leaves the bar on the screen and goes to the next line. Twice is harmless. */
  stop(): void
}

const invisible: Progress = { update: () => {}, stop: () => {} }

/** Starts a progress bar; without a terminal nothing is written. */
export const startProgress = ({ stderr }: Terminal, { format, total, payload = {} }: ProgressOptions): Progress => {
  if (stderr.isTTY !== true) return invisible
  const bar = new SingleBar({ format, stream: stderr, hideCursor: true, barsize: 24, fps: 5, emptyOnZero: true })
  let isStopped = false
  bar.start(total, 0, payload)
  return {
    update: (value, next) => bar.update(value, next),
    stop() {
      if (isStopped) return
      isStopped = true
      bar.stop()
    }
  }
}
