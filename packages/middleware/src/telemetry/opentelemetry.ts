/**
 * Spans and metrics for OpenTelemetry, by `@opentelemetry/api`, which is an optional peer: `npm install @opentelemetry/api`.
 *
 * @module
 */
import {
  type Attributes,
  context,
  type Link,
  type MeterProvider,
  metrics,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace
} from '@opentelemetry/api'
import type { Receiver } from '../receiver'
import type { Step, StepFilter, StepInterceptor, StepName } from '../steps'
import { instrumentMetrics } from './opentelemetry-metrics'

/** Whose spans and metrics they are. */
export interface InstrumentOptions {
  /** @default the global one */
  readonly tracerProvider?: TracerProvider
  /** @default the global one */
  readonly meterProvider?: MeterProvider
}

const SCOPE = '@thryve-webhook/middleware'
const SYSTEM = 'thryve_webhook'
const DESTINATION = 'thryve'

/** Names of the semantic conventions: operation and destination for messages, else the step. */
const SPAN_NAMES: Record<StepName, string> = {
  receive: `receive ${DESTINATION}`,
  put: `send ${DESTINATION}`,
  process: `process ${DESTINATION}`,
  decompress: 'thryve decompress',
  decode: 'thryve decode',
  save: 'thryve save',
  listeners: 'thryve listeners'
}

const OPERATIONS: Partial<Record<StepName, string>> = { receive: 'receive', put: 'send', process: 'process' }

const KINDS: Partial<Record<StepName, SpanKind>> = { put: SpanKind.PRODUCER, process: SpanKind.CONSUMER }

const INNER_STEPS: ReadonlySet<StepName> = new Set(['put', 'decompress', 'decode', 'save', 'listeners'])

/** A delivery that another process works on leaves its entry behind; the oldest ones go. */
const MAX_REMEMBERED = 1_000

const startAttributes = ({ name, bytes, attempt }: Step): Attributes => ({
  'messaging.system': SYSTEM,
  ...(OPERATIONS[name] !== undefined && {
    'messaging.operation.type': OPERATIONS[name],
    'messaging.operation.name': OPERATIONS[name],
    'messaging.destination.name': DESTINATION
  }),
  ...(bytes !== undefined && { 'messaging.message.body.size': bytes }),
  ...(attempt !== undefined && { 'thryve.attempt': attempt })
})

/** What a step knows at its end. Ids of deliveries are hashes; ids of users are never in a step. */
const endAttributes = (step: Readonly<Step>): Attributes => ({
  ...(step.deliveryId !== undefined && { 'messaging.message.id': step.deliveryId }),
  ...(step.status !== undefined && { 'http.response.status_code': step.status }),
  ...(step.code !== undefined && { 'error.type': step.code }),
  ...(step.outcome !== undefined && { 'thryve.outcome': step.outcome }),
  ...(step.type !== undefined && { 'thryve.event.type': step.type }),
  ...(step.decompressedBytes !== undefined && { 'thryve.payload.size': step.decompressedBytes }),
  ...(step.badRecords !== undefined && { 'thryve.records.bad': step.badRecords }),
  ...(step.records !== undefined && {
    'thryve.records.inserted': step.records.inserted,
    'thryve.records.updated': step.records.updated,
    'thryve.records.unchanged': step.records.unchanged,
    'thryve.records.stale': step.records.stale
  })
})

const end = (span: Span, step: Readonly<Step>): void => {
  span.setAttributes(endAttributes(step))
  if (step.code !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

const traceRecorded = async (span: Span, step: Readonly<Step>, run: () => Promise<void>): Promise<void> => {
  try {
    await context.with(trace.setSpan(context.active(), span), run)
  } catch {
    // The step knows its code, and the span gets it below.
  } finally {
    end(span, step)
  }
}

/** What is below a span that is not sampled is not sampled either. */
const isSampledStep: StepFilter = ({ name }) => !INNER_STEPS.has(name) || trace.getActiveSpan()?.isRecording() !== false

/** A turn from the inbox is a trace of its own, linked to the one that received the delivery in this process. */
const createInterceptor = (tracer: Tracer): StepInterceptor => {
  const receivers = new Map<string, SpanContext>()

  const remember = (id: string, spanContext: SpanContext): void => {
    receivers.set(id, spanContext)
    const [oldest] = receivers.size > MAX_REMEMBERED ? receivers.keys() : []
    if (oldest !== undefined) receivers.delete(oldest)
  }

  const linksOf = (id: string): Link[] => {
    const receiver = receivers.get(id)
    receivers.delete(id)
    return receiver === undefined ? [] : [{ context: receiver }]
  }

  return function traceStep(step, run) {
    const { name, deliveryId = '', mode } = step
    const outer = name === 'put' ? trace.getActiveSpan() : undefined
    if (outer !== undefined) remember(deliveryId, outer.spanContext())
    const isOwnTrace = mode === 'inbox'
    const options = {
      kind: KINDS[name] ?? SpanKind.INTERNAL,
      attributes: startAttributes(step),
      ...(isOwnTrace && { root: true, links: linksOf(deliveryId) })
    }
    const span = tracer.startSpan(SPAN_NAMES[name], options)
    // Not sampled: it is active all the same, so that what a driver or a listener starts is not sampled either.
    if (!span.isRecording()) return context.with(trace.setSpan(context.active(), span), run)
    return traceRecorded(span, step, run)
  }
}

/**
 * Makes spans and metrics of a receiver's work. Spans: `receive`, within it `send` (the write to the inbox); then, linked to
 * it, `process` with `decompress`, `decode`, `save` and `listeners`. Each is active while it runs, so spans of a database
 * driver, or of your listeners, hang below it. No attribute holds a user, a value or a secret.
 *
 * @returns a function that takes it off again.
 * @example
 * instrument(webhook) // after the SDK was started
 */
export const instrument = (
  webhook: Pick<Receiver, 'on' | 'off' | 'health' | 'intercept'>,
  options: InstrumentOptions = {}
): (() => void) => {
  const { tracerProvider = trace.getTracerProvider(), meterProvider = metrics.getMeterProvider() } = options
  const stopSpans = webhook.intercept(createInterceptor(tracerProvider.getTracer(SCOPE)), isSampledStep)
  const stopMetrics = instrumentMetrics(webhook, meterProvider.getMeter(SCOPE))
  return () => {
    stopSpans()
    stopMetrics()
  }
}
