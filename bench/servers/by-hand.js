/** What everyone who receives these deliveries by hand must write first: exact bytes, signature, decompression. */
const { createHmac, timingSafeEqual } = require('node:crypto')
const { decompress } = require('@mongodb-js/zstd')

const SECRET = 'bench-secret'
const TOLERANCE_MS = 300_000
const MAX_BYTES = 8 * 1_024 * 1_024

/** Resolves to the body's bytes. */
const readBytes = (request) =>
  new Promise((resolve, reject) => {
    const chunks = []
    let length = 0
    request.on('data', (chunk) => {
      length += chunk.length
      if (length > MAX_BYTES) request.destroy(new Error('too large'))
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length)))
    request.on('error', reject)
  })

/** Whether the bytes are Thryve's and of now. */
const isAuthentic = (headers, body) => {
  const timestamp = headers['x-hmac-timestamp'] ?? ''
  if (!/^\d+$/.test(timestamp)) return false
  const sentAtMs = timestamp.length > 11 ? Number(timestamp) : Number(timestamp) * 1_000
  if (Math.abs(Date.now() - sentAtMs) > TOLERANCE_MS) return false
  const expected = createHmac('sha256', SECRET).update(body).update(timestamp).digest()
  const given = Buffer.from(headers['x-hmac-signature'] ?? '', 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Resolves to the delivery's JSON, or to nothing when it is not authentic. */
const readPayload = async (request) => {
  const body = await readBytes(request)
  if (!isAuthentic(request.headers, body)) return undefined
  return JSON.parse((await decompress(body)).toString())
}

/** A record's identity, as the vendor tells it. */
const keyOf = (endUserId, dataSourceId, { startTimestamp, dataTypeId, additionalDetails }) =>
  `${endUserId}|${dataSourceId}|${additionalDetails?.thirdPartyDataSourceId}|${additionalDetails?.generationType}|${dataTypeId}|${+startTimestamp}`

module.exports = { MAX_BYTES, isAuthentic, keyOf, readPayload }
