/**
 * `node bench/observe.js`: what watching costs. CPU time (`process.cpuUsage`) per record, for deliveries of 1,000 records and
 * of one (`--records 1`: of that shape alone), received into memory: with nothing attached, and with metrics, spans (sampled
 * off), OTel metrics and a listener of each signal. `--against FOLDER` takes another build of the middleware as the baseline,
 * e.g. one of before the signals: `--against ../other/packages/middleware/dist`. Each way runs in a process of its own, in
 * turns. Needs the build.
 */
const { fork } = require('node:child_process')
const { once } = require('node:events')
const { resolve } = require('node:path')
const { context } = require('@opentelemetry/api')
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
const { MeterProvider, PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics')
const { AlwaysOffSampler, BasicTracerProvider } = require('@opentelemetry/sdk-trace-base')
const { memoryAdapter } = require('@thryve-webhook/adapter-memory')
const { instrument } = require('@thryve-webhook/middleware/opentelemetry')
const { metrics } = require('@thryve-webhook/middleware/prometheus')
const { signedDelivery } = require('@thryve-webhook/middleware/testing')
const middleware = require('@thryve-webhook/middleware')
const { Registry } = require('prom-client')

const secret = 'bench-secret'
const WARM_UP_ROUNDS = 15
const SHAPES = [
  { records: 1_000, deliveries: 2, rounds: 100 },
  { records: 1, deliveries: 100, rounds: 100 }
]
const quiet = { warn: () => {}, error: () => {} }
const noExporter = {
  export: (_metrics, done) => done({ code: 0 }),
  forceFlush: async () => {},
  shutdown: async () => {}
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/** What disturbs a round only ever adds to it: the quieter rounds say more than the middle one. */
const lowerQuarter = (values) => {
  const quiet = values.toSorted((a, b) => a - b).slice(0, Math.ceil(values.length / 4))
  return quiet.reduce((sum, value) => sum + value, 0) / quiet.length
}

const makeDeliveries = (count, records) =>
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
              value: String(minute % 170)
            }))
          }
        },
        { secret }
      )
    )
  )

/** @returns a function that takes what it attached off again. */
const attachEverything = (webhook) => {
  const stopMetrics = metrics(webhook, { registry: new Registry() })
  const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: noExporter })] })
  const tracerProvider = new BasicTracerProvider({ sampler: new AlwaysOffSampler() })
  const stopSpans = instrument(webhook, { tracerProvider, meterProvider })
  for (const name of ['stored', 'answered', 'processed', 'rejected', 'quarantined', 'health'])
    webhook.on(name, () => {})
  return async () => {
    stopMetrics()
    stopSpans()
    await meterProvider.shutdown()
  }
}

/** CPU of receiving all deliveries, in microseconds. A fresh store each time, so that the records are new. */
const measure = async ({ thryveWebhook, receive }, deliveries, attach) => {
  const adapter = memoryAdapter()
  const webhook = thryveWebhook(secret, adapter, { logger: quiet })
  const detach = attach === undefined ? async () => {} : attach(webhook)
  global.gc?.()
  const before = process.cpuUsage()
  for (const delivery of deliveries) {
    const { status } = await receive(webhook, delivery)
    if (status !== 204) throw new Error(`answered ${status}`)
  }
  await webhook.idle()
  const { user, system } = process.cpuUsage(before)
  await webhook.close()
  await adapter.close()
  await detach()
  return user + system
}

/** One way of running, in a process of its own: what one compiles, hooks or leaves behind must not weigh on another. */
const serve = (folder, isWatched) => {
  const build = folder === '' ? middleware : require(folder)
  if (isWatched) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const made = new Map()
  process.on('message', async ({ records, deliveries }) => {
    if (!made.has(records)) made.set(records, await makeDeliveries(deliveries, records))
    const cost = await measure(build, made.get(records), isWatched ? attachEverything : undefined)
    process.send(cost / (deliveries * records))
  })
}

const startWay = (folder, isWatched) => {
  const child = fork(__filename, ['serve', folder, String(isWatched)])
  const run = async (shape) => {
    child.send(shape)
    const [cost] = await once(child, 'message')
    return cost
  }
  return { run, stop: () => child.kill() }
}

async function main() {
  const at = process.argv.indexOf('--against')
  const ways = {
    ...(at > 0 && { before: startWay(resolve(process.argv[at + 1]), false) }),
    nothing: startWay('', false),
    everything: startWay('', true)
  }
  const names = Object.keys(ways)
  const [baseline] = names
  const only = process.argv.indexOf('--records')
  const shapes = SHAPES.filter(({ records }) => only < 0 || records === Number(process.argv[only + 1]))
  for (const shape of shapes) {
    const costs = Object.fromEntries(names.map((name) => [name, []]))
    for (let round = -WARM_UP_ROUNDS; round < shape.rounds; round += 1) {
      const from = Math.floor(Math.random() * names.length)
      for (const name of [...names.slice(from), ...names.slice(0, from)]) {
        const cost = await ways[name].run(shape)
        if (round >= 0) costs[name].push(cost)
      }
    }
    console.log(`deliveries of ${shape.records}: CPU per record, mean of the quieter quarter of ${shape.rounds} rounds`)
    for (const name of names) {
      const quiet = lowerQuarter(costs[name])
      const change = (100 * (quiet / lowerQuarter(costs[baseline]) - 1)).toFixed(1)
      const paired = (100 * (median(costs[name].map((cost, round) => cost / costs[baseline][round])) - 1)).toFixed(1)
      console.log(`  ${name.padEnd(12)} ${quiet.toFixed(2)} µs   ${change} % over ${baseline}, by pairs ${paired} %`)
    }
  }
  for (const { stop } of Object.values(ways)) stop()
}

if (process.argv[2] === 'serve') serve(process.argv[3], process.argv[4] === 'true')
else {
  main().catch((error) => {
    console.error(error)
    process.exitCode = 1
  })
}
