/** Ours on Express 5 with the MongoDB adapter. `stored` acknowledges when stored. */
const { createServer } = require('node:http')
const { mongoAdapter } = require('@thryve-webhook/adapter-mongo')
const { thryveWebhook } = require('@thryve-webhook/middleware')
const express = require('express')
const { host } = require('../host')

const uri = process.argv.at(-1)
// The bench sends as fast as it can, to a test database: what is measured is work, not patience.
const options = {
  ackDeadlineMs: 600_000,
  ...(process.argv.includes('stored') && { acknowledgeAfter: 'stored' })
}
let adapter
let webhook

const open = async (dbName) => {
  await webhook?.close()
  await adapter?.close()
  adapter = mongoAdapter({ url: uri, dbName })
  await adapter.ensureIndexes()
  webhook = thryveWebhook('bench-secret', adapter, options)
}

const app = express()
app.get('/health', (_request, response) => response.send('ok'))
app.use((request, response, next) => webhook(request, response, next))

host(createServer(app), { reset: open, idle: async () => webhook?.idle() })
