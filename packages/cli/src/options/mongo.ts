/** The database on the command line: its address, which may hold a password, comes from the environment. */
import { type MongoAdapter, mongoAdapter } from '@thryve-webhook/adapter-mongo'
import type { Command } from 'commander'
import { CommandError, type Terminal, UsageError } from '../terminal'

/** The environment variable of the connection string. */
export const MONGODB_VARIABLE = 'MONGODB_URI'

/** What {@link addMongoOptions} adds. */
export interface MongoOptions {
  readonly database?: string
  readonly prefix?: string
}

/** Adds `--database` and `--prefix`. */
export const addMongoOptions = (command: Command): Command =>
  command
    .option('--database <name>', `database to use (default: the one that ${MONGODB_VARIABLE} names)`)
    .option('--prefix <text>', "text before the names of the collections, as the adapter's option collectionPrefix")

/**
 * Opens the adapter on the database that `MONGODB_URI` names. Nothing is sent yet; the caller closes it.
 *
 * @throws UsageError when the address is missing or is none. It never quotes the address.
 */
export const openMongo = ({ env }: Terminal, { database, prefix }: MongoOptions): MongoAdapter => {
  const url = env[MONGODB_VARIABLE]
  if (url === undefined || url === '') {
    throw new UsageError(`the database is missing: set ${MONGODB_VARIABLE}, such as mongodb://localhost/health.`)
  }
  try {
    return mongoAdapter(
      { url, ...(database === undefined ? {} : { dbName: database }) },
      prefix === undefined ? {} : { collectionPrefix: prefix }
    )
  } catch {
    throw new UsageError(`${MONGODB_VARIABLE} must be mongodb://host/database; --database and --prefix must be names.`)
  }
}

/** Messages of the driver may quote documents and addresses: its name and code say enough. */
const reasonOf = (error: unknown): string => {
  const { name, code, codeName } = error as { name?: string; code?: unknown; codeName?: string }
  return [name ?? 'Error', codeName ?? code].filter((part) => part !== undefined).join(' ')
}

/**
 * Does some work on the database; a failure becomes one line without data.
 *
 * @throws CommandError when the work failed. The driver's own error is its `cause`.
 */
export const onDatabase = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof CommandError || cause instanceof UsageError) throw cause
    throw new CommandError(`the database did not do what was asked (${reasonOf(cause)}).`, { cause })
  }
}

/**
 * Asks whether the database can be used now.
 *
 * @throws CommandError when it cannot.
 */
export const requireMongo = async (adapter: MongoAdapter): Promise<void> => {
  try {
    await adapter.check()
  } catch (cause) {
    throw new CommandError(
      `the database that ${MONGODB_VARIABLE} names cannot be used (${reasonOf(cause)}): is it up, and is the address right?`,
      { cause }
    )
  }
}
