/** The adapter's options: checked once, at construction. */

/** How the adapter uses the database. */
export interface MongoAdapterOptions {
  /**
   * Put before the names of the four collections (`epoch`, `daily`, `inbox`, `quarantine`), e.g. `thryve_`.
   * @default '' (none)
   */
  readonly collectionPrefix?: string
  /**
   * Whether the adapter creates missing indexes before it first uses a collection. Set it to `false` where a
   * deployment step does, by calling `ensureIndexes()` with a user who may.
   * @default true
   */
  readonly ensureIndexes?: boolean
}

/** The options with their defaults filled in. */
export type Settings = Required<MongoAdapterOptions>

const KNOWN: ReadonlySet<string> = new Set(['collectionPrefix', 'ensureIndexes'] satisfies (keyof Settings)[])

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError that names the wrong option in quotes.
 */
export const settingsOf = (options: MongoAdapterOptions): Settings => {
  const unknown = Object.keys(options).find((name) => !KNOWN.has(name))
  if (unknown !== undefined) throw new TypeError(`Option "${unknown}" is unknown. There are: ${[...KNOWN].join(', ')}.`)

  const { collectionPrefix = '', ensureIndexes = true } = options
  // MongoDB's own rules for names: no "$", no NUL, and "system." is reserved.
  if (typeof collectionPrefix !== 'string' || /[$\0]|^system\./.test(collectionPrefix)) {
    throw new TypeError('Option "collectionPrefix" must be a text without "$" that does not begin with "system.".')
  }
  if (typeof ensureIndexes !== 'boolean') throw new TypeError('Option "ensureIndexes" must be true or false.')
  return Object.freeze({ collectionPrefix, ensureIndexes })
}
