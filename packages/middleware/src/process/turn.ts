/** One turn of work on a delivery: how long its steps took, and how it ended. */
import { performance } from 'node:perf_hooks'
import type { ErrorCode, ThryveError } from '../errors'
import type { ThryveEvent } from '../events'
import type { SignalMap, TurnOutcome } from '../signals'
import type { Step, StepName, Steps } from '../steps'
import type { RawDelivery } from '../storage/raw-delivery'
import type { Emitter } from './emitter'

/** What a turn takes. */
export interface TurnParts {
  readonly emitter: Emitter
  readonly steps: Steps
}

/** Which delivery is worked on, and by whom. */
export interface TurnStart {
  readonly delivery: RawDelivery
  readonly attempt: number
  readonly mode: 'inbox' | 'stored' | 'replay'
}

type Durations = { -readonly [Name in keyof SignalMap['processed']['steps']]?: number }

/** A turn that runs. */
export interface Turn {
  readonly delivery: RawDelivery
  readonly attempt: number
  /** What is learnt on the way is noted here. */
  readonly found: Step & { dataSourceIds?: readonly number[] }
  /** Runs one of its steps and notes how long it took. `work` may add to the step what it learns. */
  run<T>(name: 'decompress' | 'decode' | 'save' | 'listeners', work: (step: Step) => Promise<T>): Promise<T>
  /** Notes how it ended. The last word counts. */
  end(outcome: TurnOutcome, code?: ErrorCode): void
}

/** @returns the time since `startedMs`, in whole microseconds: more digits are noise. */
const since = (startedMs: number): number => Math.round((performance.now() - startedMs) * 1_000) / 1_000

const report = (turn: Turn, steps: Durations, durationMs: number): SignalMap['processed'] => {
  const { outcome = 'outage', code, type, decompressedBytes, records, badRecords = 0, dataSourceIds = [] } = turn.found
  return {
    deliveryId: turn.delivery.id,
    outcome,
    ...(code !== undefined && { code }),
    attempt: turn.attempt,
    ...(type !== undefined && { type }),
    dataSourceIds,
    bytes: turn.delivery.body.length,
    ...(decompressedBytes !== undefined && { decompressedBytes }),
    ...(records !== undefined && { records }),
    badRecords,
    steps,
    durationMs
  }
}

/** Runs a turn, and tells how it went. Work that rejects without having said how it ended met a store that is away. */
export const runTurn = <T>(parts: TurnParts, start: TurnStart, work: (turn: Turn) => Promise<T>): Promise<T> => {
  const { delivery, attempt, mode } = start
  const startedMs = performance.now()
  const durations: Durations = {}
  const identity = { deliveryId: delivery.id, attempt, bytes: delivery.body.length }
  const found: Turn['found'] = { name: 'process', ...identity, mode }
  const turn: Turn = {
    delivery,
    attempt,
    found,
    run: async (name, step) => {
      const stepStartedMs = performance.now()
      const context: Step = { name: name satisfies StepName, ...identity }
      try {
        return await parts.steps.run(context, () => step(context))
      } finally {
        durations[`${name}Ms`] = since(stepStartedMs)
      }
    },
    end: (outcome, code) => {
      found.outcome = outcome
      if (code !== undefined) found.code = code
    }
  }
  return parts.steps.run(found, async () => {
    try {
      return await work(turn)
    } finally {
      found.outcome ??= 'outage'
      if (found.outcome === 'outage') found.code ??= 'THRYVE_STORE_FAILED'
      parts.emitter.signal('processed', report(turn, durations, since(startedMs)))
    }
  })
}

/** Hands an event to its listeners. @returns the first error of those that failed. */
export const tellListeners = async (
  { emitter }: Pick<TurnParts, 'emitter'>,
  turn: Turn,
  event: ThryveEvent
): Promise<ThryveError | undefined> => {
  const { id: deliveryId, receivedAt, sentAt } = turn.delivery
  const context = { deliveryId, receivedAt, attempt: turn.attempt, ...(sentAt && { sentAt }) }
  return turn.run('listeners', async (step) => {
    const [error] = await emitter.emit({ ...event, ...context })
    if (error !== undefined) step.code = error.code
    return error
  })
}
