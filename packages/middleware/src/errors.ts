/** The one error class of the receiver and the one table of its codes. Codes are stable API: see docs/errors.md. */

/** What a code means: the HTTP status it is answered with (`null`: it is never an answer), and its text. */
const ERRORS = {
  THRYVE_NOT_FOUND: [404, 'No webhook is served at this path.'],
  THRYVE_METHOD_NOT_ALLOWED: [405, 'A webhook is delivered by POST.'],
  THRYVE_BODY_ALREADY_READ: [
    500,
    'A body parser ran before the webhook, so the signed bytes are gone. Mount the webhook above express.json() and the like.'
  ],
  THRYVE_BODY_MANGLED: [
    500,
    'The compressed bytes were turned into text on their way, so no signature can match. Let the gateway pass bodies on as binary, e.g. binaryMediaTypes: ["*/*"] in API Gateway.'
  ],
  THRYVE_BODY_TOO_LARGE: [413, 'The body is larger than maxCompressedBytes.'],
  THRYVE_BODY_TIMEOUT: [408, 'The body did not arrive within bodyTimeoutMs.'],
  THRYVE_BODY_INCOMPLETE: [400, 'The connection ended before the whole body arrived.'],
  THRYVE_UNSUPPORTED_ENCODING: [415, 'The Content-Encoding is none of zstd, gzip, br and identity.'],
  THRYVE_UNAUTHENTICATED: [401, 'The web authentication is missing or wrong.'],
  THRYVE_SIGNATURE_MISMATCH: [401, 'The signature is missing, malformed, stale or wrong.'],
  THRYVE_SECRET_TIMEOUT: [503, 'The secret was not found within ackDeadlineMs.'],
  THRYVE_SECRET_FAILED: [503, 'The function that finds the secret failed, or gave what is no secret.'],
  THRYVE_OVERLOADED: [503, 'Too many deliveries are being received at once.'],
  THRYVE_BACKLOG_FULL: [503, 'More deliveries than maxPending wait in the inbox.'],
  THRYVE_CLOSED: [503, 'The receiver is shutting down.'],
  THRYVE_STORE_TIMEOUT: [503, 'The store did not confirm the delivery within ackDeadlineMs.'],
  THRYVE_STORE_FAILED: [503, 'The store failed.'],
  THRYVE_NOT_KEPT: [422, 'The delivery could not be understood, and the adapter has no quarantine to keep it.'],
  THRYVE_DECOMPRESSION_FAILED: [422, 'The body is not what its Content-Encoding says, or it is damaged.'],
  THRYVE_DECOMPRESSED_TOO_LARGE: [422, 'The body is larger than maxBytes once decompressed.'],
  THRYVE_INVALID_UTF8: [422, 'The payload is not UTF-8.'],
  THRYVE_INVALID_JSON: [422, 'The payload is not JSON, or is nested too deeply.'],
  THRYVE_TOO_MANY_RECORDS: [422, 'The delivery holds more than maxRecords allows.'],
  THRYVE_INVALID_PAYLOAD: [422, 'The payload is JSON, but not a delivery of Thryve.'],
  THRYVE_UNKNOWN_TYPE: [422, 'The type of the delivery is not known to this version.'],
  THRYVE_INVALID_RECORD: [null, 'A record of the delivery could not be decoded.'],
  THRYVE_UNVERIFIED: [
    null,
    'The delivery failed the signature and was kept because "observe" was set. It is not authentic.'
  ],
  THRYVE_NO_QUARANTINE: [null, 'The adapter has no quarantine to replay from.'],
  THRYVE_LISTENER_FAILED: [null, 'A listener threw or rejected.'],
  THRYVE_LISTENER_TIMEOUT: [null, 'A listener did not settle within listenerTimeoutMs.'],
  THRYVE_WORKER_LOST: [null, 'Every process that worked on the delivery died.'],
  THRYVE_INVALID_OPTION: [null, 'An option has a value that cannot be used.'],
  THRYVE_INTERNAL: [500, 'The receiver has a bug. Please report it.']
} as const satisfies Record<string, readonly [status: number | null, message: string]>

/** A stable error code. */
export type ErrorCode = keyof typeof ERRORS

/** Every code, in the order of the table. */
export const errorCodes = Object.keys(ERRORS) as readonly ErrorCode[]

/** The HTTP status a code is answered with, or `null` for one that is never an answer. */
export const statusOf = (code: ErrorCode): number | null => ERRORS[code][0]

/**
 * An error of the receiver. Its message and properties never hold payload, header values, user ids or secrets;
 * the driver's error behind it is in `cause`.
 *
 * @example
 * webhook.on('error', (error) => console.error(error.code))
 */
export class ThryveError extends Error {
  override readonly name = 'ThryveError'
  readonly code: ErrorCode
  /** A word that narrows the code down, e.g. `stale` for a signature. It is never answered to the sender. */
  readonly reason: string | undefined

  constructor(code: ErrorCode, options: { readonly cause?: unknown; readonly reason?: string } = {}) {
    super(ERRORS[code][1], 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.reason = options.reason
  }
}

/** An error of the receiver as it is; any other is a bug, with itself as the cause. */
export const asThryveError = (error: unknown): ThryveError =>
  error instanceof ThryveError ? error : new ThryveError('THRYVE_INTERNAL', { cause: error })

/** Misconfiguration: a `TypeError` that names the option and the fix. */
export const optionError = (option: string, fix: string): TypeError =>
  Object.assign(new TypeError(`"${option}" ${fix}`), { code: 'THRYVE_INVALID_OPTION' satisfies ErrorCode })

/** What a store threw. Its own error stays in `cause`: its message may hold data, so it goes no further. */
export const storeFailed = (cause: unknown): ThryveError => new ThryveError('THRYVE_STORE_FAILED', { cause })
