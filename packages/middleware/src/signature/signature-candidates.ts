/** Which headers of an unknown sender could carry a signature or its timestamp. */
import type { Headers } from './signature'

/** A text that could be a digest, and how it would have to be read. */
export interface SignatureCandidate {
  readonly header: string
  readonly algorithm: 'sha1' | 'sha256' | 'sha384' | 'sha512'
  /** The text before the digest, such as `v1=`. */
  readonly prefix: string
  readonly encoding: 'hex' | 'base64' | 'base64url' | 'base64-unpadded'
  readonly digest: Buffer
  /** The digest is one of several values in its header, as in `t=…,v1=…`. */
  readonly isOneOfSeveral: boolean
}

/** A text that could be the time of signing. */
export interface TimestampCandidate {
  readonly header: string
  readonly text: string
  /** Unix milliseconds, where the text says so much. */
  readonly timeMs: number
  readonly isOneOfSeveral: boolean
}

const MAX_SIGNATURES = 16
const MAX_TIMESTAMPS = 8
const MAX_HEADER_CHARACTERS = 1_024
const ALGORITHMS = { 20: 'sha1', 32: 'sha256', 48: 'sha384', 64: 'sha512' } as const
const LABEL = /^[A-Za-z][A-Za-z0-9_-]{0,15}[=:,]/
const ISO_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/
/** Digits of a unix time, and what makes milliseconds of it: seconds, milliseconds, microseconds, nanoseconds. */
const UNIX_UNITS: Readonly<Record<number, number>> = { 10: 1_000, 13: 1, 16: 1e-3, 19: 1e-6 }

type Reading = Pick<SignatureCandidate, 'encoding' | 'digest'>

const readings = (text: string): Reading[] => {
  const found: Reading[] = []
  if (/^(?:[0-9a-fA-F]{2})+$/.test(text)) found.push({ encoding: 'hex', digest: Buffer.from(text, 'hex') })
  // Bytes that are encoded again give the text only if it was written so.
  const digest = Buffer.from(text, 'base64')
  const standard = digest.toString('base64')
  if (text === standard) found.push({ encoding: 'base64', digest })
  const isUrl = text === digest.toString('base64url') || text === standard.replaceAll('+', '-').replaceAll('/', '_')
  if (isUrl && text !== standard) found.push({ encoding: 'base64url', digest })
  if (!isUrl && text === standard.replaceAll('=', '')) found.push({ encoding: 'base64-unpadded', digest })
  return found
}

interface Piece {
  readonly text: string
  readonly isOneOfSeveral: boolean
}

/** The whole value first, then the values of a list in it. */
const piecesOf = (value: string): Piece[] => {
  const several = value.split(/[,;\s]/).filter((text) => text !== '')
  return [
    { text: value, isOneOfSeveral: false },
    ...(several.length > 1 ? several.map((text) => ({ text, isOneOfSeveral: true })) : [])
  ]
}

const textsOf = (headers: Headers): [string, Piece][] =>
  Object.entries(headers).flatMap(([name, value]) =>
    [value]
      .flat()
      .filter((text): text is string => text !== undefined && text.length <= MAX_HEADER_CHARACTERS)
      .flatMap((text) => piecesOf(text).map((piece): [string, Piece] => [name, piece]))
  )

/** What could be a signature, at most 16. */
export const signatureCandidates = (headers: Headers): SignatureCandidate[] =>
  textsOf(headers)
    .flatMap(([header, { text, isOneOfSeveral }]) => {
      const label = LABEL.exec(text)?.[0]
      const forms = label === undefined ? [''] : ['', label]
      return forms.flatMap((prefix) =>
        readings(text.slice(prefix.length)).flatMap(({ encoding, digest }) => {
          const algorithm = ALGORITHMS[digest.length as keyof typeof ALGORITHMS]
          return algorithm === undefined ? [] : [{ header, algorithm, prefix, encoding, digest, isOneOfSeveral }]
        })
      )
    })
    .slice(0, MAX_SIGNATURES)

const timeOf = (text: string): number => {
  const perUnit = /^\d+$/.test(text) ? UNIX_UNITS[text.length] : undefined
  if (perUnit !== undefined) return Number(text) * perUnit
  return ISO_INSTANT.test(text) || HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN
}

/** What could be the time of signing, at most 8. */
export const timestampCandidates = (headers: Headers): TimestampCandidate[] =>
  textsOf(headers)
    .flatMap(([header, { text, isOneOfSeveral }]) => {
      const label = isOneOfSeveral ? (LABEL.exec(text)?.[0] ?? '') : ''
      const bare = text.slice(label.length)
      const timeMs = timeOf(bare)
      return Number.isNaN(timeMs) ? [] : [{ header, text: bare, timeMs, isOneOfSeveral }]
    })
    .slice(0, MAX_TIMESTAMPS)
