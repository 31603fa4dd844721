/**
 * `node --expose-gc bench/observe.js`: what watching costs. CPU time (`process.cpuUsage`) per record, for deliveries of 1,000,
 * 100, 10 and 1 records (`--records 1`: of that shape alone), received into memory by one long-lived webhook: with what
 * watches taken out (steps, operator log, health, the signals of answers and turns), with nothing attached, and with
 * metrics, spans (sampled off), OTel metrics and a listener of each signal. Each way runs in a process of its own, in turns,
 * for `--rounds N` (default 60). Needs the build.
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
const { signedDelivery } = require('@thryve-webhook/middleware/testing')
const { receive, thryveWebhook } = require('@thryve-webhook/middleware')
const { Registry } = require('prom-client')

const secret = 'bench-secret'
const WARM_UP_ROUNDS = 15
const SHAPES = [
  { records: 1_000, deliveries: 2 },
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
const makeDeliveries = ({ deliveries: count, records }, round) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      signedDelivery(
        {
          endUserId: `bench-user-${index}`,
          type: 'event.data.epoch.create',
          data: {
            dataSourceId: 5,
            epochData: Array.from({ length: records }, (__, minute) => ({
              startTimestamp: new Date(Date.UTC(2024, 4, 1) + minute * 60_000).toISOString(),
              endTimestamp: new Date(Date.UTC(2024, 4, 1) + (minute + 1) * 60_000).toISOString(),
              dataTypeId: 1000,
              value: String(round * 1_000 + (minute % 170))
            }))
          }
        },
        { secret }
      )
    )
  )

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
  const health = partOf('health')
  const { createHealthWatch } = health
  health.createHealthWatch = (parts) => ({ ...createHealthWatch(parts), answered: () => {}, processed: () => {} })
  partOf('operator-log').createOperatorLog = () => ({ started: () => {}, signal: () => {} })
  partOf('steps').createSteps = () => ({ run: (_step, work) => work(), intercept: () => () => {} })
  const emitter = partOf('emitter')
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

const compare = async (ways, shape, rounds) => {
  const names = Object.keys(ways)
  const costs = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const from = Math.floor(Math.random() * names.length)
    for (const name of [...names.slice(from), ...names.slice(0, from)]) {
      const cost = await ways[name].run(shape)
      if (round >= 0) costs[name].push(cost)
    }
  }
  const change = (name, over) => {
    const ratios = costs[name].map((cost, round) => cost / costs[over][round])
    return `${(100 * (median(costs[name]) / median(costs[over]) - 1)).toFixed(1)} % over ${over}, by pairs ${(100 * (median(ratios) - 1)).toFixed(1)} %`
  }
  console.log(`deliveries of ${shape.records}: CPU per record, median of ${rounds} rounds`)
  console.log(`  without      ${median(costs.without).toFixed(2)} µs`)
  console.log(`  nothing      ${median(costs.nothing).toFixed(2)} µs   ${change('nothing', 'without')}`)
  console.log(`  everything   ${median(costs.everything).toFixed(2)} µs   ${change('everything', 'nothing')}`)
}

async function main() {
  const only = argumentOf('--records')
  const rounds = Number(argumentOf('--rounds') ?? 60)
  const ways = Object.fromEntries(['without', 'nothing', 'everything'].map((way) => [way, startWay(way)]))
  for (const shape of SHAPES.filter(({ records }) => only === undefined || records === Number(only))) {
    await compare(ways, shape, rounds)
  }
  for (const { stop } of Object.values(ways)) stop()
}

if (process.argv[2] === 'serve') serve(process.argv[3])
else {
  main().catch((error) => {
    console.error(error)
    process.exitCode = 1
  })
}
