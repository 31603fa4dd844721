/** Counts what was sent and answered, in a few bytes however long it runs. */
import { createHistogram } from 'node:perf_hooks'
import type { Outcome } from './post'

/** What the sending came to. */
export interface SendReport {
  readonly deliveries: number
  readonly records: number
  readonly accepted: number
  /** Forged, stale and the like: the receiver must refuse them. */
  readonly forgeries: number
  readonly forgeriesAccepted: number
  readonly givenUp: number
  readonly retries: number
  /** Tries by the class of their answer. */
  readonly answers: Readonly<Record<AnswerClass, number>>
  /** Deliveries by what was done to them. */
  readonly kinds: Readonly<Record<string, number>>
  /** From the request to its answer. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number }
  readonly seconds: number
  readonly recordsPerSecond: number
}

/** How a try ended. */
export type AnswerClass = '2xx' | '3xx' | '4xx' | '5xx' | 'timeout' | 'noAnswer'

const classOf = (outcome: Outcome): AnswerClass => {
  if (outcome.kind === 'timeout') return 'timeout'
  if (outcome.kind !== 'answer') return 'noAnswer'
  if (outcome.status < 300) return '2xx'
  if (outcome.status < 400) return '3xx'
  return outcome.status < 500 ? '4xx' : '5xx'
}

const rounded = (number: number): number => Math.round(number * 10) / 10

/** Starts to count. */
export const createStatistics = () => {
  const startedAt = performance.now()
  const microseconds = createHistogram()
  const counts = { deliveries: 0, records: 0, accepted: 0, forgeries: 0, forgeriesAccepted: 0, givenUp: 0, retries: 0 }
  const answers: Record<AnswerClass, number> = { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, timeout: 0, noAnswer: 0 }
  const kinds: Record<string, number> = {}

  return {
    counts,
    answers,
    onTry(outcome: Outcome, isRetry: boolean): void {
      answers[classOf(outcome)] += 1
      if (isRetry) counts.retries += 1
      if (outcome.kind === 'answer') microseconds.record(Math.max(1, Math.round(outcome.ms * 1_000)))
    },
    onDelivery(kind: string): void {
      counts.deliveries += 1
      kinds[kind] = (kinds[kind] ?? 0) + 1
    },
    report(): SendReport {
      const seconds = (performance.now() - startedAt) / 1_000
      const hasAnswers = microseconds.count > 0
      const msAt = (percentile: number): number =>
        hasAnswers ? rounded(microseconds.percentile(percentile) / 1_000) : 0
      return {
        ...counts,
        answers: { ...answers },
        kinds: { ...kinds },
        latencyMs: { p50: msAt(50), p99: msAt(99), max: hasAnswers ? rounded(microseconds.max / 1_000) : 0 },
        seconds: rounded(seconds),
        recordsPerSecond: Math.round(counts.records / Math.max(seconds, 0.001))
      }
    }
  }
}

/** Counts while it is sent. */
export type Statistics = ReturnType<typeof createStatistics>
