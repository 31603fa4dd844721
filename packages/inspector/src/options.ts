/** The inspector's options, read once, at construction. */
import type { IncomingMessage } from 'node:http'
import type { Logger } from '@thryve-webhook/middleware'

/** Something a person did that has to be accounted for. */
export interface AuditEvent {
  /**
   * `look-up`: counted a user's records · `reveal`: was shown values · `replay`, `drop-quarantined`: a quarantined
   * delivery · `requeue`, `drop-dead`: a dead letter.
   */
  readonly action: 'look-up' | 'reveal' | 'replay' | 'drop-quarantined' | 'requeue' | 'drop-dead'
  readonly at: Date
  /** The name that `authorize` gave. */
  readonly principal?: string
  /** Whose records, for `look-up` and `reveal`. It is told here only, and never logged. */
  readonly endUserId?: string
  /** Which delivery, for the rest. */
  readonly deliveryId?: string
}

/** Settings of {@link inspector}. */
export interface InspectorOptions {
  /**
   * Who may see the page: `true`, or the person's name for the audit events. Anything else is answered 403, as is a
   * rejection with 500. Needed in production; elsewhere the page is served to this machine only when it is missing.
   */
  readonly authorize?: (request: IncomingMessage) => boolean | string | Promise<boolean | string>
  /** Asks a browser for a login when `authorize` refuses: a 401 with this `WWW-Authenticate`, e.g. `Basic realm="thryve"`. @default a 403 */
  readonly challenge?: string
  /** Called, and awaited, before the thing is done. It is not done when it throws or rejects. */
  readonly onAudit?: (event: AuditEvent) => unknown
  /** Where the page is served when no framework strips its mount point, e.g. `/thryve` on `node:http`. @default the mount point */
  readonly basePath?: string
  /** @default the receiver's */
  readonly logger?: Logger
  /** How many deliveries the live view keeps. @default 200 */
  readonly liveEntries?: number
  /** How many browsers may follow the live view at once. @default 16 */
  readonly maxStreams?: number
  /** How many records one look at a user reads at most. @default 1000000 */
  readonly maxScannedRecords?: number
  /** How long one slot of the last hour's charts is. @default 15 */
  readonly sampleSeconds?: number
}

/** Options with every default filled in. */
export interface InspectorSettings extends Required<Omit<InspectorOptions, 'authorize' | 'challenge' | 'onAudit'>> {
  readonly authorize: InspectorOptions['authorize']
  readonly challenge: string | undefined
  readonly onAudit: InspectorOptions['onAudit']
}

const LIMITS = {
  liveEntries: [200, 10_000],
  maxStreams: [16, 1_000],
  maxScannedRecords: [1_000_000, 100_000_000],
  sampleSeconds: [15, 600]
} as const

const NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(LIMITS),
  'authorize',
  'challenge',
  'onAudit',
  'basePath',
  'logger'
])

const optionError = (option: string, fix: string): TypeError =>
  Object.assign(new TypeError(`"${option}" ${fix}`), { code: 'THRYVE_INVALID_OPTION' })

const readLimit = (options: InspectorOptions, name: keyof typeof LIMITS): number => {
  const [fallback, most] = LIMITS[name]
  const value = options[name] ?? fallback
  if (Number.isSafeInteger(value) && value > 0 && value <= most) return value
  throw optionError(name, `must be an integer from 1 to ${most}`)
}

const readFunction = (options: InspectorOptions, name: 'authorize' | 'onAudit'): void => {
  if (options[name] !== undefined && typeof options[name] !== 'function') throw optionError(name, 'must be a function')
}

const readBasePath = ({ basePath = '' }: InspectorOptions): string => {
  if (basePath === '' || (typeof basePath === 'string' && /^(\/[\w.~-]+)+$/.test(basePath))) return basePath
  throw optionError('basePath', 'must be a path such as /thryve, without a slash at its end')
}

/** Reads the options. @throws TypeError that names the option and the fix. */
export const readOptions = (
  options: InspectorOptions,
  { logger, environment }: { readonly logger: Logger; readonly environment: string | undefined }
): InspectorSettings => {
  for (const name of Object.keys(options)) {
    if (!NAMES.has(name)) throw optionError(name, `is no option; use one of ${[...NAMES].join(', ')}`)
  }
  readFunction(options, 'authorize')
  readFunction(options, 'onAudit')
  if (options.authorize === undefined && environment === 'production') {
    throw optionError('authorize', 'is needed in production: a function that says who may see health data')
  }
  if (options.challenge !== undefined && !/^[\x20-\x7e]+$/.test(options.challenge)) {
    throw optionError('challenge', 'must be a value of WWW-Authenticate, such as Basic realm="thryve"')
  }
  return Object.freeze({
    authorize: options.authorize,
    challenge: options.challenge,
    onAudit: options.onAudit,
    basePath: readBasePath(options),
    logger: options.logger ?? logger,
    liveEntries: readLimit(options, 'liveEntries'),
    maxStreams: readLimit(options, 'maxStreams'),
    maxScannedRecords: readLimit(options, 'maxScannedRecords'),
    sampleSeconds: readLimit(options, 'sampleSeconds')
  })
}
