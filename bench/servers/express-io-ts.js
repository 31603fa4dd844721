/** (c) Express 5 and composed io-ts. */
const { createServer } = require('node:http')
const express = require('express')
const t = require('io-ts')
const { host } = require('../host')
const { keyOf, readPayload } = require('./by-hand')

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

const Instant = new t.Type(
  'Instant',
  (input) => input instanceof Date,
  (input, context) => {
    if (typeof input !== 'string' || !INSTANT.test(input)) return t.failure(input, context)
    const date = new Date(input)
    return Number.isNaN(date.getTime()) ? t.failure(input, context) : t.success(date)
  },
  (date) => date.toISOString()
)

const Details = t.partial({
  creationTimestamp: Instant,
  dataTypeName: t.string,
  valueType: t.string,
  thirdPartyDataSourceId: t.Integer,
  thirdPartyDataSourceName: t.string,
  measurementReference: t.Integer,
  generationType: t.string,
  trustworthiness: t.string,
  medicalGrade: t.boolean,
  chronologicalExactness: t.Integer
})

const EpochRecord = t.intersection([
  t.type({ startTimestamp: Instant, dataTypeId: t.Integer, value: t.string }),
  t.partial({ endTimestamp: Instant, timezoneOffset: t.Integer, additionalDetails: Details })
])

const Delivery = t.intersection([
  t.type({
    endUserId: t.string,
    timestampType: t.string,
    type: t.keyof({ 'event.data.epoch.create': null, 'event.data.epoch.update': null }),
    data: t.intersection([
      t.type({ dataSourceId: t.Integer, epochData: t.array(EpochRecord) }),
      t.partial({ dataSourceName: t.string })
    ])
  }),
  t.partial({ endUserAlias: t.string })
])

const records = new Map()

const app = express()
app.get('/health', (_request, response) => response.send('ok'))
app.post('/webhooks/thryve', async (request, response) => {
  const payload = await readPayload(request)
  if (payload === undefined) {
    response.sendStatus(401)
    return
  }
  const decoded = Delivery.decode(payload)
  if (decoded._tag === 'Left') {
    response.sendStatus(400)
    return
  }
  const { endUserId, data } = decoded.right
  for (const record of data.epochData) records.set(keyOf(endUserId, data.dataSourceId, record), record)
  response.status(204).end()
})

host(createServer(app), { count: () => records.size, reset: () => records.clear() })
