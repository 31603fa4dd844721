/**
 * `node --expose-gc bench/observe.js`: what watching costs. CPU time (`process.cpuUsage`) per record, for deliveries of 1,000,
 * 100, 10 and 1 records (`--records 1`: of that shape alone), received into memory by one long-lived webhook: with what
 * watches taken out (steps, operator log, health, the signals of answers and turns), with nothing attached, and with
 * metrics, spans (sampled off), OTel metrics and a listener of each signal. Each way runs in `--processes N` of its own
 * (default 5: two processes of one way differ by some 5 %, since each compiles its code anew), in turns, for `--rounds N`
 * (default 20). Needs the build.
 */
const { fork } = require('node:child_process')
const { once } = require('node:events')
const { dirname, join } = require('node:path')
const { context } = require('@opentelemetry/api')
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
const { MeterProvider, PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics')
const { AlwaysOffSampler, BasicTracerProvider } = require('@opentelemetry/sdk-trace-base')
const { memoryAdapter } = require('@thryve-webhook/adapter-memory')
const { instrument } = require('@thryve-webhook/middleware/opentelemetry')
const { metrics } = require('@thryve-webhook/middleware/prometheus')
const { receive, thryveWebhook } = require('@thryve-webhook/middleware')
const { Registry } = require('prom-client')
const { packDeliveriesOf, signDeliveries } = require('./deliveries')

const secret = 'bench-secret'
const WARM_UP_ROUNDS = 15
const WAYS = ['without', 'nothing', 'everything']
const SHAPES = [
  { records: 1_000, deliveries: 6 },
  { records: 100, deliveries: 20 },
  { records: 10, deliveries: 100 },
  { records: 1, deliveries: 100 }
]
const argumentOf = (name) => {
  const at = process.argv.indexOf(name)
  return at < 0 ? undefined : process.argv[at + 1]
}
const quiet = { warn: () => {}, error: () => {} }
const noExporter = {
  export: (_metrics, done) => done({ code: 0 }),
  forceFlush: async () => {},
  shutdown: async () => {}
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/** Equal users and times, so that the store does not grow; other values, so that no delivery is a duplicate. */
const makeDeliveries = async ({ deliveries, records }, round) => {
  const userIds = Array.from({ length: deliveries }, (_, index) => `bench-user-${index}`)
  const { bodies } = await packDeliveriesOf(userIds, records, round)
  return signDeliveries(bodies)
}

const attachEverything = (webhook) => {
  metrics(webhook, { registry: new Registry() })
  const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: noExporter })] })
  instrument(webhook, { tracerProvider: new BasicTracerProvider({ sampler: new AlwaysOffSampler() }), meterProvider })
  for (const name of ['stored', 'answered', 'processed', 'rejected', 'quarantined', 'health'])
    webhook.on(name, () => {})
}

/** Takes out of the build what watches, for this process: the packages have no switch for it. */
const takeOutWatching = () => {
  const partOf = (name) => require(join(dirname(require.resolve('@thryve-webhook/middleware')), name))
  const health = partOf('health/health')
  const { createHealthWatch } = health
  health.createHealthWatch = (parts) => ({ ...createHealthWatch(parts), answered: () => {}, processed: () => {} })
  partOf('log/operator-log').createOperatorLog = () => ({ started: () => {}, signal: () => {} })
  partOf('steps').createSteps = () => ({ run: (_step, work) => work(), intercept: () => () => {} })
  const emitter = partOf('process/emitter')
  const { createEmitter } = emitter
  emitter.createEmitter = (...parts) => {
    const whole = createEmitter(...parts)
    const signal = (name, argument) => {
      if (name !== 'answered' && name !== 'processed') whole.signal(name, argument)
    }
    return { ...whole, signal }
  }
}

/** CPU of receiving all deliveries, in microseconds. */
const measure = async (webhook, deliveries) => {
  global.gc?.()
  const before = process.cpuUsage()
  for (const delivery of deliveries) {
    const { status } = await receive(webhook, delivery)
    if (status !== 204) throw new Error(`answered ${status}`)
  }
  await webhook.idle()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

/** One way of running, in a process of its own: what one compiles, hooks or leaves behind must not weigh on another. */
const serve = (way) => {
  if (way === 'without') takeOutWatching()
  const webhook = thryveWebhook(secret, memoryAdapter(), { logger: quiet })
  if (way === 'everything') {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    attachEverything(webhook)
  }
  let round = 0
  process.on('message', async (shape) => {
    round += 1
    const cost = await measure(webhook, await makeDeliveries(shape, round))
    process.send(cost / (shape.deliveries * shape.records))
  })
}

const startWay = (way) => {
  const child = fork(__filename, ['serve', way])
  const run = async (shape) => {
    child.send(shape)
    const [cost] = await once(child, 'message')
    return cost
  }
  return { run, stop: () => child.kill() }
}

const compare = async (runners, shape, rounds) => {
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const from = Math.floor(Math.random() * runners.length)
    for (const { run, costs } of [...runners.slice(from), ...runners.slice(0, from)]) {
      const cost = await run(shape)
      if (round >= 0) costs.push(cost)
    }
  }
  const processes = (way) => runners.filter((runner) => runner.way === way).map(({ costs }) => median(costs.splice(0)))
  const [without, nothing, everything] = WAYS.map(processes)
  const line = (name, costs, base) => {
    const each = costs.map((cost) => cost.toFixed(2)).join(' ')
    const change = base && `${(100 * (median(costs) / median(base) - 1)).toFixed(1)} % over the line above`
    console.log(`  ${name.padEnd(12)} ${median(costs).toFixed(2)} µs  ${change ?? ''}  (processes: ${each})`)
  }
  console.log(`deliveries of ${shape.records}: CPU per record, medians of ${rounds} rounds`)
  line('without', without)
  line('nothing', nothing, without)
  line('everything', everything, nothing)
}

async function main() {
  const only = argumentOf('--records')
  const rounds = Number(argumentOf('--rounds') ?? 20)
  const processes = Number(argumentOf('--processes') ?? 5)
  const runners = WAYS.flatMap((way) => Array.from({ length: processes }, () => ({ way, costs: [], ...startWay(way) })))
  for (const shape of SHAPES.filter(({ records }) => only === undefined || records === Number(only))) {
    await compare(runners, shape, rounds)
  }
  for (const { stop } of runners) stop()
}

if (process.argv[2] === 'serve') serve(process.argv[3])
else {
  main().catch((error) => {
    console.error(error)
    process.exitCode = 1
  })
}
