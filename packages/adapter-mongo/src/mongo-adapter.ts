/** The storage adapter on MongoDB. */
import type { DeletedUser, StorageAdapter } from '@thryve-webhook/middleware'
import { openCollections } from './collections'
import { type MongoConnection, openConnection } from './connection'
import { createInbox } from './inbox'
import { type MongoAdapterOptions, settingsOf } from './options'
import { createQuarantine } from './quarantine'
import { createRecords } from './records'
import { requireText } from './require-text'
import { createServerClock } from './server-clock'

/** A storage adapter with every capability, and a way to prepare the database. */
export interface MongoAdapter extends Required<StorageAdapter> {
  /**
   * Creates the collections and indexes that are missing. Doing it again is harmless.
   *
   * Rejects when an index is there that contradicts a wanted one, and with the driver's error.
   */
  ensureIndexes(): Promise<void>
  /**
   * Names the indexes that are missing, such as `inbox.available`. Creates nothing; a health check may ask.
   *
   * A collection that is not there yet misses none, unless none is there: its first use makes them.
   */
  missingIndexes(): Promise<readonly string[]>
}

const CHECK_TIMEOUT_MS = 5_000

/**
 * Keeps records, inbox and quarantine in MongoDB.
 *
 * Nothing is sent before the first use. Every write waits for a majority's journal, every read is of what a majority
 * has. Failures reject with the driver's own error, and are not remembered: the next call tries again.
 *
 * @param connection the database: `url`, `client` or `db`. What the adapter opens itself `close()` closes.
 * @throws TypeError that names the wrong option in quotes.
 * @example
 * const adapter = mongoAdapter({ url: 'mongodb://localhost/health' })
 */
export const mongoAdapter = (connection: MongoConnection, options: MongoAdapterOptions = {}): MongoAdapter => {
  const settings = settingsOf(options)
  const opened = openConnection(connection)
  const collections = openCollections(opened, settings)
  const clock = createServerClock(opened)
  const { erase: eraseInbox, ...inbox } = createInbox(collections, clock)
  const { erase: eraseQuarantine, ...quarantine } = createQuarantine(collections, clock)
  const { erase: eraseRecords, ...records } = createRecords(collections)

  return {
    name: 'mongo',
    inbox,
    quarantine,
    ...records,
    ensureIndexes: collections.ensureIndexes,
    missingIndexes: collections.missingIndexes,

    async deleteUser(endUserId): Promise<DeletedUser> {
      requireText('endUserId', endUserId)
      // The inbox first, lest an entry be stored after the records are gone.
      return {
        inbox: await eraseInbox(endUserId),
        quarantine: await eraseQuarantine(endUserId),
        records: await eraseRecords(endUserId)
      }
    },

    async check() {
      // It matches nothing, but goes a write's way: to the primary, with a writer's rights, up to the majority.
      const write = async () => (await collections.inbox()).updateOne({ _id: { $in: [] } }, { $set: { duplicates: 0 } })
      await within(CHECK_TIMEOUT_MS, write())
    },

    close: opened.close
  }
}

/** The driver waits for a server for 30 s by default; a health endpoint wants to know now. */
const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`MongoDB did not answer within ${ms} ms.`)), ms)
  })
  try {
    await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
