/** Reads the options once, at construction. What cannot be used is a `TypeError` that names the option. */

import { optionError } from '../errors'
import { readHealthOptions } from '../health/health-thresholds'
import { consoleLogger } from '../log/console-logger'
import { isSecret } from '../receive/secrets'
import type { Authentication } from '../signature/authenticate'
import type { SignatureScheme } from '../signature/signature'
import type { StorageAdapter } from '../storage/storage'
import { readCaptureOptions, readObserve } from './diagnostics-settings'
import type { Clock, Secret, SecretLookup, Settings, ThryveOptions } from './options'
import { isHeaderName, readChoice } from './read-option'
import { readScheme } from './scheme-settings'

const MiB = 1_024 * 1_024

/** Limits: positive, and small enough for a timer or a buffer. */
const LIMITS = {
  toleranceSeconds: 300,
  maxCompressedBytes: 8 * MiB,
  maxBytes: 64 * MiB,
  maxRecords: 200_000,
  bodyTimeoutMs: 10_000,
  ackDeadlineMs: 1_500,
  maxConcurrentDeliveries: 64,
  maxInFlightBytes: 64 * MiB,
  maxConcurrentDecompressions: 2,
  reorderWindowSeconds: 3_600,
  listenerTimeoutMs: 30_000,
  maxConcurrentProcessing: 4,
  leaseSeconds: 30,
  maxAttempts: 20,
  maxPending: 100_000,
  maxQuarantined: 100_000,
  maxQuarantinedBytes: 1_024 * MiB,
  dedupeSeconds: 86_400
} as const
const MAX_LIMIT = 2 ** 31 - 1

const OPTIONS: ReadonlySet<string> = new Set([
  ...Object.keys(LIMITS),
  'path',
  'allowUnsigned',
  'signature',
  'observe',
  'capture',
  'authenticate',
  'acknowledgeAfter',
  'invalidPayload',
  'identity',
  'health',
  'logger',
  'clock',
  'random'
])

const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    timer.unref()
    return () => clearTimeout(timer)
  }
}

/** A limit that cannot be read is an error, never "no limit". */
const readLimit = (options: ThryveOptions, name: keyof typeof LIMITS): number => {
  const value: unknown = options[name] === undefined ? LIMITS[name] : options[name]
  if (Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= MAX_LIMIT) return Number(value)
  throw optionError(name, `must be a whole number from 1 to ${MAX_LIMIT}, such as ${LIMITS[name]}`)
}

const readSecrets = (secret: unknown, options: ThryveOptions, scheme: SignatureScheme): Settings['secrets'] => {
  if (typeof secret === 'function') return secret as SecretLookup
  if (secret === null) {
    if (options.allowUnsigned === true) return []
    throw optionError(
      'secret',
      "is null: anyone could post data. Pass Thryve's HMAC secret, or set allowUnsigned: true where something else keeps strangers out"
    )
  }
  const secrets: readonly unknown[] = [secret].flat()
  if (secrets.length > 0 && secrets.every((text) => isSecret(text, scheme))) return Object.freeze(secrets) as string[]
  throw optionError(
    'secret',
    'must be a text that is not empty, a list of them, or a function: is the environment variable set?'
  )
}

const readPath = (path: unknown): string => {
  if (path === undefined) return '/webhooks/thryve'
  if (typeof path === 'string' && /^\/[^?#\s]*$/.test(path)) return path
  throw optionError('path', "must begin with a slash and have no query, such as '/webhooks/thryve'")
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

const readAuthentication = (authenticate: Authentication | undefined): Authentication | undefined => {
  if (authenticate === undefined || typeof authenticate === 'function') return authenticate
  switch (authenticate?.type) {
    case 'basic':
      if (isText(authenticate.username) && isText(authenticate.password)) return authenticate
      break
    case 'bearer':
      if (isText(authenticate.token)) return authenticate
      break
    case 'header':
      if (isHeaderName(authenticate.name) && isText(authenticate.value)) return authenticate
      break
  }
  throw optionError(
    'authenticate',
    "must be { type: 'basic', username, password }, { type: 'bearer', token }, { type: 'header', name, value } or a function; none may be empty"
  )
}

const readAdapter = (adapter: unknown): StorageAdapter => {
  const candidate = adapter as StorageAdapter | null | undefined
  if (typeof candidate?.save === 'function') return candidate
  throw optionError('adapter', 'must be a storage adapter: an object with a save() method, such as memoryAdapter()')
}

/** What cannot be understood can be rejected only where the answer waits for it to be. */
const readInvalidPayload = (options: ThryveOptions, adapter: StorageAdapter): Settings['invalidPayload'] => {
  const choice = readChoice('invalidPayload', options.invalidPayload, ['quarantine', 'reject'])
  const isAnsweredUnread = options.acknowledgeAfter !== 'stored' && adapter.inbox !== undefined
  if (choice === 'quarantine' || !isAnsweredUnread) return choice
  throw optionError(
    'invalidPayload',
    "can be 'reject' only with acknowledgeAfter: 'stored', since the adapter has an inbox"
  )
}

/**
 * Reads secret, adapter and options.
 *
 * @returns settings, frozen.
 * @throws TypeError that names the option and the fix.
 */
export const readSettings = (
  secret: Secret | SecretLookup,
  adapter: StorageAdapter,
  options: ThryveOptions = {}
): Settings => {
  const unknown = Object.keys(options).find((name) => !OPTIONS.has(name))
  if (unknown !== undefined) throw optionError(unknown, `is not an option; use ${[...OPTIONS].sort().join(', ')}`)
  readAdapter(adapter)
  const signature = readScheme(options.signature)
  const limits = Object.fromEntries(
    (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((name) => [name, readLimit(options, name)])
  ) as Record<keyof typeof LIMITS, number>
  if (limits.maxInFlightBytes < limits.maxCompressedBytes) {
    throw optionError(
      'maxInFlightBytes',
      'must be at least maxCompressedBytes, or no large delivery could ever come in'
    )
  }
  if (limits.maxQuarantinedBytes < limits.maxCompressedBytes) {
    throw optionError(
      'maxQuarantinedBytes',
      'must be at least maxCompressedBytes, or a large delivery would fall out at once'
    )
  }
  return Object.freeze({
    ...limits,
    path: readPath(options.path),
    isPathGiven: options.path !== undefined,
    allowUnsigned: secret === null,
    secrets: readSecrets(secret, options, signature),
    signature,
    observe: readObserve(secret, options, adapter),
    capture: readCaptureOptions(options.capture),
    authenticate: readAuthentication(options.authenticate),
    acknowledgeAfter: readChoice('acknowledgeAfter', options.acknowledgeAfter, ['durable', 'stored']),
    invalidPayload: readInvalidPayload(options, adapter),
    identity: readChoice('identity', options.identity, ['origin', 'source']),
    health: readHealthOptions(options.health),
    logger: options.logger ?? consoleLogger,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random
  })
}
