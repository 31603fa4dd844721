/** (d) Fastify and a compiled TypeBox schema: it checks without copying; the dates are made by hand. */
const { decompress } = require('@mongodb-js/zstd')
const { FormatRegistry, Type } = require('@sinclair/typebox')
const { TypeCompiler } = require('@sinclair/typebox/compiler')
const fastify = require('fastify')
const { host } = require('../host')
const { MAX_BYTES, isAuthentic, keyOf } = require('./by-hand')

FormatRegistry.Set('date-time', (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text))

const Instant = Type.String({ format: 'date-time' })

const Details = Type.Object({
  creationTimestamp: Type.Optional(Instant),
  dataTypeName: Type.Optional(Type.String()),
  valueType: Type.Optional(Type.String()),
  thirdPartyDataSourceId: Type.Optional(Type.Integer()),
  thirdPartyDataSourceName: Type.Optional(Type.String()),
  measurementReference: Type.Optional(Type.Integer()),
  generationType: Type.Optional(Type.String()),
  trustworthiness: Type.Optional(Type.String()),
  medicalGrade: Type.Optional(Type.Boolean()),
  chronologicalExactness: Type.Optional(Type.Integer())
})

const EpochRecord = Type.Object({
  startTimestamp: Instant,
  endTimestamp: Type.Optional(Instant),
  timezoneOffset: Type.Optional(Type.Integer()),
  dataTypeId: Type.Integer(),
  value: Type.String(),
  additionalDetails: Type.Optional(Details)
})

const Delivery = Type.Object({
  endUserId: Type.String(),
  endUserAlias: Type.Optional(Type.String()),
  timestampType: Type.String(),
  type: Type.Union([Type.Literal('event.data.epoch.create'), Type.Literal('event.data.epoch.update')]),
  data: Type.Object({
    dataSourceId: Type.Integer(),
    dataSourceName: Type.Optional(Type.String()),
    epochData: Type.Array(EpochRecord)
  })
})

const records = new Map()

const store = ({ endUserId, data: { dataSourceId, epochData } }) => {
  for (const record of epochData) {
    record.startTimestamp = new Date(record.startTimestamp)
    if (record.endTimestamp !== undefined) record.endTimestamp = new Date(record.endTimestamp)
    const details = record.additionalDetails
    if (details?.creationTimestamp !== undefined) details.creationTimestamp = new Date(details.creationTimestamp)
    records.set(keyOf(endUserId, dataSourceId, record), record)
  }
}

const main = async () => {
  const app = fastify({ bodyLimit: MAX_BYTES })
  app.setValidatorCompiler(({ schema }) => {
    const check = TypeCompiler.Compile(schema)
    return (value) => (check.Check(value) ? { value } : { error: new Error('not a delivery') })
  })
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request, body) => {
    if (!isAuthentic(request.headers, body)) throw Object.assign(new Error('not authentic'), { statusCode: 401 })
    return JSON.parse((await decompress(body)).toString())
  })
  app.get('/health', async () => 'ok')
  app.post('/webhooks/thryve', { schema: { body: Delivery } }, async (request, reply) => {
    store(request.body)
    return reply.code(204).send()
  })
  await app.ready()
  // Fastify's own server, not listening yet.
  await host(app.server, { count: () => records.size, reset: () => records.clear() })
}

main()
