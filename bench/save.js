/**
 * `node bench/save.js`: saving 1,000 new records through the MongoDB adapter, against a plain unordered `bulkWrite` of
 * `updateOne` upserts of the same fields with the same write concern and indexes. Both run on one server in turns; the
 * ratio of the medians counts, the times themselves are the machine's. Needs the build.
 */
const { randomUUID } = require('node:crypto')
const { performance } = require('node:perf_hooks')
const { mongoAdapter } = require('@thryve-webhook/adapter-mongo')
const { epochRecord, saveBatch, versioned } = require('@thryve-webhook/middleware/testing')
const { MongoClient } = require('mongodb')
const { startTestMongo } = require('../tools/test-mongo')

const RECORDS = 1_000
const WARM_UP_ROUNDS = 10
const ROUNDS = 40

async function main() {
  const server = await startTestMongo()
  const client = new MongoClient(server.uri)
  const db = client.db(`bench-save-${randomUUID()}`)
  try {
    const adapter = mongoAdapter({ db })
    await adapter.ensureIndexes()
    const plain = db.collection('plain', { writeConcern: { w: 'majority', j: true } })
    await plain.createIndex({ endUserId: 1, dataTypeId: 1, startTimestamp: 1 })

    const ways = { adapter: (batch) => adapter.save(batch), plain: (batch) => upsertAll(plain, batch) }
    const times = { adapter: [], plain: [] }
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      // Whoever goes second finds warmer caches, hence the turns.
      const order = round % 2 === 0 ? ['adapter', 'plain'] : ['plain', 'adapter']
      for (const way of order) {
        const batch = newBatch()
        const started = performance.now()
        await ways[way](batch)
        if (round >= WARM_UP_ROUNDS) times[way].push(performance.now() - started)
      }
    }
    await requireAllStored(db)
    report(server.kind, median(times.adapter), median(times.plain))
  } finally {
    await db.dropDatabase()
    await client.close()
    await server.stop()
  }
}

/** A day's steps, minute by minute, of a user whom nobody has seen. */
function newBatch() {
  const endUserId = randomUUID()
  const records = Array.from({ length: RECORDS }, (_, minute) => {
    const startTimestamp = new Date(Date.UTC(2024, 4, 1) + minute * 60_000)
    const endTimestamp = new Date(startTimestamp.getTime() + 60_000)
    return versioned(
      epochRecord({ endUserId, startTimestamp, endTimestamp, value: String(minute), parsedValue: minute })
    )
  })
  return saveBatch(...records)
}

async function upsertAll(collection, { records, deliveryId, receivedAt }) {
  const operations = records.map(({ key, version, record: { dimension, ...fields } }) => ({
    updateOne: {
      filter: { _id: key },
      update: { $set: { ...fields, version, schemaVersion: 1, deliveryId, receivedAt } },
      upsert: true
    }
  }))
  await collection.bulkWrite(operations, { ordered: false })
}

async function requireAllStored(db) {
  const expected = (WARM_UP_ROUNDS + ROUNDS) * RECORDS
  for (const name of ['epoch', 'plain']) {
    const stored = await db.collection(name).countDocuments()
    if (stored !== expected) throw new Error(`${name} holds ${stored} records instead of ${expected}.`)
  }
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}

function report(kind, adapterMs, plainMs) {
  console.log(`${RECORDS} new records on ${kind}, median of ${ROUNDS} rounds each, in turns`)
  console.log(`  adapter.save      ${adapterMs.toFixed(1)} ms`)
  console.log(`  plain upserts     ${plainMs.toFixed(1)} ms`)
  console.log(`  plain / adapter   ${(plainMs / adapterMs).toFixed(2)}`)
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
