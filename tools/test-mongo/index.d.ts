/** What a test needs of its server. */
export interface TestMongoOptions {
  /**
   * `memory` forgets everything when it stops. `file` keeps it, also over a `kill -9`, and is always a server of its
   * own, even where `MONGODB_URI` is set.
   * @default 'memory'
   */
  readonly backend?: 'memory' | 'file'
  /** Where a `file` server keeps its data: a file for mongo-java-server, a folder for mongod. Required for `file`. */
  readonly dataFile?: string
  /** The port to listen on, for a server that comes back at its old address. @default a free one */
  readonly port?: number
}

/** A running MongoDB. */
export interface TestMongo {
  /** Its connection string, without a database name where the server is our own. */
  readonly uri: string
  /** `uri`: the one that `MONGODB_URI` names, which is left running. */
  readonly kind: 'uri' | 'mongod' | 'mongo-java-server'
  /** The process that holds the data. Absent for `uri`. */
  readonly pid?: number
  /** Ends the server. Twice is harmless. */
  stop(): Promise<void>
  /** Sends a signal; resolves when the process is gone, for a signal that ends it. @default 'SIGKILL' */
  kill(signal?: NodeJS.Signals): Promise<void>
}

/** Which MongoDB this machine can offer, or why it has none. */
export type FoundMongo =
  | { readonly kind: 'uri'; readonly uri: string }
  | { readonly kind: 'mongod'; readonly command: string }
  | { readonly kind: 'mongo-java-server'; readonly jars: string }
  | { readonly kind: 'none'; readonly reason: string }

/**
 * Looks for a MongoDB, in this order: `MONGODB_URI`; `mongod` on the PATH; the binary of mongodb-memory-server, where
 * that is installed; mongo-java-server, which needs Java 17 and Maven and is built at the first call.
 * Synchronous, since a test suite must know before it is declared.
 */
export function findTestMongo(options?: TestMongoOptions): FoundMongo

/**
 * Starts a MongoDB on a free port of 127.0.0.1. It ends with the process that started it, also when that is killed.
 *
 * Rejects when there is none to start.
 */
export function startTestMongo(options?: TestMongoOptions): Promise<TestMongo>
