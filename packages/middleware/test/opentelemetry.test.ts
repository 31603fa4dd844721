import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader
} from '@opentelemetry/sdk-metrics'
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor
} from '@opentelemetry/sdk-trace-base'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { instrument } from '../src/telemetry/opentelemetry'
import { build, post, signed } from './deliveries'

beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()))
afterAll(() => {
  context.disable()
  propagation.disable()
})

/** A receiver with a tracer and a meter of its own. */
const traced = (...parameters: Parameters<typeof build>) => {
  const exporter = new InMemorySpanExporter()
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter })
  const meterProvider = new MeterProvider({ readers: [reader] })
  const built = build(...parameters)
  const stop = instrument(built.webhook, { tracerProvider, meterProvider })
  const spans = () => exporter.getFinishedSpans()
  const span = (name: string) => {
    const found = spans().find((candidate) => candidate.name === name)
    if (found === undefined) throw new Error(`no span ${name} among ${spans().map((each) => each.name)}`)
    return found
  }
  const collected = async () => {
    await reader.forceFlush()
    return metricExporter.getMetrics().at(-1)?.scopeMetrics[0]?.metrics ?? []
  }
  return { ...built, tracerProvider, stop, spans, span, collected, shutdown: () => meterProvider.shutdown() }
}

describe('spans', () => {
  test('a delivery, is received in one trace and processed in another that links to it', async () => {
    const built = traced()
    await post(built, await signed())
    const receive = built.span('receive thryve')
    const process = built.span('process thryve')
    expect(built.span('send thryve').parentSpanContext?.spanId).toBe(receive.spanContext().spanId)
    expect(built.span('send thryve').kind).toBe(SpanKind.PRODUCER)
    expect(process.kind).toBe(SpanKind.CONSUMER)
    expect(process.parentSpanContext).toBeUndefined()
    expect(process.spanContext().traceId).not.toBe(receive.spanContext().traceId)
    expect(process.links.map((link) => link.context.spanId)).toEqual([receive.spanContext().spanId])
    for (const step of ['decompress', 'decode', 'save', 'listeners']) {
      expect(built.span(`thryve ${step}`).parentSpanContext?.spanId).toBe(process.spanContext().spanId)
    }
    const id = receive.attributes['messaging.message.id']
    expect(receive.attributes).toMatchObject({
      'messaging.system': 'thryve_webhook',
      'messaging.operation.type': 'receive',
      'http.response.status_code': 204
    })
    expect(process.attributes).toMatchObject({
      'messaging.message.id': id,
      'messaging.operation.type': 'process',
      'thryve.outcome': 'stored',
      'thryve.attempt': 1,
      'thryve.records.inserted': 1
    })
    await built.shutdown()
  })

  test('spans of a listener and of the driver, hang below their step', async () => {
    const memory = memoryAdapter()
    let tracer = trace.getTracer('none')
    const inside = (name: string) => tracer.startSpan(name).end()
    const built = traced(
      {},
      {
        ...memory,
        save: async (batch) => {
          inside('of the driver')
          return memory.save(batch)
        }
      }
    )
    tracer = built.tracerProvider.getTracer('host')
    built.webhook.on('*', async () => {
      await Promise.resolve()
      inside('of the listener')
    })
    await post(built, await signed())
    const parentOf = (name: string) => built.span(name).parentSpanContext?.spanId
    expect(parentOf('of the driver')).toBe(built.span('thryve save').spanContext().spanId)
    expect(parentOf('of the listener')).toBe(built.span('thryve listeners').spanContext().spanId)
    await built.shutdown()
  })

  test('stored mode, is one trace', async () => {
    const built = traced({ acknowledgeAfter: 'stored' })
    await post(built, await signed())
    expect(new Set(built.spans().map((span) => span.spanContext().traceId)).size).toBe(1)
    expect(built.span('process thryve').parentSpanContext?.spanId).toBe(
      built.span('receive thryve').spanContext().spanId
    )
    await built.shutdown()
  })

  test('a delivery of another process, has no link', async () => {
    const adapter = memoryAdapter()
    const { headers, body } = await signed()
    await adapter.inbox?.put({
      id: 'of-another',
      body,
      contentEncoding: headers['content-encoding'] ?? '',
      receivedAt: new Date()
    })
    const built = traced({}, adapter)
    await built.webhook.idle()
    expect(built.span('process thryve').links).toEqual([])
    await built.shutdown()
  })

  test('a refusal and a failure, are errors with their code', async () => {
    const built = traced({}, { ...memoryAdapter(), save: () => Promise.reject(new Error('of the driver')) })
    await post(built, await signed(), { 'x-hmac-signature': 'wrong' })
    await post(built, await signed())
    const failed = built.spans().filter(({ status }) => status.code === SpanStatusCode.ERROR)
    expect(failed.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
      ['receive thryve', 'THRYVE_SIGNATURE_MISMATCH'],
      ['thryve save', 'THRYVE_INTERNAL'],
      ['process thryve', 'THRYVE_STORE_FAILED']
    ])
    await built.shutdown()
  })

  test('not sampled, a listener and a driver are below it and are not sampled either', async () => {
    const built = build()
    instrument(built.webhook, { tracerProvider: new BasicTracerProvider({ sampler: new AlwaysOffSampler() }) })
    const seen: unknown[] = []
    built.webhook.on('*', async () => {
      await Promise.resolve()
      seen.push(trace.getActiveSpan()?.isRecording())
    })
    await post(built, await signed())
    expect(seen).toEqual([false])
    await built.webhook.close()
  })

  test('stopped, makes no more', async () => {
    const built = traced()
    built.stop()
    await post(built, await signed())
    expect(built.spans()).toEqual([])
    await built.shutdown()
  })
})

test('OTel metrics: deliveries, are counted and measured', async () => {
  const built = traced({ maxQuarantined: 1 })
  await post(built, await signed())
  for (const junk of ['junk', 'more junk']) await post(built, await signed(junk))
  const byName = new Map((await built.collected()).map((metric) => [metric.descriptor.name, metric.dataPoints]))
  expect([...byName.keys()].sort()).toEqual([
    'messaging.process.duration',
    'thryve.answer.duration',
    'thryve.body.size',
    'thryve.deliveries',
    'thryve.delivery.attempts',
    'thryve.health.state',
    'thryve.in_flight',
    'thryve.inbox.entries',
    'thryve.inbox.oldest',
    'thryve.payload.size',
    'thryve.quarantine.dropped',
    'thryve.quarantine.size',
    'thryve.records',
    'thryve.step.duration'
  ])
  expect(byName.get('thryve.quarantine.size')?.[0]?.value).toBe(1)
  expect(
    byName.get('thryve.deliveries')?.map(({ value, attributes }) => [value, attributes['thryve.outcome']])
  ).toEqual([
    [1, 'stored'],
    [2, 'quarantined']
  ])
  expect(byName.get('thryve.quarantine.dropped')?.[0]?.value).toBe(1)
  await built.shutdown()
})
