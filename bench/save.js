/**
 * `node bench/save.js`: saving 1,000 records through the MongoDB adapter, against a plain unordered `bulkWrite` of
 * `updateOne` upserts of the same fields with the same write concern and indexes. Records are new, then come again, then
 * come changed. Both run on one server in turns; medians. CPU is this process's alone: the server has its own. Needs the
 * build.
 */
const { randomUUID } = require('node:crypto')
const { once } = require('node:events')
const { connect, createServer } = require('node:net')
const { performance } = require('node:perf_hooks')
const { mongoAdapter } = require('@thryve-webhook/adapter-mongo')
const { epochRecord, saveBatch, versioned } = require('@thryve-webhook/middleware/testing')
const { MongoClient } = require('mongodb')
const { startTestMongo } = require('../tools/test-mongo')
const { median } = require('./measure')

const RECORDS = 1_000
const WARM_UP_ROUNDS = 5
const ROUNDS = 20
const CASES = ['new', 'again, same version', 'again, signed later', 'changed']

/** A day's minutes with every detail, in one of four states. */
const batchOf = (endUserId, state) => {
  const isChanged = state === 'changed'
  const version = { 'again, signed later': 'v2', changed: 'v3' }[state] ?? 'v1'
  const records = Array.from({ length: RECORDS }, (_, minute) => {
    const startTimestamp = new Date(Date.UTC(2024, 4, 1) + minute * 60_000)
    const parsedValue = minute + (isChanged ? 1_000 : 0)
    const details = {
      endTimestamp: new Date(startTimestamp.getTime() + 60_000),
      creationTimestamp: new Date(startTimestamp.getTime() + 90_000),
      timezoneOffset: 60,
      thirdPartyDataSourceId: 1,
      thirdPartyDataSourceName: 'UNKNOWN',
      measurementReference: String(9_007_163_800_000_000 + minute),
      generationType: 'TRACKER',
      trustworthiness: 'plausible',
      medicalGrade: false,
      chronologicalExactness: 15
    }
    const value = String(parsedValue)
    return versioned(epochRecord({ endUserId, startTimestamp, ...details, value, parsedValue }), version)
  })
  return saveBatch(...records)
}

const upsertAll = async (collection, { records, deliveryId, receivedAt }) => {
  const operations = records.map(({ key, version, record: { dimension, ...fields } }) => ({
    updateOne: {
      filter: { _id: key },
      update: { $set: { ...fields, version, schemaVersion: 1, deliveryId, receivedAt } },
      upsert: true
    }
  }))
  await collection.bulkWrite(operations, { ordered: false })
}

/** Passes everything on to the database and counts the bytes. */
const openCounter = async (uri) => {
  const { hostname, port } = new URL(uri)
  const bytes = { sent: 0, received: 0 }
  const proxy = createServer((client) => {
    const server = connect(Number(port || 27_017), hostname)
    client.on('data', (chunk) => {
      bytes.sent += chunk.length
    })
    server.on('data', (chunk) => {
      bytes.received += chunk.length
    })
    for (const socket of [client, server]) socket.on('error', () => {})
    client.pipe(server).pipe(client)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    uri: `mongodb://127.0.0.1:${proxy.address().port}/?directConnection=true`,
    bytes,
    close: () => proxy.close()
  }
}

/** Both ways over one client, and what they store. */
const openWays = async (client, dbName) => {
  const db = client.db(dbName)
  const adapter = mongoAdapter({ db })
  await adapter.ensureIndexes()
  const plain = db.collection('plain', { writeConcern: { w: 'majority', j: true } })
  await plain.createIndex({ endUserId: 1, dataTypeId: 1, startTimestamp: 1 })
  return { adapter: (batch) => adapter.save(batch), plain: (batch) => upsertAll(plain, batch) }
}

const timed = async (work) => {
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  await work()
  const wallMs = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  return { wallMs, cpuMs: (user + system) / 1_000 }
}

const measureTimes = async (ways, figures) => {
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    // Whoever goes second finds warmer caches, hence the turns.
    const order = round % 2 === 0 ? ['adapter', 'plain'] : ['plain', 'adapter']
    const endUserId = randomUUID()
    for (const state of CASES) {
      for (const way of order) {
        const batch = batchOf(endUserId, state)
        const { wallMs, cpuMs } = await timed(() => ways[way](batch))
        if (round < WARM_UP_ROUNDS) continue
        figures[state][way].wallMs.push(wallMs)
        figures[state][way].cpuMs.push(cpuMs)
      }
    }
  }
}

/** In a pass of its own, since counting costs time. */
const measureBytes = async (uri, dbName, figures) => {
  const counter = await openCounter(uri)
  const client = new MongoClient(counter.uri, { monitorCommands: true })
  let commands = 0
  client.on('commandStarted', () => {
    commands++
  })
  const ways = await openWays(client, dbName)
  const endUserId = randomUUID()
  for (const way of ['adapter', 'plain']) await ways[way](batchOf(randomUUID(), 'new'))
  for (const state of CASES) {
    for (const way of ['adapter', 'plain']) {
      const before = { ...counter.bytes, commands }
      await ways[way](batchOf(endUserId, state))
      Object.assign(figures[state][way], {
        roundTrips: commands - before.commands,
        sent: counter.bytes.sent - before.sent,
        received: counter.bytes.received - before.received
      })
    }
  }
  await client.close()
  counter.close()
}

const requireAllStored = async (db, rounds) => {
  for (const name of ['epoch', 'plain']) {
    const stored = await db.collection(name).countDocuments()
    if (stored !== rounds * RECORDS) throw new Error(`${name} holds ${stored} records instead of ${rounds * RECORDS}.`)
  }
}

const report = (kind, figures) => {
  console.log(`${RECORDS} records on ${kind}, medians of ${ROUNDS} rounds in turns\n`)
  console.log('records               way       wall ms   CPU ms   round trips   kB sent   kB received')
  for (const [state, ways] of Object.entries(figures)) {
    for (const [way, { wallMs, cpuMs, roundTrips, sent, received }] of Object.entries(ways)) {
      const columns = [median(wallMs).toFixed(1), median(cpuMs).toFixed(1), roundTrips]
      columns.push((sent / 1_000).toFixed(0), (received / 1_000).toFixed(0))
      const widths = [7, 9, 14, 10, 14]
      const line = columns.map((value, index) => String(value).padStart(widths[index])).join('')
      console.log(`${state.padEnd(22)}${way.padEnd(10)}${line}`)
    }
  }
}

const main = async () => {
  const server = await startTestMongo()
  const client = new MongoClient(server.uri)
  const names = [`bench-save-${randomUUID()}`, `bench-save-${randomUUID()}`]
  const figure = () => ({ wallMs: [], cpuMs: [] })
  const figures = Object.fromEntries(CASES.map((state) => [state, { adapter: figure(), plain: figure() }]))
  try {
    await measureTimes(await openWays(client, names[0]), figures)
    await requireAllStored(client.db(names[0]), WARM_UP_ROUNDS + ROUNDS)
    await measureBytes(server.uri, names[1], figures)
    report(server.kind, figures)
  } finally {
    for (const name of names) await client.db(name).dropDatabase()
    await client.close()
    await server.stop()
  }
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
