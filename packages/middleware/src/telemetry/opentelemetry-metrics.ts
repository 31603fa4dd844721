/** A receiver's metrics for OpenTelemetry. Attributes are codes, outcomes, types and steps: few and known values. */
import type { BatchObservableCallback, Meter } from '@opentelemetry/api'
import type { Receiver } from '../receiver'
import type { Listener } from '../signals'

const OPERATION = { 'messaging.system': 'thryve_webhook', 'messaging.operation.name': 'process' }
/** The buckets that the semantic conventions advise for durations. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
/** Attributes are made once: a delivery has up to ten measurements. */
const STEPS = (['decompress', 'decode', 'save', 'listeners'] as const).map(
  (step) => ({ duration: `${step}Ms`, attributes: { 'thryve.step': step } }) as const
)
const RECORD_OUTCOMES = (['inserted', 'updated', 'unchanged', 'stale'] as const).map((outcome) => ({
  outcome,
  attributes: { 'thryve.outcome': outcome }
}))
const BAD_RECORDS = { 'thryve.outcome': 'bad' }

const createInstruments = (meter: Meter) => {
  const seconds = (name: string, description: string) =>
    meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: SECONDS } })
  return {
    answerDuration: seconds('thryve.answer.duration', 'From the first byte of a request to its answer.'),
    turnDuration: seconds('messaging.process.duration', 'Whole turns of work.'),
    stepDuration: seconds('thryve.step.duration', 'Steps of the work.'),
    bodySize: meter.createHistogram('thryve.body.size', { description: 'Authentic bodies as received.', unit: 'By' }),
    payloadSize: meter.createHistogram('thryve.payload.size', { description: 'Bodies once decompressed.', unit: 'By' }),
    deliveries: meter.createCounter('thryve.deliveries', { description: 'Turns of work.', unit: '{delivery}' }),
    records: meter.createCounter('thryve.records', {
      description: 'Records by what became of them.',
      unit: '{record}'
    }),
    attempts: meter.createHistogram('thryve.delivery.attempts', {
      description: 'Which turn of its delivery a turn was.',
      unit: '{attempt}'
    }),
    dropped: meter.createCounter('thryve.quarantine.dropped', {
      description: 'Deliveries that a full quarantine lost.',
      unit: '{delivery}'
    })
  }
}

type Instruments = ReturnType<typeof createInstruments>

const onAnsweredOf =
  ({ answerDuration, bodySize }: Instruments): Listener<'answered'> =>
  ({ status, code, durationMs, bytes, deliveryId }) => {
    answerDuration.record(durationMs / 1_000, {
      'http.response.status_code': status,
      ...(code !== undefined && { 'error.type': code })
    })
    if (deliveryId !== undefined) bodySize.record(bytes)
  }

const onProcessedOf =
  ({ turnDuration, stepDuration, payloadSize, deliveries, records, attempts }: Instruments): Listener<'processed'> =>
  (turn) => {
    const failure = turn.code === undefined ? undefined : { 'error.type': turn.code }
    turnDuration.record(turn.durationMs / 1_000, failure === undefined ? OPERATION : { ...OPERATION, ...failure })
    deliveries.add(1, {
      'thryve.outcome': turn.outcome,
      ...(turn.type !== undefined && { 'thryve.event.type': turn.type }),
      ...failure
    })
    for (const { duration, attributes } of STEPS) {
      const ms = turn.steps[duration]
      if (ms !== undefined) stepDuration.record(ms / 1_000, attributes)
    }
    for (const { outcome, attributes } of RECORD_OUTCOMES) {
      const count = turn.records?.[outcome] ?? 0
      if (count > 0) records.add(count, attributes)
    }
    if (turn.badRecords > 0) records.add(turn.badRecords, BAD_RECORDS)
    if (turn.decompressedBytes !== undefined) payloadSize.record(turn.decompressedBytes)
    attempts.record(turn.attempt)
  }

const observeHealth = (meter: Meter, health: Receiver['health']): (() => void) => {
  const gauge = (name: string, description: string, unit: string) =>
    meter.createObservableGauge(name, { description, unit })
  const inboxEntries = gauge('thryve.inbox.entries', 'Deliveries in the inbox.', '{delivery}')
  const oldestAge = gauge('thryve.inbox.oldest', 'How long the oldest delivery that is not done has waited.', 's')
  const quarantineSize = gauge('thryve.quarantine.size', 'Deliveries in the quarantine.', '{delivery}')
  const inFlight = gauge('thryve.in_flight', 'Deliveries being received or worked on here.', '{delivery}')
  const state = gauge('thryve.health.state', '0 ok, 1 degraded, 2 failing.', '1')
  const gauges = [inboxEntries, oldestAge, quarantineSize, inFlight, state]
  const observe: BatchObservableCallback = async (result) => {
    const report = await health()
    result.observe(state, ['ok', 'degraded', 'failing'].indexOf(report.state))
    result.observe(inFlight, report.inFlight)
    if (report.quarantine !== undefined) result.observe(quarantineSize, report.quarantine.size)
    if (report.backlog === undefined) return
    for (const name of ['ready', 'leased', 'dead'] as const) {
      result.observe(inboxEntries, report.backlog[name], { 'thryve.inbox.state': name })
    }
    const oldestMs = report.backlog.oldestPendingAt?.getTime()
    result.observe(oldestAge, oldestMs === undefined ? 0 : Math.max(0, (Date.now() - oldestMs) / 1_000))
  }
  meter.addBatchObservableCallback(observe, gauges)
  return () => meter.removeBatchObservableCallback(observe, gauges)
}

/** Counts and measures what a receiver does. @returns a function that stops it. */
export const instrumentMetrics = (webhook: Pick<Receiver, 'on' | 'off' | 'health'>, meter: Meter): (() => void) => {
  const instruments = createInstruments(meter)
  const onAnswered = onAnsweredOf(instruments)
  const onProcessed = onProcessedOf(instruments)
  const onOverflow: Listener<'quarantine-overflow'> = ({ dropped }) => instruments.dropped.add(dropped.length)
  webhook.on('answered', onAnswered)
  webhook.on('processed', onProcessed)
  webhook.on('quarantine-overflow', onOverflow)
  const stopObserving = observeHealth(meter, () => webhook.health())
  return () => {
    webhook.off('answered', onAnswered)
    webhook.off('processed', onProcessed)
    webhook.off('quarantine-overflow', onOverflow)
    stopObserving()
  }
}
