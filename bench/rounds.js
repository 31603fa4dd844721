/** Interleaved rounds: whatever disturbs the machine disturbs all alike. */
const { randomUUID } = require('node:crypto')
const { MongoClient } = require('mongodb')
const { packDeliveries, signDeliveries } = require('./deliveries')
const { medians, measureOtherRoute, measureRound } = require('./measure')
const { postAll } = require('./sender')
const { startServer } = require('./server-process')

/** Compiles what will be compiled, and connects what must be connected. */
const warmUp = async ({ server }, pool) => {
  await postAll(server.port, signDeliveries(pool.bodies), 4)
  await server.usage()
}

/** Who goes first finds other caches than who goes last, hence the turns. */
const inTurn = (runners, round) => {
  const first = round % runners.length
  return [...runners.slice(first), ...runners.slice(0, first)]
}

/** Gives every round of a runner with a database one of its own; a store in memory forgets the pool's users. */
const openStore = async ({ server, database }, { userIds }) => {
  await server.reset((await database?.fresh()) ?? userIds)
}

const runSize = async (contestants, { size, deliveries, rounds, otherRoute, openDatabase }, log) => {
  const pool = await packDeliveries(deliveries, size)
  const runners = []
  const figures = new Map(contestants.map(({ name }) => [name, []]))
  try {
    for (const contestant of contestants) {
      const runner = { ...contestant, server: await startServer(contestant) }
      runners.push(runner)
      if (openDatabase) {
        runner.database = openDatabase()
        runner.count = runner.database.count
      }
      await openStore(runner, pool)
      await warmUp(runner, pool)
    }
    for (let round = 0; round < rounds; round++) {
      for (const runner of inTurn(runners, round)) {
        await openStore(runner, pool)
        figures.get(runner.name).push(await measureRound(runner, pool, size))
      }
      log(`${size} records a delivery: round ${round + 1} of ${rounds}`)
    }
    for (let round = 0; round < (otherRoute ? rounds : 0); round++) {
      for (const runner of inTurn(runners, round)) {
        await openStore(runner, pool)
        figures.get(runner.name).push(await measureOtherRoute(runner, pool))
      }
    }
  } finally {
    for (const { server, database } of runners) {
      await server.stop()
      await database?.drop()
    }
  }
  const jsonBytesPerRecord = pool.jsonBytes / deliveries / size
  const bytesPerDelivery = pool.bodies.reduce((sum, { length }) => sum + length, 0) / deliveries
  return { figures, jsonBytesPerRecord, bytesPerDelivery }
}

/**
 * Runs every contestant at every size.
 *
 * @param {{ size: number, deliveries: number, rounds: number, otherRoute?: boolean }[]} plan
 * @returns medians by contestant and size, and what was sent
 */
const runAll = async (contestants, plan, log, openDatabase) => {
  const results = contestants.map(({ name, label, runtime, kind }) => ({ name, label, runtime, kind, sizes: {} }))
  const sent = {}
  for (const step of contestants.length > 0 ? plan : []) {
    const { figures, ...about } = await runSize(contestants, { ...step, openDatabase }, log)
    sent[step.size] = { deliveries: step.deliveries, rounds: step.rounds, ...about }
    for (const result of results) result.sizes[step.size] = medians(figures.get(result.name))
  }
  return { results, sent }
}

/** Databases on one server: a new one a round, counted through a client of the bench's own. */
const openDatabases = (client) => () => {
  const names = []
  return {
    /** The last one goes: a test server keeps all in memory, and five rounds of six receivers filled it. */
    async fresh() {
      if (names.length > 0) await client.db(names.pop()).dropDatabase()
      names.push(`bench-${randomUUID()}`)
      return names.at(-1)
    },
    count: () => client.db(names.at(-1)).collection('epoch').countDocuments(),
    async drop() {
      for (const name of names) await client.db(name).dropDatabase()
    }
  }
}

/** The same with MongoDB. */
const runAllOnMongo = async (contestants, plan, log, uri) => {
  const client = new MongoClient(uri)
  try {
    const withUri = contestants.map((contestant) => ({ ...contestant, args: [...contestant.args, uri] }))
    return await runAll(withUri, plan, log, openDatabases(client))
  } finally {
    await client.close()
  }
}

module.exports = { runAll, runAllOnMongo }
