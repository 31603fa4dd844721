/** Where the database comes from, and who closes it. */
import { type Db, MongoClient } from 'mongodb'

/** The database to use: a connection string, or what the host has connected already. */
export type MongoConnection =
  /** The adapter connects when it is first used, and `close()` closes that connection. */
  | {
      readonly url: string
      /** @default the database that the connection string names; the driver's default is `test` */
      readonly dbName?: string
    }
  /** The host's client. `close()` leaves it open. */
  | {
      readonly client: MongoClient
      /** @default the database that the client's connection string names; the driver's default is `test` */
      readonly dbName?: string
    }
  /** The host's database handle. `close()` leaves its client open. */
  | { readonly db: Db }

/** A database handle with the way to give it back. */
export interface OpenConnection {
  readonly db: Db
  /** Closes what was opened here; nothing where the host owns the client. */
  close(): Promise<void>
}

/**
 * Makes the database handle. Nothing is sent yet: the driver connects at the first operation, and again at the next
 * one when that failed.
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
  if (db !== undefined) return { db: handleOf(db, dbName), close: leaveOpen }
  if (client !== undefined) return { db: clientOf(client).db(dbName), close: leaveOpen }

  const own = parse(url)
  return { db: own.db(dbName), close: () => own.close() }
}

const leaveOpen = async (): Promise<void> => {}

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
