/** The receiver's options. Each is told with its unit and default; `settings.ts` reads them. */

import type { CaptureOptions } from '../capture/recorder'
import type { HealthOptions, HealthThresholds } from '../health/health-thresholds'
import type { Identity } from '../identity'
import type { Authentication } from '../signature/authenticate'
import type { Headers, SignatureScheme } from '../signature/signature'

/** The secret, several of them while they are rotated, or `null` for unsigned deliveries. */
export type Secret = string | readonly string[] | null

/** What a delivery's tenant can be told by, before anything of it is verified. */
export interface SecretRequest {
  /** Header names in lower case. */
  readonly headers: Headers
  /** As the sender asked for it, without the query; absent where the host handed none over. */
  readonly path?: string
}

/**
 * Finds the secret of a delivery's tenant. Nothing found (`undefined`, `null`, empty) is answered 401, never taken
 * for unsigned; a failure is answered 503. It is called only for a well-formed signature of the time being, and its
 * time counts against `ackDeadlineMs`.
 *
 * @example
 * const secretOf: SecretLookup = async ({ path }) => secrets.get(path?.split('/').at(-1) ?? '')
 */
export type SecretLookup = (request: SecretRequest) => Secret | undefined | Promise<Secret | undefined>

/** Where the receiver writes what an operator should see. pino fits, and so does `console`-like code of your own. */
export interface Logger {
  debug?(fields: object, message: string): void
  info?(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** The time, and timers that never keep a process alive by themselves. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number
  /** Calls back once after `ms`. @returns a function that cancels. */
  after(ms: number, callback: () => void): () => void
}

/** Settings of a receiver. Every one has a default. */
export interface ThryveOptions {
  /** Where the webhook is served when it is mounted bare. @default '/webhooks/thryve' */
  readonly path?: string
  /** Takes deliveries without a signature, with `null` as the secret. @default false */
  readonly allowUnsigned?: boolean
  /** Parts of the signature scheme that differ from the default. */
  readonly signature?: Partial<SignatureScheme>
  /** How far a signature's timestamp may be from now, both ways. @default 300 */
  readonly toleranceSeconds?: number
  /**
   * Accepts what fails the signature, keeps it in quarantine as `THRYVE_UNVERIFIED`, and says which options would verify
   * it. Nothing of it is stored or told to listeners. For the first hours of an integration only. @default false
   */
  readonly observe?: boolean
  /**
   * Writes every request, as received and before it is verified, into a folder, for `thryve-webhook doctor`. The files
   * hold health data. @default no capture
   */
  readonly capture?: CaptureOptions
  /** What the sender must present beside the signature. @default nothing */
  readonly authenticate?: Authentication
  /** Largest body as received, in bytes. @default 8 MiB */
  readonly maxCompressedBytes?: number
  /** Largest body once decompressed, in bytes. @default 64 MiB */
  readonly maxBytes?: number
  /**
   * How many records a delivery may bring; one with more is quarantined whole. JSON with more than 24 values a record
   * allowed, or more than one in 8 bytes of `maxBytes`, is not parsed either. @default 200000
   */
  readonly maxRecords?: number
  /** How long a body may take to arrive. @default 10000 */
  readonly bodyTimeoutMs?: number
  /** When the sender must have its answer, counted from the request's first byte. @default 1500 */
  readonly ackDeadlineMs?: number
  /** `durable`: once it is in the adapter's inbox, where there is one. `stored`: once its records are stored. @default 'durable' */
  readonly acknowledgeAfter?: 'durable' | 'stored'
  /**
   * What becomes of a delivery that is authentic and cannot be understood. `quarantine`: it is kept and answered 204.
   * `reject`: it is answered 422 and not kept, and Thryve may switch the webhook off when that recurs; it must be
   * understood before the answer, so it needs `acknowledgeAfter: 'stored'` where the adapter has an inbox.
   * Single bad records are quarantined in either case. @default 'quarantine'
   */
  readonly invalidPayload?: 'quarantine' | 'reject'
  /** How many deliveries are received at once; more are answered 503. @default 64 */
  readonly maxConcurrentDeliveries?: number
  /** How many bytes of bodies are held at once while receiving; more are answered 503. @default 64 MiB */
  readonly maxInFlightBytes?: number
  /** How many bodies are decompressed at once. @default 2 */
  readonly maxConcurrentDecompressions?: number
  /** What makes two records the same one. @default 'origin' */
  readonly identity?: Identity
  /** How long an update outranks a create signed after it, where records have no creationTimestamp. @default 3600 */
  readonly reorderWindowSeconds?: number
  /** How long a listener may take. @default 30000 */
  readonly listenerTimeoutMs?: number
  /** How many acknowledged deliveries are worked on at once by this process. @default 4 */
  readonly maxConcurrentProcessing?: number
  /** How long a worker that died keeps others from its delivery. @default 30 */
  readonly leaseSeconds?: number
  /** How often a delivery is worked on before it counts as dead. @default 20 */
  readonly maxAttempts?: number
  /** How many deliveries may wait in the inbox; beyond, new ones are answered 503. @default 100000 */
  readonly maxPending?: number
  /** How many deliveries the quarantine holds; beyond, the oldest fall out, and `quarantine-overflow` tells it. @default 100000 */
  readonly maxQuarantined?: number
  /** How many bytes of bodies the quarantine holds. @default 1 GiB */
  readonly maxQuarantinedBytes?: number
  /** How long a finished delivery is remembered, so that a retry of the sender is recognised. @default 86400 */
  readonly dedupeSeconds?: number
  /** When `health()` says degraded or failing. */
  readonly health?: HealthOptions
  /** @default warnings and errors to the console */
  readonly logger?: Logger
  /** @default the system's */
  readonly clock?: Clock
  /** Gives numbers from 0 to 1, for the jitter of retries. @default Math.random */
  readonly random?: () => number
}

/** Options with every default filled in. */
export interface Settings
  extends Required<Omit<ThryveOptions, 'authenticate' | 'capture' | 'signature' | 'path' | 'health'>> {
  readonly path: string
  /** Whether `path` was given: then a mount point alone does not make a request the webhook's. */
  readonly isPathGiven: boolean
  readonly secrets: readonly string[] | SecretLookup
  readonly signature: SignatureScheme
  readonly authenticate: Authentication | undefined
  readonly capture: CaptureOptions | undefined
  readonly health: HealthThresholds
}
