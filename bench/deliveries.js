/** Deliveries in the vendor's shape: every field of its page, and as much variety as a wearable's minutes have. */
const { createHmac, randomUUID } = require('node:crypto')
const { compress } = require('@mongodb-js/zstd')

const SECRET = 'bench-secret'

const TYPES = [
  { dataTypeId: 1000, dataTypeName: 'Steps', valueType: 'LONG', value: (dice) => String(Math.floor(dice * 170)) },
  {
    dataTypeId: 3000,
    dataTypeName: 'HeartRate',
    valueType: 'LONG',
    value: (dice) => String(50 + Math.floor(dice * 120))
  },
  { dataTypeId: 3009, dataTypeName: 'SPO2', valueType: 'DOUBLE', value: (dice) => (92 + dice * 8).toFixed(1) },
  { dataTypeId: 3100, dataTypeName: 'Rmssd', valueType: 'DOUBLE', value: (dice) => (20 + dice * 80).toFixed(3) },
  {
    dataTypeId: 4000,
    dataTypeName: 'RespirationRate',
    valueType: 'DOUBLE',
    value: (dice) => (12 + dice * 8).toFixed(2)
  }
]
const GENERATIONS = ['AUTOMATED_MEASUREMENT', 'TRACKER', 'CALCULATION']
const TRUST = ['doubt_from_device_source', 'verified_from_device_source', 'plausible']
const FIRST_MS = Date.UTC(2024, 0, 1)

/** The same numbers from the same seed, so that two runs send the same records. */
const diceOf = (seed) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const isoSecond = (ms) => `${new Date(ms).toISOString().slice(0, 19)}Z`

const epochRecord = (index, dice) => {
  const { dataTypeId, dataTypeName, valueType, value } = TYPES[index % TYPES.length]
  const startMs = FIRST_MS + Math.floor(index / TYPES.length) * 60_000
  const durationMs = 20_000 + Math.floor(dice() * 40) * 1_000
  return {
    startTimestamp: isoSecond(startMs),
    endTimestamp: isoSecond(startMs + durationMs),
    timezoneOffset: 60,
    dataTypeId,
    value: value(dice()),
    additionalDetails: {
      creationTimestamp: isoSecond(startMs + 90_000 + Math.floor(dice() * 1_800) * 1_000),
      dataTypeName,
      valueType,
      thirdPartyDataSourceId: 1,
      thirdPartyDataSourceName: 'UNKNOWN',
      measurementReference: 9_007_163_800_000_000 + Math.floor(dice() * 12_000_000),
      generationType: GENERATIONS[Math.floor(dice() * GENERATIONS.length)],
      trustworthiness: TRUST[Math.floor(dice() * TRUST.length)],
      medicalGrade: false,
      chronologicalExactness: 15
    }
  }
}

const payload = (endUserId, records, dice) => ({
  endUserId,
  endUserAlias: `alias-${endUserId.slice(0, 8)}`,
  timestampType: 'ISO',
  type: 'event.data.epoch.create',
  data: {
    dataSourceId: 5,
    dataSourceName: 'Apple',
    epochData: Array.from({ length: records }, (_, index) => epochRecord(index, dice))
  }
})

/**
 * Packs deliveries of the given users, one each. The seed decides on values; times and types are always the same.
 *
 * @returns {Promise<{ userIds: string[], bodies: Buffer[], jsonBytes: number }>}
 */
const packDeliveriesOf = async (userIds, records, seed) => {
  const dice = diceOf(seed)
  const bodies = []
  let jsonBytes = 0
  for (const endUserId of userIds) {
    const json = Buffer.from(JSON.stringify(payload(endUserId, records, dice)))
    bodies.push(await compress(json))
    jsonBytes += json.length
  }
  return { userIds, bodies, jsonBytes }
}

/** Packs deliveries of users whom nobody has seen; no two are equal. */
const packDeliveries = (deliveries, records) => {
  const userIds = Array.from({ length: deliveries }, () => randomUUID())
  return packDeliveriesOf(userIds, records, records)
}

/** Signs packed deliveries as of now: receivers refuse a signature that is older than some minutes. */
const signDeliveries = (bodies) => {
  const timestamp = String(Date.now())
  return bodies.map((body) => ({
    body,
    headers: {
      'content-type': 'application/json',
      'content-encoding': 'zstd',
      'content-length': String(body.length),
      'x-hmac-timestamp': timestamp,
      'x-hmac-signature': createHmac('sha256', SECRET).update(body).update(timestamp).digest('hex')
    }
  }))
}

module.exports = { packDeliveries, packDeliveriesOf, signDeliveries }
