/** A `describe` for tests that need a MongoDB. */
const { randomBytes } = require('node:crypto')
const { MongoClient } = require('mongodb')
const { findTestMongo, startTestMongo } = require('./index')

const START_TIMEOUT_MS = 90_000

/** @type {import('./jest').describeWithMongo} */
function describeWithMongo(name, suite, options = {}) {
  const found = findTestMongo(options)
  if (found.kind === 'none') {
    declareWithout(name, found.reason)
    return
  }

  describe(name, () => {
    let server
    const databases = []
    const running = () => {
      if (!server) throw new Error('The test MongoDB runs within tests and hooks only.')
      return server
    }

    beforeAll(async () => {
      server = await startTestMongo(options)
    }, START_TIMEOUT_MS)

    afterAll(async () => {
      if (server?.kind === 'uri') await dropDatabases(server.uri, databases)
      await server?.stop()
    })

    suite({
      server: running,
      uri: () => running().uri,
      freshDatabase() {
        const database = `thryve-test-${process.pid}-${randomBytes(6).toString('hex')}`
        databases.push(database)
        return database
      }
    })
  })
}

function declareWithout(name, reason) {
  if (process.env.REQUIRE_MONGO === '1') {
    describe(name, () => {
      test('a MongoDB is required', () => {
        throw new Error(`REQUIRE_MONGO=1, but ${reason}.`)
      })
    })
    return
  }
  console.warn(`SKIPPED for want of a MongoDB: ${name}\n${reason}.`)
  describe.skip(name, () => {
    test('needs a MongoDB', () => {})
  })
}

async function dropDatabases(uri, databases) {
  const client = new MongoClient(uri)
  try {
    for (const database of databases) await client.db(database).dropDatabase()
  } finally {
    await client.close()
  }
}

module.exports = { describeWithMongo }
