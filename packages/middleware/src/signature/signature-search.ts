/** Finds how an unknown sender signs: tries the ways to sign that are in use over the bytes as received. */
import { createHash, type Hash, timingSafeEqual } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Headers } from './signature'
import {
  type SignatureCandidate,
  signatureCandidates,
  type TimestampCandidate,
  timestampCandidates
} from './signature-candidates'

/** A form that the body may have had when it was signed. */
export interface BodyForm {
  /** E.g. `received`, or `decompressed`. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** A way to sign that fits. */
export interface SignatureMatch {
  /** The name of the {@link BodyForm} that was signed. */
  readonly form: string
  readonly signature: Omit<SignatureCandidate, 'digest'>
  /** Absent where the body alone is signed. */
  readonly timestamp?: TimestampCandidate
  /** With `{body}` and `{timestamp}` in their places. */
  readonly signedContent: string
  /** Which of the secrets, from 0. */
  readonly secretIndex: number
  readonly secretEncoding: 'utf8' | 'hex' | 'base64'
}

/** What a search takes. */
export interface SignatureSearch {
  readonly headers: Headers
  readonly forms: readonly BodyForm[]
  readonly secrets: readonly string[]
  /** The search ends when so many bytes were hashed; each way to sign counts as 4 KiB at least. @default no limit */
  readonly maxHashedBytes?: number
}

/** What a search found. */
export interface SignatureFindings {
  readonly match?: SignatureMatch
  /** Headers that could carry a signature. */
  readonly signatureHeaders: readonly string[]
  /** It ended at `maxHashedBytes`, with ways left to try. */
  readonly isCutShort: boolean
}

const SEPARATORS = ['', '.', ':', '\n', ',', '|', '-', '_', ' ', ';', '&', '/', '+', '\r\n', '\t', '#']
const AFTER_BODY = SEPARATORS.map((separator) => `${separator}{timestamp}`)
const BEFORE_BODY = [
  ...SEPARATORS.map((separator) => `{timestamp}${separator}`),
  'v0:{timestamp}:',
  'v1:{timestamp}:',
  'v0.{timestamp}.',
  'v1.{timestamp}.'
]
/** After so many bytes the event loop gets its turn. */
const TURN_BYTES = 262_144
/** What ending one HMAC costs, in bytes hashed: headers are made by strangers, and many of them mean many ends. */
const END_BYTES = 4_096

type Algorithm = SignatureCandidate['algorithm']

/** An HMAC that can be copied half-way, as Node's own cannot: what follows the body costs nothing then (RFC 2104). */
const startHmac = (algorithm: Algorithm, key: Buffer): { readonly inner: Hash; finish(inner: Hash): Buffer } => {
  const block = algorithm === 'sha384' || algorithm === 'sha512' ? 128 : 64
  const short = key.length > block ? createHash(algorithm).update(key).digest() : key
  const padded = Buffer.concat([short, Buffer.alloc(block - short.length)])
  const start = (pad: number): Hash => createHash(algorithm).update(padded.map((byte) => byte ^ pad))
  const outer = start(0x5c)
  return { inner: start(0x36), finish: (inner) => outer.copy().update(inner.digest()).digest() }
}

interface Key {
  readonly secretIndex: number
  readonly secretEncoding: SignatureMatch['secretEncoding']
  readonly bytes: Buffer
}

const keysOf = (secrets: readonly string[]): Key[] =>
  secrets.flatMap((secret, secretIndex): Key[] => {
    const isHex = /^(?:[0-9a-fA-F]{2})+$/.test(secret)
    const isBase64 = /^[A-Za-z0-9+/_-]{2,}={0,2}$/.test(secret)
    const encodings = ['utf8', ...(isHex ? ['hex' as const] : []), ...(isBase64 ? ['base64' as const] : [])] as const
    return encodings.map((secretEncoding) => ({
      secretIndex,
      secretEncoding,
      bytes: Buffer.from(secret, secretEncoding)
    }))
  })

/** One pass over the body, and what it gives for each text that may stand behind it. */
interface Pass {
  readonly before: string
  readonly afters: readonly string[]
  readonly timestamps: readonly (TimestampCandidate | undefined)[]
}

const passesOf = (timestamps: readonly TimestampCandidate[]): Pass[] => [
  { before: '', afters: [''], timestamps: [undefined] },
  ...(timestamps.length === 0 ? [] : [{ before: '', afters: AFTER_BODY, timestamps }]),
  ...timestamps.flatMap((timestamp) => BEFORE_BODY.map((before) => ({ before, afters: [''], timestamps: [timestamp] })))
]

const fill = (text: string, timestamp: TimestampCandidate | undefined): string =>
  text.replace('{timestamp}', () => (timestamp as TimestampCandidate).text)

/** The first way of a pass that gives one of the digests. */
const runPass = (
  { before, afters, timestamps }: Pass,
  body: Uint8Array,
  { algorithm, key }: { readonly algorithm: Algorithm; readonly key: Key },
  candidates: readonly SignatureCandidate[]
): Omit<SignatureMatch, 'form'> | undefined => {
  const hmac = startHmac(algorithm, key.bytes)
  const soFar = hmac.inner.update(fill(before, timestamps[0])).update(body)
  for (const timestamp of timestamps) {
    for (const after of afters) {
      const digest = hmac.finish(soFar.copy().update(fill(after, timestamp)))
      const found = candidates.find((candidate) => timingSafeEqual(candidate.digest, digest))
      if (found === undefined) continue
      const { digest: _digest, ...signature } = found
      return {
        signature,
        ...(timestamp === undefined ? {} : { timestamp }),
        signedContent: `${before}{body}${after}`,
        secretIndex: key.secretIndex,
        secretEncoding: key.secretEncoding
      }
    }
  }
  return undefined
}

/**
 * Searches for the way a request is signed: every header that could carry a signature or a timestamp; the body alone,
 * before or behind the timestamp, with the usual separators; SHA-1, 256, 384, 512; the secret as text, hex or base64.
 * A match is a proof: no other secret gives the same digest.
 *
 * @example
 * const { match } = await searchSignature({ headers, forms: [{ name: 'received', bytes: body }], secrets: [secret] })
 */
export const searchSignature = async (search: SignatureSearch): Promise<SignatureFindings> => {
  const { headers, forms, secrets, maxHashedBytes = Number.POSITIVE_INFINITY } = search
  const candidates = signatureCandidates(headers)
  const signatureHeaders = [...new Set(candidates.map(({ header }) => header))]
  const passes = passesOf(timestampCandidates(headers))
  const keys = keysOf(secrets)
  let hashedBytes = 0
  let turnBytes = 0
  for (const { name, bytes } of forms) {
    for (const pass of passes) {
      for (const algorithm of new Set(candidates.map((candidate) => candidate.algorithm))) {
        const fitting = candidates.filter((candidate) => candidate.algorithm === algorithm)
        for (const key of keys) {
          const cost = bytes.length + END_BYTES * pass.afters.length * pass.timestamps.length
          hashedBytes += cost
          turnBytes += cost
          if (hashedBytes > maxHashedBytes) return { signatureHeaders, isCutShort: true }
          const match = runPass(pass, bytes, { algorithm, key }, fitting)
          if (match !== undefined) return { match: { form: name, ...match }, signatureHeaders, isCutShort: false }
          if (turnBytes < TURN_BYTES) continue
          turnBytes = 0
          await nextTurn()
        }
      }
    }
  }
  return { signatureHeaders, isCutShort: false }
}
