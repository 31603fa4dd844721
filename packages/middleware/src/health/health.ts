/** Watches what the receiver answers and does, and says how it is doing. */

import type { Settings } from '../options/options'
import type { SignalMap } from '../signals'
import type { StorageAdapter } from '../storage/storage'
import { type AnswerWindow, createAnswerWindow } from './answer-window'
import { cachedAnswer } from './cached-answer'
import type { HealthReport, HealthState } from './health-report'
import { judgeHealth } from './judge-health'
import { createSourceRhythm } from './source-rhythm'

/** What the watch asks when it is asked. */
export interface HealthParts {
  readonly settings: Settings
  readonly adapter: StorageAdapter
  readonly inFlight: () => number
  readonly isClosing: () => boolean
  readonly onChange: (change: SignalMap['health']) => void
}

/** Watches the receiver. */
export interface HealthWatch {
  answered(answer: SignalMap['answered']): void
  processed(turn: SignalMap['processed']): void
  report(): Promise<HealthReport>
}

/** What only the store knows. */
type StoreFigures = Pick<HealthReport, 'store' | 'backlog' | 'quarantine'>

const UNKNOWN: StoreFigures = { store: 'unknown' }

/** Probes come every few seconds and of many at once. */
const CHECKED_MS = 2_000
/** Counting reads an index of a day's deliveries, and every receiver's probe asks. */
const COUNTED_MS = 10_000
/** A probe of Kubernetes waits for 1 s unless it is told otherwise. */
const PATIENCE_MS = 900
/** How often the state is looked at while answers are given. */
const JUDGE_EVERY_MS = 1_000

/** Codes of refusals that any stranger can bring about. */
const isUnverifiedRefusal = ({ status, deliveryId }: SignalMap['answered']): boolean =>
  deliveryId === undefined && status >= 400 && status < 500

/** Makes the watch. */
export const createHealthWatch = (parts: HealthParts): HealthWatch => {
  const { settings, adapter } = parts
  const { clock, health: thresholds, maxPending } = settings
  const windowMs = thresholds.windowSeconds * 1_000
  const answers: AnswerWindow = createAnswerWindow(windowMs, clock)
  const rhythm = createSourceRhythm(thresholds.silenceFactor, clock)
  let consecutiveFailures = 0
  let known = UNKNOWN
  let knownAtMs = Number.NEGATIVE_INFINITY
  let state: HealthState = 'ok'
  let judgedAtMs = Number.NEGATIVE_INFINITY

  const inbox = settings.acknowledgeAfter === 'durable' ? adapter.inbox : undefined
  const patience = { patienceMs: PATIENCE_MS, clock }
  const askCheck = cachedAnswer(async () => adapter.check?.(), { freshMs: CHECKED_MS, ...patience })
  const askStats = cachedAnswer(async () => inbox?.stats(), { freshMs: COUNTED_MS, ...patience })
  const askSize = cachedAnswer(async () => adapter.quarantine?.count?.(), { freshMs: COUNTED_MS, ...patience })

  const askStore = async (): Promise<void> => {
    const [check, stats, size] = await Promise.all([askCheck(), askStats(), askSize()])
    const { done: _, ...backlog } = (stats === 'failed' ? undefined : stats.value) ?? { done: 0 }
    const count = size === 'failed' ? undefined : size.value
    const store = check === 'failed' ? 'failing' : 'ok'
    known = {
      store: adapter.check === undefined ? 'unknown' : store,
      ...('ready' in backlog && { backlog }),
      ...(count !== undefined && { quarantine: { size: count } })
    }
    knownAtMs = clock.now()
  }

  const judge = (sources: HealthReport['sources']) => {
    const nowMs = clock.now()
    judgedAtMs = nowMs
    const counts = answers.counts()
    const isClosing = parts.isClosing()
    // What the store said longer ago than the answers reach back says nothing of now.
    const { store, backlog } = nowMs - knownAtMs > windowMs ? UNKNOWN : known
    const figures = { counts, consecutiveFailures, isClosing, store, backlog, sources, nowMs }
    const judgement = judgeHealth(figures, { thresholds, maxPending })
    const previous = state
    state = judgement.state
    if (state !== previous) parts.onChange({ ...judgement, previous })
    return { ...judgement, counts }
  }

  const judgeNowAndThen = (): void => {
    if (clock.now() - judgedAtMs >= JUDGE_EVERY_MS) judge(rhythm.sources())
  }

  return {
    answered: (answer) => {
      // Thryve posts. Whoever asks otherwise is a stranger, or a probe of the host's own.
      if (answer.code === 'THRYVE_METHOD_NOT_ALLOWED') return
      const { status, durationMs, deliveryId } = answer
      const isOk = status < 300
      const isUnverified = isUnverifiedRefusal(answer)
      answers.add({
        isOk,
        isVerified: deliveryId !== undefined,
        isUnverifiedRefusal: isUnverified,
        isSlow: durationMs > thresholds.slowMs,
        durationMs
      })
      if (isOk) consecutiveFailures = 0
      else if (!isUnverified) consecutiveFailures += 1
      judgeNowAndThen()
    },
    processed: ({ dataSourceIds }) => {
      for (const dataSourceId of dataSourceIds) rhythm.seen(dataSourceId)
    },
    report: async () => {
      await askStore()
      const sources = rhythm.sources()
      const { counts, ...judgement } = judge(sources)
      const { answers: count, nonOk, unverified, slow } = counts
      const answerMs = answers.percentiles()
      return {
        ...judgement,
        window: { ms: windowMs, answers: count, nonOk, unverified, slow },
        consecutiveFailures,
        ...(answerMs !== undefined && { answerMs }),
        inFlight: parts.inFlight(),
        ...known,
        sources
      }
    }
  }
}
