/** (b) Express 5 and zod: what most would write. */
const { createServer } = require('node:http')
const express = require('express')
const { host } = require('../host')
const { keyOf, readPayload } = require('./by-hand')
const { delivery } = require('./zod-delivery')

const records = new Map()

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
  for (const record of data.epochData) records.set(keyOf(endUserId, data.dataSourceId, record), record)
  response.status(204).end()
})

host(createServer(app), { count: () => records.size, reset: () => records.clear() })
