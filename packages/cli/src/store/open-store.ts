/** The store that a command works on: what a config file exports, or the database of `MONGODB_URI`. */
import { mongoAdapter } from '@thryve-webhook/adapter-mongo'
import type { Command } from 'commander'
import { MongoClient } from 'mongodb'
import { addMongoOptions, MONGODB_VARIABLE, type MongoOptions } from '../options/mongo'
import { type Terminal, UsageError } from '../terminal'
import { findConfig, loadConfig } from './load-config'
import type { StoreConfig } from './store-config'

/** What {@link addStoreOptions} adds. */
export interface StoreOptions extends MongoOptions {
  readonly config?: string
}

/** An open store. */
export interface Store extends StoreConfig {
  /** Where it comes from, for messages: a file, or the name of a variable. */
  readonly origin: string
  close(): Promise<void>
}

/** The driver's own 30 s are long for a person who waits. A value in the connection string stands. */
const SERVER_SELECTION_MS = 5_000

/** Adds `--config`, `--database` and `--prefix`. */
export const addStoreOptions = (command: Command): Command =>
  addMongoOptions(
    command.option(
      '--config <file>',
      `file that exports the adapter (default: thryve-webhook.config.js, .mjs or .cjs here; else ${MONGODB_VARIABLE})`
    )
  )

const clientOf = (url: string): MongoClient => {
  const isSet = /[?&]serverSelectionTimeoutMS=/i.test(url)
  try {
    return new MongoClient(url, isSet ? {} : { serverSelectionTimeoutMS: SERVER_SELECTION_MS })
  } catch {
    throw new UsageError(`${MONGODB_VARIABLE} must be a connection string, such as mongodb://localhost/health.`)
  }
}

/** Indexes are the receivers' to make: a command must not begin to build one on a large collection. */
const openMongoStore = (url: string, { database, prefix }: MongoOptions): Store => {
  const client = clientOf(url)
  try {
    const adapter = mongoAdapter(
      { client, ...(database === undefined ? {} : { dbName: database }) },
      { ensureIndexes: false, ...(prefix === undefined ? {} : { collectionPrefix: prefix }) }
    )
    const close = async (): Promise<void> => {
      await adapter.close()
      await client.close()
    }
    return { adapter, origin: MONGODB_VARIABLE, close }
  } catch {
    throw new UsageError('--database must be the name of a database, and --prefix a text without "$".')
  }
}

/**
 * Opens the store. With MongoDB nothing is sent yet.
 *
 * @throws UsageError when there is none, or its settings are wrong.
 */
export const openStore = async ({ env }: Terminal, options: StoreOptions): Promise<Store> => {
  const file = findConfig(options.config)
  if (file !== undefined) {
    if (options.database !== undefined || options.prefix !== undefined) {
      throw new UsageError(`--database and --prefix go with ${MONGODB_VARIABLE}; here ${file} says what to use.`)
    }
    const config = await loadConfig(file)
    return { ...config, origin: file, close: async () => config.adapter.close?.() }
  }
  const url = env[MONGODB_VARIABLE]
  if (url !== undefined && url !== '') return openMongoStore(url, options)
  throw new UsageError(
    `no store: set ${MONGODB_VARIABLE}, or write a thryve-webhook.config.js that exports { adapter }, or name one with --config.`
  )
}
