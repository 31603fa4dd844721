/** What `thryve-webhook.config.js` exports. */
import type { Receiver, StorageAdapter, ThryveOptions } from '@thryve-webhook/middleware'
import { UsageError } from '../terminal'

/**
 * The store that the operator's commands work on.
 *
 * @example
 * // thryve-webhook.config.js
 * module.exports = { adapter: mongoAdapter({ url: process.env.MONGODB_URI ?? '' }), options: { identity: 'source' } }
 */
export interface StoreConfig {
  /** The adapter of your receiver. The command closes it. */
  readonly adapter: StorageAdapter
  /** The options of your receiver: `quarantine replay` must read and key deliveries as it does. @default {} */
  readonly options?: ThryveOptions
  /** Attaches listeners to the receiver that replays: without it nobody but the store hears of a replay. */
  readonly listeners?: (receiver: Receiver) => void
}

/** What a config file may export by default: the settings, or a function that makes them. */
export type StoreConfigExport = StoreConfig | (() => StoreConfig | Promise<StoreConfig>)

const KNOWN = ['adapter', 'options', 'listeners'] satisfies (keyof StoreConfig)[]

const SHAPE = 'must export { adapter, options?, listeners? } or a function that returns it'

/**
 * Checks what a config file exported.
 *
 * @throws UsageError that says what is wrong.
 */
export const requireStoreConfig = (file: string, value: unknown): StoreConfig => {
  if (typeof value !== 'object' || value === null) throw new UsageError(`${file} ${SHAPE}.`)
  const unknown = Object.keys(value).find((name) => !KNOWN.includes(name as keyof StoreConfig))
  if (unknown !== undefined) throw new UsageError(`${file} exports "${unknown}", which is not known: it ${SHAPE}.`)
  const { adapter, options, listeners } = value as StoreConfig
  if (typeof adapter?.save !== 'function') throw new UsageError(`${file}: "adapter" must be a storage adapter.`)
  if (options !== undefined && (typeof options !== 'object' || options === null)) {
    throw new UsageError(`${file}: "options" must be an object of the receiver's options.`)
  }
  if (listeners !== undefined && typeof listeners !== 'function') {
    throw new UsageError(`${file}: "listeners" must be a function that is given the receiver.`)
  }
  return value as StoreConfig
}
