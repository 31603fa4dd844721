/** The receiver under attack: the usual way it is mounted, and one more route of the host. */
const http = require('node:http')
const express = require('express')
const { memoryAdapter } = require('@thryve-webhook/adapter-memory')
const { thryveWebhook } = require('@thryve-webhook/middleware')

const quiet = { warn: () => {}, error: () => {} }
const app = express()
app.use(thryveWebhook('synthetic-secret', memoryAdapter(), { logger: quiet, maxBytes: 4 * 1_024 * 1_024 }))
app.get('/other', (_request, response) => response.send('fine'))
const server = http.createServer(app)
server.headersTimeout = 5_000
server.requestTimeout = 30_000
server.connectionsCheckingInterval = 1_000
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('disconnect', () => process.exit(0))
