/** (a) The floor: what no receiver can do without, and no validation at all. */
const { createServer } = require('node:http')
const { host } = require('../host')
const { keyOf, readPayload } = require('./by-hand')

const records = new Map()

const store = ({ endUserId, data: { dataSourceId, epochData } }) => {
  for (const record of epochData) {
    record.startTimestamp = new Date(record.startTimestamp)
    record.endTimestamp = new Date(record.endTimestamp)
    const details = record.additionalDetails
    details.creationTimestamp = new Date(details.creationTimestamp)
    records.set(keyOf(endUserId, dataSourceId, record), record)
  }
}

const server = createServer(async (request, response) => {
  if (request.url === '/health') {
    response.end('ok')
    return
  }
  try {
    const payload = await readPayload(request)
    if (payload === undefined) {
      response.writeHead(401).end()
      return
    }
    store(payload)
    response.writeHead(204).end()
  } catch {
    response.writeHead(400).end()
  }
})

host(server, { count: () => records.size, reset: () => records.clear() })
