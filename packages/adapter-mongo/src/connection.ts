/** Where the database comes from, and who closes it. */
import { type Db, MongoClient } from 'mongodb'
import { onceDone } from './once-done'

/** The database to use: a connection string, or what the host has connected already. */
export type MongoConnection =
  /** The adapter connects when it is first used, and `close()` closes that connection. */
  | {
      readonly url: string
      /** @default the database that the connection string names; the driver's default is `test` */
      readonly dbName?: string
      readonly client?: never
      readonly db?: never
    }
  /** The host's client. `close()` leaves it open. */
  | {
      readonly client: MongoClient
      /** @default the database that the client's connection string names; the driver's default is `test` */
      readonly dbName?: string
      readonly url?: never
      readonly db?: never
    }
  /** The host's database handle. `close()` leaves its client open. */
  | { readonly db: Db; readonly dbName?: never; readonly url?: never; readonly client?: never }

/** A database handle with the way to give it back. */
export interface OpenConnection {
  readonly db: Db
  /** Resolves when the client is connected. Rejects after `close`. */
  connect(): Promise<void>
  /** Closes what was opened here; nothing where the host owns the client. */
  close(): Promise<void>
}

/**
 * Makes the database handle. Nothing is sent yet.
 *
 * @throws TypeError that names the wrong option in quotes.
 */
export const openConnection = (connection: MongoConnection): OpenConnection => {
  const { url, client, db, dbName } = connection as { url?: string; client?: MongoClient; db?: Db; dbName?: string }
  if ([url, client, db].filter((given) => given !== undefined).length !== 1) {
    throw new TypeError('Give mongoAdapter exactly one of "url", "client" and "db".')
  }
  if (dbName !== undefined && (typeof dbName !== 'string' || dbName === '')) {
    throw new TypeError('Option "dbName" must be a name. Leave it out for the one in the connection string.')
  }
  if (db !== undefined) return lazy(handleOf(db, dbName), db.client, leaveOpen)
  if (client !== undefined) return lazy(clientOf(client).db(dbName), client, leaveOpen)

  const own = parse(url)
  return lazy(own.db(dbName), own, () => own.close())
}

const leaveOpen = async (): Promise<void> => {}

/**
 * The driver connects by itself at a first operation, but keeps a connection that failed: every later operation then
 * fails too, with "Topology is closed", until someone calls `connect()`. Hence a `connect()` before each operation,
 * until one succeeded. From then on the driver recovers by itself.
 */
const lazy = (db: Db, client: MongoClient, giveBack: () => Promise<void>): OpenConnection => {
  let isClosed = false
  const throwIfClosed = (): void => {
    if (isClosed) throw new Error('The mongo adapter is closed.')
  }
  const connectOnce = onceDone(async () => {
    await client.connect()
    // Closed meanwhile, perhaps before there was a connection to close.
    if (isClosed) await giveBack()
  })

  return {
    db,
    async connect() {
      throwIfClosed()
      await connectOnce()
      throwIfClosed()
    },
    async close() {
      isClosed = true
      await giveBack()
    }
  }
}

const handleOf = (db: Db, dbName: string | undefined): Db => {
  if (typeof db?.collection !== 'function') throw new TypeError('Option "db" must be a Db of the mongodb driver.')
  if (dbName !== undefined) throw new TypeError('Option "dbName" goes with "url" or "client": "db" is one already.')
  return db
}

const clientOf = (client: MongoClient): MongoClient => {
  if (typeof client?.db !== 'function') throw new TypeError('Option "client" must be a MongoClient.')
  return client
}

const parse = (url: string | undefined): MongoClient => {
  try {
    return new MongoClient(url as string)
  } catch (cause) {
    throw new TypeError('Option "url" must be a connection string: mongodb://… or mongodb+srv://….', { cause })
  }
}
