/** Nothing of what is delivered, and no secret, comes out of anything that watches. */
import { tracingChannel } from 'node:diagnostics_channel'
import { Writable } from 'node:stream'
import { inspect } from 'node:util'
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import pino from 'pino'
import { Registry } from 'prom-client'
import { instrument } from '../src/telemetry/opentelemetry'
import { metrics } from '../src/telemetry/prometheus'
import { createObserved, MARK, MARKED_NUMBER } from './observed'

const CHANNELS = ['receive', 'put', 'process', 'decompress', 'decode', 'save', 'listeners']
const SIGNALS = ['stored', 'rejected', 'answered', 'processed', 'health', 'degraded-identity'] as const
/** Spans hold their provider and timers; these are what an exporter sends. */
const exported = ({ name, attributes, status, events, links }: Record<string, unknown>) => ({
  name,
  attributes,
  status,
  events,
  links
})
const show = (value: unknown) =>
  inspect(value, { depth: 12, showHidden: false, maxArrayLength: null, maxStringLength: null })

test('logs, metrics, spans, channels, signals, health and errors: marked values and ids, are in none', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const seen: Record<string, string[]> = { log: [], channel: [], signal: [], error: [] }
  const note = (where: string, value: unknown) => seen[where]?.push(typeof value === 'string' ? value : show(value))
  const handler = (message: unknown) => note('channel', message)
  const subscribers = { start: handler, end: handler, asyncStart: handler, asyncEnd: handler, error: handler }
  const channels = CHANNELS.map((name) => tracingChannel<object>(`thryve-webhook:${name}`))
  for (const channel of channels) channel.subscribe(subscribers)

  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      note('log', String(chunk))
      done()
    }
  })
  const logger = pino({ level: 'trace' }, sink)
  const { webhook, adapter, run } = createObserved({ logger })
  const registry = new Registry()
  metrics(webhook, { registry })
  const spans = new InMemorySpanExporter()
  const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: measured })
  const meterProvider = new MeterProvider({ readers: [reader] })
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
  instrument(webhook, { tracerProvider, meterProvider })
  for (const name of SIGNALS) webhook.on(name, (argument: object) => note('signal', argument))
  webhook.on('quarantined', ({ failures: _, ...rest }) => note('signal', rest))
  // The cause is the driver's or the listener's own error, handed to the host alone.
  webhook.on('error', ({ code, reason, message, name }) => note('error', { code, reason, message, name }))

  expect(await run()).toEqual([204, 204, 204, 204, 204, 415, 401, 401, 204, 204, 204])

  await reader.forceFlush()
  const all: Record<string, string> = {
    ...Object.fromEntries(Object.entries(seen).map(([name, texts]) => [name, texts.join('\n')])),
    prometheus: await registry.metrics(),
    spans: show(spans.getFinishedSpans().map((span) => exported(span as never))),
    measured: show(measured.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)),
    health: JSON.stringify(await webhook.health())
  }
  for (const channel of channels) channel.unsubscribe(subscribers)
  await meterProvider.shutdown()
  context.disable()

  for (const [name, text] of Object.entries(all)) {
    // Each of them saw something, or it would prove nothing.
    expect([name, text.length > 100]).toEqual([name, true])
    expect([name, text.includes(MARK), text.includes(MARKED_NUMBER)]).toEqual([name, false, false])
  }
  // The marks were there to be found.
  const { entries = [] } = (await adapter.quarantine?.list()) ?? {}
  expect(show(entries)).toContain(MARK)
})
