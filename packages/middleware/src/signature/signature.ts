/** Signs and verifies deliveries: an HMAC over the bytes as sent, in constant time. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { ThryveError } from '../errors'

/** HTTP headers with lower-case names, as Node gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * How deliveries are signed. Thryve's page does not print its scheme; the default is the one seen at work, and
 * every part of it can be set.
 */
export interface SignatureScheme {
  /** @default 'x-hmac-signature' */
  readonly signatureHeader: string
  /** `null`: the sender sends no timestamp, and a replay is only recognised as a duplicate. @default 'x-hmac-timestamp' */
  readonly timestampHeader: string | null
  /** @default 'sha256' */
  readonly algorithm: 'sha1' | 'sha256' | 'sha384' | 'sha512'
  /** Text before the digest, such as `v1=`. The algorithm's own, `sha256=`, is understood in any case. @default '' */
  readonly signaturePrefix: string
  /** How the digest is written. `hex-or-base64`: either, told apart by its length. @default 'hex-or-base64' */
  readonly digestEncoding: 'hex-or-base64' | 'base64url'
  /**
   * What is signed: `{body}` stands for the bytes as received, `{bodyBase64}` for them in base64, `{timestamp}` for the
   * header's text. @default '{body}{timestamp}'
   */
  readonly signedContent: string
  /** How the secret's text becomes a key. @default 'utf8' */
  readonly secretEncoding: 'utf8' | 'hex' | 'base64'
}

/** The scheme seen at work at a receiver of Thryve deliveries. */
export const defaultScheme: SignatureScheme = Object.freeze({
  signatureHeader: 'x-hmac-signature',
  timestampHeader: 'x-hmac-timestamp',
  algorithm: 'sha256',
  signaturePrefix: '',
  digestEncoding: 'hex-or-base64',
  signedContent: '{body}{timestamp}',
  secretEncoding: 'utf8'
})

/** Seconds or milliseconds. Pure digits of two lengths: since nothing separates body and timestamp, no byte may move between them. */
const TIMESTAMP = /^(?:\d{10}|\d{13})$/
const HEX = /^[0-9a-fA-F]+$/
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/
const DIGEST_BYTES = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const

/** What `sign` needs. */
export interface SignOptions {
  readonly secret: string
  /** The timestamp header's text. @default now, in seconds */
  readonly timestamp?: string
  readonly scheme?: Partial<SignatureScheme>
}

/** What `verify` needs. */
export interface VerifyOptions {
  /** One secret, or several while they are rotated: any of them will do. */
  readonly secret: string | readonly string[]
  readonly scheme?: Partial<SignatureScheme>
  /** How far the timestamp may be from now, both ways. @default 300 */
  readonly toleranceSeconds?: number
  /** The time, in unix milliseconds. @default Date.now() */
  readonly nowMs?: number
}

/** A host has one scheme, so it is taken apart once. */
let lastSigned = { content: '', parts: [] as readonly string[] }

const partsOf = (content: string): readonly string[] => {
  if (content !== lastSigned.content) {
    lastSigned = { content, parts: content.split(/(\{body\}|\{bodyBase64\}|\{timestamp\})/) }
  }
  return lastSigned.parts
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)

const digest = (body: Uint8Array, timestamp: string, secret: string, scheme: SignatureScheme): Buffer => {
  const hmac = createHmac(scheme.algorithm, Buffer.from(secret, scheme.secretEncoding))
  for (const part of partsOf(scheme.signedContent)) {
    if (part === '{body}') hmac.update(body)
    else if (part === '{bodyBase64}') hmac.update(asBuffer(body).toString('base64'))
    else hmac.update(part === '{timestamp}' ? timestamp : part)
  }
  return hmac.digest()
}

/**
 * Signs a body.
 *
 * @returns the signature headers, lower case.
 * @example const headers = sign(body, { secret })
 */
export const sign = (body: Uint8Array, options: SignOptions): Record<string, string> => {
  const scheme = { ...defaultScheme, ...options.scheme }
  const timestamp = options.timestamp ?? String(Math.floor(Date.now() / 1_000))
  const encoding = scheme.digestEncoding === 'base64url' ? 'base64url' : 'hex'
  const signature = `${scheme.signaturePrefix}${digest(body, timestamp, options.secret, scheme).toString(encoding)}`
  const headers = { [scheme.signatureHeader]: signature }
  return scheme.timestampHeader === null ? headers : { ...headers, [scheme.timestampHeader]: timestamp }
}

const mismatch = (reason: 'missing' | 'malformed' | 'stale' | 'wrong'): ThryveError =>
  new ThryveError('THRYVE_SIGNATURE_MISMATCH', { reason })

/** A header sent twice arrives as a list, or joined by commas, which no later check lets pass. */
const headerOf = (headers: Headers, name: string): string => {
  const value = headers[name]
  if (value === undefined || value === '') throw mismatch('missing')
  if (typeof value !== 'string') throw mismatch('malformed')
  return value
}

const withoutPrefix = (text: string, { algorithm, signaturePrefix }: SignatureScheme): string => {
  for (const prefix of [signaturePrefix, `${algorithm}=`]) {
    if (prefix !== '' && text.startsWith(prefix)) return text.slice(prefix.length)
  }
  if (signaturePrefix !== '') throw mismatch('malformed')
  return text
}

/** Padded or not: either is canonical for a digest, since nothing follows it. */
const decodeBase64url = (text: string): Buffer | undefined => {
  const bytes = BASE64URL.test(text) ? Buffer.from(text, 'base64url') : undefined
  const canonical = bytes?.toString('base64url') ?? ''
  const padded = canonical.padEnd(Math.ceil(canonical.length / 4) * 4, '=')
  return text === canonical || text === padded ? bytes : undefined
}

/** Hex in either case, or base64, each in its one canonical form. Lenient decoders would let many texts stand for one digest. */
const decodeDigest = (text: string, scheme: SignatureScheme): Buffer => {
  const bare = withoutPrefix(text, scheme)
  const length = DIGEST_BYTES[scheme.algorithm]
  if (scheme.digestEncoding === 'base64url') {
    const bytes = decodeBase64url(bare)
    if (bytes?.length !== length) throw mismatch('malformed')
    return bytes
  }
  if (bare.length === length * 2 && HEX.test(bare)) return Buffer.from(bare, 'hex')
  const bytes = BASE64.test(bare) && bare.length === Math.ceil(length / 3) * 4 ? Buffer.from(bare, 'base64') : undefined
  if (bytes?.length !== length || bytes.toString('base64') !== bare) throw mismatch('malformed')
  return bytes
}

const readTimestamp = (headers: Headers, name: string, nowMs: number, toleranceSeconds: number) => {
  const text = headerOf(headers, name)
  if (!TIMESTAMP.test(text)) throw mismatch('malformed')
  const sentAtMs = text.length === 10 ? Number(text) * 1_000 : Number(text)
  if (Math.abs(nowMs - sentAtMs) > toleranceSeconds * 1_000) throw mismatch('stale')
  return { text, sentAtMs }
}

const readHeaders = (
  headers: Headers,
  { scheme, toleranceSeconds, nowMs }: { scheme: SignatureScheme; toleranceSeconds: number; nowMs: number }
) => ({
  presented: decodeDigest(headerOf(headers, scheme.signatureHeader), scheme),
  timestamp:
    scheme.timestampHeader === null
      ? undefined
      : readTimestamp(headers, scheme.timestampHeader, nowMs, toleranceSeconds)
})

/** Refuses what no secret could make valid: a missing or malformed signature, a stale timestamp. */
export const assertSignatureForm = (headers: Headers, options: Parameters<typeof readHeaders>[1]): void => {
  readHeaders(headers, options)
}

/** Verifies with a scheme that is whole; see {@link verify}. */
export const verifyScheme = (
  { headers, body }: { readonly headers: Headers; readonly body: Uint8Array },
  options: Parameters<typeof readHeaders>[1] & { readonly secret: readonly string[] }
): { readonly sentAt?: Date } => {
  const { presented, timestamp } = readHeaders(headers, options)
  let isAuthentic = false
  for (const secret of options.secret) {
    const expected = digest(body, timestamp?.text ?? '', secret, options.scheme)
    isAuthentic = timingSafeEqual(expected, presented) || isAuthentic
  }
  if (!isAuthentic) throw mismatch('wrong')
  return timestamp === undefined ? {} : { sentAt: new Date(timestamp.sentAtMs) }
}

/**
 * Verifies a body's signature. Every secret is tried, whichever matches, and the comparison takes the same time
 * whatever byte differs first: `timingSafeEqual` over two digests of one length.
 *
 * @returns the signature's timestamp, where the scheme has one.
 * @throws ThryveError `THRYVE_SIGNATURE_MISMATCH`; `reason` is `missing`, `malformed`, `stale` or `wrong`.
 * @example const { sentAt } = verify({ headers, body }, { secret })
 */
export const verify = (
  delivery: { readonly headers: Headers; readonly body: Uint8Array },
  { secret, scheme, toleranceSeconds = 300, nowMs = Date.now() }: VerifyOptions
): { readonly sentAt?: Date } =>
  verifyScheme(delivery, { secret: [secret].flat(), scheme: { ...defaultScheme, ...scheme }, toleranceSeconds, nowMs })
