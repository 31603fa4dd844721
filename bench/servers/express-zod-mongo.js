/** (b') Express 5, zod and a plain unordered bulkWrite of upserts before the answer. */
const { createServer } = require('node:http')
const express = require('express')
const { MongoClient } = require('mongodb')
const { host } = require('../host')
const { keyOf, readPayload } = require('./by-hand')
const { delivery } = require('./zod-delivery')

const client = new MongoClient(process.argv.at(-1))
let epoch

/** As safe as ours: acknowledged by the journals of a majority, and with the index that queries need. */
const open = async (dbName) => {
  epoch = client.db(dbName).collection('epoch', { writeConcern: { w: 'majority', journal: true } })
  await epoch.createIndex({ endUserId: 1, dataTypeId: 1, startTimestamp: 1 })
}

const upsert = (endUserId, { dataSourceId, dataSourceName }, { additionalDetails, ...record }) => ({
  updateOne: {
    filter: { _id: keyOf(endUserId, dataSourceId, { ...record, additionalDetails }) },
    update: { $set: { endUserId, dataSourceId, dataSourceName, ...record, ...additionalDetails } },
    upsert: true
  }
})

const app = express()
app.get('/health', (_request, response) => response.send('ok'))
app.post('/webhooks/thryve', async (request, response) => {
  const payload = await readPayload(request)
  if (payload === undefined) {
    response.sendStatus(401)
    return
  }
  const parsed = delivery.safeParse(payload)
  if (!parsed.success) {
    response.status(400).json(parsed.error.issues)
    return
  }
  const { endUserId, data } = parsed.data
  await epoch.bulkWrite(
    data.epochData.map((record) => upsert(endUserId, data, record)),
    { ordered: false }
  )
  response.status(204).end()
})

host(createServer(app), { reset: open })
