/** The least an Express 5 app can do: read, verify, decompress, parse. It validates and keeps nothing but the count. */
const { createServer } = require('node:http')
const express = require('express')
const { host } = require('../host')
const { readPayload } = require('./by-hand')

let count = 0

const app = express()
app.get('/health', (_request, response) => response.send('ok'))
app.post('/webhooks/thryve', async (request, response) => {
  const payload = await readPayload(request)
  if (payload === undefined) {
    response.sendStatus(401)
    return
  }
  count += payload.data.epochData.length
  response.status(204).end()
})

host(createServer(app), {
  count: () => count,
  reset: () => {
    count = 0
  }
})
