/** Finds and loads the config file. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from '../terminal'
import { requireStoreConfig, type StoreConfig } from './store-config'

const NAMES = ['thryve-webhook.config.js', 'thryve-webhook.config.mjs', 'thryve-webhook.config.cjs']

/** The config file to use: the one named, else one in the working directory. */
export const findConfig = (named: string | undefined): string | undefined => {
  if (named === undefined) return NAMES.map((name) => resolve(name)).find(existsSync)
  if (existsSync(named)) return resolve(named)
  throw new UsageError(`there is no config file ${named}.`)
}

/** A connection string in a message may hold a password. */
const withoutCredentials = (text: string): string => text.replace(/\/\/[^/\s]*@/g, '//…@')

const firstLineOf = (error: unknown): string => {
  const { name = 'Error', message = String(error) } = (error ?? {}) as Partial<Error>
  return withoutCredentials(`${name}: ${message}`.split('\n')[0] as string)
}

/** CommonJS that a compiler made from ES modules has its default export one level deeper. */
const defaultOf = (module: { readonly default?: unknown }): unknown => {
  const exported = module.default
  const isCompiled = typeof exported === 'object' && exported !== null && '__esModule' in exported
  return isCompiled ? (exported as { readonly default?: unknown }).default : exported
}

/**
 * Loads a config file, CommonJS or ES module.
 *
 * @throws UsageError when it cannot be loaded, or exports something else.
 */
export const loadConfig = async (file: string): Promise<StoreConfig> => {
  let exported: unknown
  try {
    exported = defaultOf(await import(pathToFileURL(file).href))
    if (typeof exported === 'function') exported = await exported()
  } catch (error) {
    throw new UsageError(`${file} could not be loaded (${firstLineOf(error)}).`)
  }
  return requireStoreConfig(file, exported)
}
