/** A captured request as one self-contained file. It holds health data; credentials are left out. */

/** A request as it came. */
export interface Capture {
  readonly receivedAt: Date
  /** Absent where it came without HTTP. */
  readonly method?: string
  /** Without the query. */
  readonly path?: string
  /** In the order they came. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The bytes exactly as received. */
  readonly body: Uint8Array
  /** `false`: the connection ended early, or the body was too large to keep. */
  readonly isComplete: boolean
}

const VERSION = 1
/** Stands where a header's value is not kept. */
const REDACTED = '[redacted]'
/** Longer values are no signature: a proxy's trace, a certificate. */
const MAX_VALUE_CHARACTERS = 1_024
const CREDENTIAL = /authorization|cookie|token|secret|passw|api-?key|credential|session|client-cert|(?:^|-)auth(?:-|$)/i
const SIGNATURE = /sign|hmac|digest|timestamp/i
const ALWAYS = /authorization|cookie/i

/** Whether a header by its name may carry credentials, and no signature. */
export const isCredential = (name: string): boolean =>
  ALWAYS.test(name) || (CREDENTIAL.test(name) && !SIGNATURE.test(name))

/**
 * Writes a capture as JSON.
 *
 * @param secretHeaders lower-case names of further headers whose values are left out.
 */
export const encodeCapture = (capture: Capture, secretHeaders: readonly string[] = []): string => {
  const { receivedAt, method, path, headers, body, isComplete } = capture
  const keep = (name: string, value: string): string => {
    if (isCredential(name) || secretHeaders.includes(name.toLowerCase())) return REDACTED
    return value.slice(0, MAX_VALUE_CHARACTERS)
  }
  return JSON.stringify(
    {
      thryveCapture: VERSION,
      receivedAt: receivedAt.toISOString(),
      method,
      path: path?.split(/[?#]/, 1)[0],
      isComplete,
      headers: headers.map(([name, value]) => [name, keep(name, value)]),
      bodyBytes: body.length,
      body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64')
    },
    null,
    1
  )
}

const isText = (value: unknown): value is string => typeof value === 'string'

const isHeader = (pair: unknown): pair is [string, string] =>
  Array.isArray(pair) && pair.length === 2 && pair.every(isText)

const notACapture = (why: string): TypeError => new TypeError(`This is no capture: ${why}.`)

const parse = (text: string): Record<string, unknown> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw notACapture('it is not JSON')
  }
  if (typeof value === 'object' && value !== null && 'thryveCapture' in value) return value as Record<string, unknown>
  throw notACapture('it has no "thryveCapture"')
}

/**
 * Reads a capture.
 *
 * @throws TypeError that says what is wrong with it, and no value.
 */
export const decodeCapture = (text: string): Capture => {
  const { thryveCapture, receivedAt, method, path, headers, body, bodyBytes, isComplete } = parse(text)
  if (thryveCapture !== VERSION) throw notACapture(`its version is not ${VERSION}`)
  if (!isText(receivedAt) || Number.isNaN(Date.parse(receivedAt))) throw notACapture('"receivedAt" is no time')
  if (!Array.isArray(headers) || !headers.every(isHeader)) throw notACapture('"headers" is no list of pairs')
  if (!isText(body)) throw notACapture('"body" is no text')
  const bytes = Buffer.from(body, 'base64')
  if (bytes.length !== bodyBytes) throw notACapture('"body" does not have "bodyBytes" bytes: the file is damaged')
  return {
    receivedAt: new Date(receivedAt),
    ...(isText(method) ? { method } : {}),
    ...(isText(path) ? { path } : {}),
    headers,
    body: bytes,
    isComplete: isComplete !== false
  }
}
