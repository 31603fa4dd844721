/** A CPU profile of one server under one size of delivery, for the browser's or an editor's profile viewer. */
const { mkdirSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { CACHE } = require('./contestants')
const { packDeliveries, signDeliveries } = require('./deliveries')
const { postAll } = require('./sender')
const { startServer } = require('./server-process')

const ROUNDS = 5

/** @returns the file it wrote */
const profile = async (contestant, { size, deliveries }) => {
  const pool = await packDeliveries(deliveries, size)
  const server = await startServer(contestant)
  const round = async () => {
    await server.reset(pool.userIds)
    await postAll(server.port, signDeliveries(pool.bodies), 4)
    await server.usage()
  }
  try {
    for (let warmUp = 0; warmUp < ROUNDS; warmUp++) await round()
    await server.startProfile()
    for (let measured = 0; measured < ROUNDS; measured++) await round()
    const file = join(CACHE, `${contestant.kind}-${size}.cpuprofile`)
    mkdirSync(CACHE, { recursive: true })
    writeFileSync(file, JSON.stringify(await server.stopProfile()))
    return file
  } finally {
    await server.stop()
  }
}

module.exports = { profile }
