/**
 * Metrics for Prometheus, by `prom-client`, which is an optional peer: `npm install prom-client`.
 *
 * @module
 */
import { Counter, Gauge, Histogram, type Registry, register } from 'prom-client'
import { type ErrorCode, errorCodes } from '../errors'
import { eventNames } from '../events'
import type { HealthReport } from '../health/health-report'
import type { Receiver } from '../receiver'
import type { Listener, SignalMap } from '../signals'

/** Where the metrics go. */
export interface MetricsOptions {
  /** @default prom-client's own */
  readonly registry?: Registry
  /** What every name begins with; one per receiver, where a process has several. @default 'thryve_' */
  readonly prefix?: string
}

/** Around Thryve's 2 s and the deadline of 1.5 s, from a millisecond on. */
const ANSWER_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 5, 10]
const STEP_BUCKETS = [0.0001, 0.00025, 0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 1, 2.5, 10, 30]
/** From a notification to `maxBytes`. */
const SIZE_BUCKETS = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864]
const ATTEMPT_BUCKETS = [1, 2, 3, 5, 10, 20]

const KNOWN_CODES: ReadonlySet<string> = new Set(errorCodes)
const KNOWN_TYPES: ReadonlySet<string> = new Set(eventNames)
const KNOWN_STATUSES: ReadonlySet<number> = new Set([204, 400, 401, 405, 408, 413, 415, 422, 500, 503])

/** Labels have few values, whatever comes in. */
const codeLabel = (code: ErrorCode | undefined): string => {
  if (code === undefined) return 'none'
  return KNOWN_CODES.has(code) ? code : 'other'
}
const typeLabel = (type: string | undefined): string => (type !== undefined && KNOWN_TYPES.has(type) ? type : 'unknown')
const statusLabel = (status: number): string => (KNOWN_STATUSES.has(status) ? String(status) : 'other')

const createInstruments = (registry: Registry, prefix: string) => {
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name: `${prefix}${name}`, help, labelNames, registers })
  const histogram = <Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly Label[] = []
  ) => new Histogram({ name: `${prefix}${name}`, help, buckets, labelNames, registers })
  return {
    answers: counter('answers_total', 'Requests answered, by status and error code.', ['status', 'code']),
    answerSeconds: histogram('answer_seconds', 'From the first byte of a request to its answer.', ANSWER_BUCKETS),
    bodyBytes: histogram('body_bytes', 'Size of authentic bodies as received.', SIZE_BUCKETS),
    payloadBytes: histogram('payload_bytes', 'Size of bodies once decompressed.', SIZE_BUCKETS),
    deliveries: counter('deliveries_total', 'Turns of work on deliveries, by how they ended and by type.', [
      'outcome',
      'type'
    ]),
    failures: counter('delivery_failures_total', 'Turns of work that did not go well, by error code.', ['code']),
    records: counter('records_total', 'Records, by what became of them.', ['outcome']),
    turnSeconds: histogram('turn_seconds', 'Whole turns of work.', STEP_BUCKETS),
    stepSeconds: histogram('step_seconds', 'Steps of the work.', STEP_BUCKETS, ['step']),
    attempts: histogram('delivery_attempts', 'Which turn of its delivery a turn was.', ATTEMPT_BUCKETS),
    dropped: counter('quarantine_dropped_total', 'Deliveries that a full quarantine lost.')
  }
}

type Instruments = ReturnType<typeof createInstruments>

const countAnswer =
  ({ answers, answerSeconds, bodyBytes }: Instruments) =>
  ({ status, code, durationMs, bytes, deliveryId }: SignalMap['answered']): void => {
    answers.inc({ status: statusLabel(status), code: codeLabel(code) })
    answerSeconds.observe(durationMs / 1_000)
    if (deliveryId !== undefined) bodyBytes.observe(bytes)
  }

const STEPS = (['decompress', 'decode', 'save', 'listeners'] as const).map(
  (step) => ({ duration: `${step}Ms`, labels: { step } }) as const
)
const RECORD_OUTCOMES = (['inserted', 'updated', 'unchanged', 'stale'] as const).map((outcome) => ({
  outcome,
  labels: { outcome }
}))
const BAD_RECORDS = { outcome: 'bad' }

const countTurn =
  ({ deliveries, failures, records, turnSeconds, stepSeconds, payloadBytes, attempts }: Instruments) =>
  (turn: SignalMap['processed']): void => {
    deliveries.inc({ outcome: turn.outcome, type: typeLabel(turn.type) })
    if (turn.code !== undefined) failures.inc({ code: codeLabel(turn.code) })
    for (const { outcome, labels } of RECORD_OUTCOMES) {
      const count = turn.records?.[outcome] ?? 0
      if (count > 0) records.inc(labels, count)
    }
    if (turn.badRecords > 0) records.inc(BAD_RECORDS, turn.badRecords)
    turnSeconds.observe(turn.durationMs / 1_000)
    for (const { duration, labels } of STEPS) {
      const ms = turn.steps[duration]
      if (ms !== undefined) stepSeconds.observe(labels, ms / 1_000)
    }
    if (turn.decompressedBytes !== undefined) payloadBytes.observe(turn.decompressedBytes)
    attempts.observe(turn.attempt)
  }

/** One question to `health()` a scrape fills all of them. A figure the adapter cannot give is left out, not 0. */
const createGauges = (registry: Registry, prefix: string, health: Receiver['health']): void => {
  let filling: Promise<void> | undefined
  /** A registry asks every gauge at once; all wait for the same answer. */
  const collect = (): Promise<void> => {
    filling ??= fill().finally(() => {
      filling = undefined
    })
    return filling
  }
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `${prefix}${name}`, help, labelNames, registers: [registry], collect })
  const state = gauge('health_state', 'State of the receiver: 0 ok, 1 degraded, 2 failing.')
  const inFlight = gauge('in_flight', 'Deliveries being received or worked on by this process.')
  const failuresInARow = gauge('consecutive_failures', 'Answers in a row that were not 2xx.')
  const silentSources = gauge('silent_sources', 'Sources that have been silent for longer than is usual for them.')
  const storeUp = gauge('store_up', 'Whether the store can be used: 1 or 0.')
  const inboxEntries = gauge('inbox_entries', 'Deliveries in the inbox: ready, leased, dead.', ['state'])
  const oldestSeconds = gauge('inbox_oldest_seconds', 'How long the oldest delivery that is not done has waited.')
  const quarantineSize = gauge('quarantine_size', 'Deliveries in the quarantine.')

  const fillBacklog = ({ ready, leased, dead, oldestPendingAt }: NonNullable<HealthReport['backlog']>): void => {
    inboxEntries.set({ state: 'ready' }, ready)
    inboxEntries.set({ state: 'leased' }, leased)
    inboxEntries.set({ state: 'dead' }, dead)
    const waitedMs = oldestPendingAt === undefined ? 0 : Date.now() - oldestPendingAt.getTime()
    oldestSeconds.set(Math.max(0, waitedMs / 1_000))
  }

  const fill = async (): Promise<void> => {
    const report = await health()
    state.set(['ok', 'degraded', 'failing'].indexOf(report.state))
    inFlight.set(report.inFlight)
    failuresInARow.set(report.consecutiveFailures)
    silentSources.set(report.sources.filter(({ isSilent }) => isSilent).length)
    inboxEntries.reset()
    for (const single of [oldestSeconds, quarantineSize, storeUp]) single.remove()
    if (report.store !== 'unknown') storeUp.set(report.store === 'ok' ? 1 : 0)
    if (report.quarantine !== undefined) quarantineSize.set(report.quarantine.size)
    if (report.backlog !== undefined) fillBacklog(report.backlog)
  }
}

/**
 * Counts what a receiver does. Labels are codes, outcomes, event types and steps: their values are few and known, whatever is
 * sent; no user, no source and no value of a record is among them. docs/observability.md has the list.
 *
 * @returns a function that stops counting and takes the metrics out of the registry.
 * @throws Error of prom-client when the registry has metrics of these names already: give each receiver its own `prefix`.
 * @example
 * metrics(webhook)
 * app.get('/metrics', async (_request, response) => response.type('text').send(await register.metrics()))
 */
export const metrics = (
  webhook: Pick<Receiver, 'on' | 'off' | 'health'>,
  { registry = register, prefix = 'thryve_' }: MetricsOptions = {}
): (() => void) => {
  const others = new Set(registry.getMetricsAsArray().map(({ name }) => name))
  const instruments = createInstruments(registry, prefix)
  createGauges(registry, prefix, () => webhook.health())
  const names = registry.getMetricsAsArray().flatMap(({ name }) => (others.has(name) ? [] : [name]))
  const onAnswered: Listener<'answered'> = countAnswer(instruments)
  const onProcessed: Listener<'processed'> = countTurn(instruments)
  const onOverflow: Listener<'quarantine-overflow'> = ({ dropped }) => instruments.dropped.inc(dropped.length)
  webhook.on('answered', onAnswered)
  webhook.on('processed', onProcessed)
  webhook.on('quarantine-overflow', onOverflow)
  return () => {
    webhook.off('answered', onAnswered)
    webhook.off('processed', onProcessed)
    webhook.off('quarantine-overflow', onOverflow)
    for (const name of names) registry.removeSingleMetric(name)
  }
}
