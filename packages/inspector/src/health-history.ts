/** The last hour in slots: a ring that never grows. */
import { createHistogram } from 'node:perf_hooks'
import type { Receiver, SignalMap } from '@thryve-webhook/middleware'
import type { InspectorSettings } from './options'
import type { HealthReport, HealthSample } from './wire'

const HOUR_SECONDS = 3_600

type Health = Awaited<ReturnType<Receiver['health']>>

/** What became of the receiver over the last hour. */
export interface HealthHistory {
  report(): Promise<HealthReport>
  close(): void
}

const reportOf = (health: Health, samples: readonly HealthSample[], sampleSeconds: number): HealthReport => ({
  now: Date.now(),
  sampleSeconds,
  state: health.state,
  reasons: health.reasons.map(({ code, text }) => ({ code, text })),
  answers: health.window.answers,
  nonOk: health.window.nonOk,
  slow: health.window.slow,
  windowMs: health.window.ms,
  consecutiveFailures: health.consecutiveFailures,
  p50Ms: health.answerMs?.p50 ?? null,
  p99Ms: health.answerMs?.p99 ?? null,
  inFlight: health.inFlight,
  ...(health.backlog && {
    backlog: {
      ready: health.backlog.ready,
      leased: health.backlog.leased,
      dead: health.backlog.dead,
      ...(health.backlog.oldestPendingAt && { oldestPendingAt: health.backlog.oldestPendingAt.getTime() })
    }
  }),
  sources: health.sources.map(({ dataSourceId, lastSeenAt, isSilent }) => ({
    dataSourceId,
    lastSeenAt: lastSeenAt.getTime(),
    isSilent
  })),
  samples
})

/** Starts to count. */
export const createHealthHistory = (webhook: Receiver, { sampleSeconds }: InspectorSettings): HealthHistory => {
  const capacity = Math.max(2, Math.floor(HOUR_SECONDS / sampleSeconds))
  const samples: HealthSample[] = []
  /** In microseconds: it counts whole numbers. */
  const times = createHistogram()
  let answers = 0
  let nonOk = 0
  let records = 0
  let isSampling = false

  const onAnswered = ({ status, durationMs }: SignalMap['answered']): void => {
    answers += 1
    if (status < 200 || status > 299) nonOk += 1
    times.record(Math.max(1, Math.round(durationMs * 1_000)))
  }

  const onProcessed = ({ records: saved }: SignalMap['processed']): void => {
    if (saved !== undefined) records += saved.inserted + saved.updated + saved.unchanged + saved.stale
  }

  const takeSample = (health: Health | undefined): void => {
    samples.push({
      at: Date.now(),
      answers,
      nonOk,
      records,
      p50Ms: answers === 0 ? null : times.percentile(50) / 1_000,
      p99Ms: answers === 0 ? null : times.percentile(99) / 1_000,
      waiting: health?.backlog === undefined ? null : health.backlog.ready + health.backlog.leased,
      dead: health?.backlog?.dead ?? null,
      state: health?.state ?? null
    })
    if (samples.length > capacity) samples.shift()
    answers = 0
    nonOk = 0
    records = 0
    times.reset()
  }

  /** A store that hangs must not gather samples that wait. */
  const sample = async (): Promise<void> => {
    if (isSampling) return
    isSampling = true
    takeSample(await webhook.health().catch(() => undefined))
    isSampling = false
  }

  webhook.on('answered', onAnswered).on('processed', onProcessed)
  const timer = setInterval(() => void sample(), sampleSeconds * 1_000).unref()

  return {
    report: async () => reportOf(await webhook.health(), samples, sampleSeconds),
    close: () => {
      clearInterval(timer)
      webhook.off('answered', onAnswered).off('processed', onProcessed)
    }
  }
}
