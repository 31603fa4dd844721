/** Reads the options once, at construction. What cannot be used is a `TypeError` that names the option. */
import type { Authentication } from './authenticate'
import { consoleLogger } from './console-logger'
import { optionError } from './errors'
import { readHealthOptions } from './health-thresholds'
import type { Clock, Secret, Settings, ThryveOptions } from './options'
import { defaultScheme, type SignatureScheme } from './signature'
import type { StorageAdapter } from './storage'

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
  dedupeSeconds: 86_400
} as const
const MAX_LIMIT = 2 ** 31 - 1

const OPTIONS: ReadonlySet<string> = new Set([
  ...Object.keys(LIMITS),
  'path',
  'allowUnsigned',
  'signature',
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

const readChoice = <T extends string>(name: string, value: unknown, choices: readonly [T, ...T[]]): T => {
  const choice = choices.find((candidate) => candidate === (value ?? choices[0]))
  if (choice !== undefined) return choice
  throw optionError(name, `must be one of ${choices.map((candidate) => `'${candidate}'`).join(', ')}`)
}

const readSecrets = (secret: unknown, options: ThryveOptions, scheme: SignatureScheme): readonly string[] => {
  if (secret === null) {
    if (options.allowUnsigned === true) return []
    throw optionError(
      'secret',
      "is null: anyone could post data. Pass Thryve's HMAC secret, or set allowUnsigned: true where something else keeps strangers out"
    )
  }
  const secrets: readonly unknown[] = [secret].flat()
  const isSecret = (text: unknown): text is string =>
    typeof text === 'string' && text.trim() !== '' && Buffer.from(text, scheme.secretEncoding).length > 0
  if (secrets.length > 0 && secrets.every(isSecret)) return secrets
  throw optionError('secret', 'must be a text that is not empty, or a list of them: is the environment variable set?')
}

const readPath = (path: unknown): string => {
  if (path === undefined) return '/webhooks/thryve'
  if (typeof path === 'string' && /^\/[^?#\s]*$/.test(path)) return path
  throw optionError('path', "must begin with a slash and have no query, such as '/webhooks/thryve'")
}

const isHeaderName = (name: unknown): name is string => typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name)

const readScheme = (signature: unknown): SignatureScheme => {
  const given = (signature ?? {}) as Partial<SignatureScheme>
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(defaultScheme, name)) {
      throw optionError(`signature.${name}`, `is not known; use ${Object.keys(defaultScheme).join(', ')}`)
    }
  }
  const scheme = { ...defaultScheme, ...given }
  const { signatureHeader, timestampHeader, signedContent } = scheme
  if (!isHeaderName(signatureHeader)) throw optionError('signature.signatureHeader', 'must be the name of a header')
  if (timestampHeader !== null && !isHeaderName(timestampHeader)) {
    throw optionError('signature.timestampHeader', 'must be the name of a header, or null when there is none')
  }
  const parts = typeof signedContent === 'string' ? signedContent.match(/\{[^{}]*\}/g) : null
  const expected = timestampHeader === null ? '{body}' : '{body},{timestamp}'
  if (parts?.sort().join() !== expected) {
    throw optionError(
      'signature.signedContent',
      `must hold each of ${expected.replace(',', ' and ')} once: an unsigned timestamp would protect from nothing`
    )
  }
  return Object.freeze({
    signatureHeader: signatureHeader.toLowerCase(),
    timestampHeader: timestampHeader === null ? null : timestampHeader.toLowerCase(),
    signedContent,
    algorithm: readChoice('signature.algorithm', scheme.algorithm, ['sha256', 'sha384', 'sha512']),
    secretEncoding: readChoice('signature.secretEncoding', scheme.secretEncoding, ['utf8', 'hex', 'base64'])
  })
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
export const readSettings = (secret: Secret, adapter: StorageAdapter, options: ThryveOptions = {}): Settings => {
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
  return Object.freeze({
    ...limits,
    path: readPath(options.path),
    isPathGiven: options.path !== undefined,
    allowUnsigned: secret === null,
    secrets: Object.freeze(readSecrets(secret, options, signature)),
    signature,
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
