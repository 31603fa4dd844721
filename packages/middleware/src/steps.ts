/** The steps of a delivery's way, for those who watch them: diagnostics channels, and functions that are run around them. */
import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import { asThryveError, type ErrorCode, ThryveError } from './errors'
import type { EventName } from './events'
import type { TurnOutcome } from './signals'
import type { SaveResult } from './storage/storage'

/**
 * A step. `receive`: from the body's last byte to the answer · `put`: the write to the inbox · `process`: one turn of work,
 * around the rest · `decompress` · `decode`: parsing and decoding · `save` · `listeners`: all of them.
 */
export type StepName = 'receive' | 'put' | 'process' | 'decompress' | 'decode' | 'save' | 'listeners'

/** What is known of a step: little at its start, the rest once it has run. It never holds a user, a value or a secret. */
export interface Step {
  readonly name: StepName
  /** Absent on `receive` until the signature is verified. */
  deliveryId?: string
  /** Which turn of work on the delivery it belongs to; absent on `receive` and `put`. */
  readonly attempt?: number
  /** `process` alone: who made the turn. `stored`: the request itself, whose answer waits for it. */
  readonly mode?: 'inbox' | 'stored' | 'replay'
  /** Size of the body as received. */
  readonly bytes?: number
  decompressedBytes?: number
  /** What was answered; `receive` alone. */
  status?: number
  /** Why it failed, or why the delivery went to the quarantine. */
  code?: ErrorCode
  type?: EventName
  /** How a turn ended; `process` alone. */
  outcome?: TurnOutcome
  /** What became of the records. */
  records?: SaveResult
  badRecords?: number
}

/**
 * Runs a step: calls `run` at once, e.g. with a span active. The step runs once, whatever it does, returns or throws.
 * `run` resolves when the step is done, and rejects with an error that holds its code alone.
 */
export type StepInterceptor = (step: Readonly<Step>, run: () => Promise<void>) => unknown

/** Whether an interceptor wants to run a step. Asked before it starts: a step that nobody wants costs nothing more. */
export type StepFilter = (step: Readonly<Step>) => boolean

/** Runs steps under the eyes of whoever watches. */
export interface Steps {
  run<T>(step: Step, work: () => Promise<T>): Promise<T>
  /** @returns a function that takes the interceptor off again. */
  intercept(interceptor: StepInterceptor, filter?: StepFilter): () => void
}

interface Watcher {
  readonly interceptor: StepInterceptor
  readonly filter: StepFilter
}

/** @types/node 20 does not know `hasSubscribers`, which Node has from 20.13 on. */
type Channel = TracingChannel<Step> & { readonly hasSubscribers: boolean }

const STEP_NAMES = ['receive', 'put', 'process', 'decompress', 'decode', 'save', 'listeners'] as const

const channels = Object.fromEntries(
  STEP_NAMES.map((name) => [name, tracingChannel<Step>(`thryve-webhook:${name}`) as Channel])
) as Record<StepName, Channel>

const ignore = (): void => {}

const NOBODY: readonly never[] = []

/** Calls a watcher around the work; the work runs once, whatever the watcher does. */
const around = (interceptor: StepInterceptor, step: Step, work: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined
  const run = (): Promise<void> => {
    running ??= work()
    return running
  }
  return () => {
    try {
      void Promise.resolve(interceptor(step, run)).catch(ignore)
    } catch {
      // A watcher cannot hurt the delivery.
    }
    return run()
  }
}

/** Watchers get to see neither the result, which is health data, nor the cause of an error, which may hold some. */
const runWatched = async <T>(
  step: Step,
  work: () => Promise<T>,
  interceptors: readonly StepInterceptor[]
): Promise<T> => {
  let settled: { readonly result: T } | { readonly error: unknown } | undefined
  const blind = async (): Promise<void> => {
    try {
      settled = { result: await work() }
    } catch (error) {
      settled = { error }
      step.code ??= asThryveError(error).code
      throw new ThryveError(step.code)
    }
  }
  const channel = channels[step.name]
  const publish = channel.hasSubscribers ? (): Promise<void> => channel.tracePromise(blind, step) : blind
  const watched = interceptors.reduceRight<() => Promise<void>>(
    (inner, interceptor) => around(interceptor, step, inner),
    publish
  )
  await watched().catch(ignore)
  if (settled !== undefined && 'result' in settled) return settled.result
  throw settled?.error ?? new ThryveError('THRYVE_INTERNAL')
}

const wants = ({ filter }: Watcher, step: Step): boolean => {
  try {
    return filter(step)
  } catch {
    return false
  }
}

/** Makes the steps of one receiver. Without watchers a step is a call of its work. */
export const createSteps = (): Steps => {
  let watchers: readonly Watcher[] = []

  const interceptorsOf = (step: Step): readonly StepInterceptor[] =>
    watchers.flatMap((watcher) => (wants(watcher, step) ? [watcher.interceptor] : []))

  return {
    run: (step, work) => {
      const interceptors = watchers.length === 0 ? NOBODY : interceptorsOf(step)
      const isWatched = interceptors.length > 0 || channels[step.name].hasSubscribers
      return isWatched ? runWatched(step, work, interceptors) : work()
    },
    intercept: (interceptor, filter = () => true) => {
      const own: Watcher = { interceptor, filter }
      watchers = [...watchers, own]
      return () => {
        watchers = watchers.filter((candidate) => candidate !== own)
      }
    }
  }
}
