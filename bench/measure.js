/** One round of one server, and what many rounds say together. */
const { performance } = require('node:perf_hooks')
const { signDeliveries } = require('./deliveries')
const { postAll, probeDuring } = require('./sender')

const CONNECTIONS = 4

const sorted = (values) => values.toSorted((a, b) => a - b)

/** The value that the given share of all does not exceed. */
const quantile = (values, share) => sorted(values)[Math.max(0, Math.ceil(values.length * share) - 1)]

/** The middle value; of two, their mean. */
const median = (values) => {
  const all = sorted(values)
  return (all[(all.length - 1) >> 1] + all[all.length >> 1]) / 2
}

/** Two ways of asking the kernel: where they differ by more than its clock's ticks, one of them misses a process. */
const requireSameCpu = (name, ownSeconds, treeSeconds) => {
  if (Math.abs(ownSeconds - treeSeconds) <= 0.05 + treeSeconds * 0.05) return
  throw new Error(`"${name}" was billed ${ownSeconds} s of CPU, and its process tree ${treeSeconds} s.`)
}

const requireAllStored = (name, expected, stored) => {
  if (stored !== expected) throw new Error(`"${name}" stored ${stored} of ${expected} records.`)
}

/**
 * Sends a pool to a server that holds nothing, waits until all is stored, and counts.
 *
 * @returns figures of this round; times in ms, CPU in seconds
 */
const measureRound = async ({ name, server, count = server.count }, pool, records, connections = CONNECTIONS) => {
  const deliveries = signDeliveries(pool.bodies)
  const before = await server.usage()
  const startedAt = performance.now()
  const waits = await postAll(server.port, deliveries, connections)
  const after = await server.usage()
  const seconds = (performance.now() - startedAt) / 1_000

  const cpuSeconds = after.cpuSeconds - before.cpuSeconds
  requireSameCpu(name, cpuSeconds, after.treeCpuSeconds - before.treeCpuSeconds)
  const stored = deliveries.length * records
  requireAllStored(name, stored, await count(pool.userIds))
  return {
    cpuPerMillion: (cpuSeconds / stored) * 1e6,
    cpuMicrosPerDelivery: (cpuSeconds / deliveries.length) * 1e6,
    deliveriesPerSecond: deliveries.length / seconds,
    recordsPerSecond: stored / seconds,
    p50: quantile(waits, 0.5),
    p99: quantile(waits, 0.99),
    peakBytes: after.peakBytes
  }
}

/** How long another route waits while the pool comes in and is worked off: its p50 and p99 in ms. */
const measureOtherRoute = async ({ server }, pool) => {
  const waits = await probeDuring(server.port, async () => {
    await postAll(server.port, signDeliveries(pool.bodies), 2)
    await server.usage()
  })
  return { otherP50: quantile(waits, 0.5), otherP99: quantile(waits, 0.99) }
}

/** The median of every figure over the rounds. */
const medians = (rounds) => {
  const names = new Set(rounds.flatMap(Object.keys))
  return Object.fromEntries(
    [...names].map((name) => {
      const values = rounds.map((round) => round[name]).filter((value) => value !== undefined)
      return [name, name === 'peakBytes' ? Math.max(...values) : median(values)]
    })
  )
}

module.exports = { median, medians, measureOtherRoute, measureRound }
