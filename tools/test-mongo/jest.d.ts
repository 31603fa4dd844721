import type { TestMongo, TestMongoOptions } from './index'

/** The MongoDB of one `describeWithMongo`. */
export interface SuiteMongo {
  /** The running server. Throws outside of tests and hooks. */
  server(): TestMongo
  /** Its connection string. Throws outside of tests and hooks. */
  uri(): string
  /** A database name that nobody used before. On a server of `MONGODB_URI` the database is dropped after the suite. */
  freshDatabase(): string
}

/**
 * A `describe` whose tests get a MongoDB. Where there is none, the suite is skipped with a warning; with
 * `REQUIRE_MONGO=1` it fails.
 *
 * @example
 * describeWithMongo('a store', mongo => {
 *   test('…', async () => {
 *     const client = new MongoClient(mongo.uri())
 *     const db = client.db(mongo.freshDatabase())
 *   })
 * })
 */
export function describeWithMongo(name: string, suite: (mongo: SuiteMongo) => void, options?: TestMongoOptions): void
