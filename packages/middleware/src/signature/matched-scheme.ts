/** Says a match of the search as options of the receiver, or why they cannot say it. */
import { defaultScheme, type SignatureScheme } from './signature'
import type { SignatureMatch } from './signature-search'

/** What a match means for the receiver. */
export interface MatchedScheme {
  /** The parts that differ from the default. Absent where the receiver cannot verify it. */
  readonly options?: Partial<SignatureScheme>
  /** Why it cannot be verified: `form`, `timestamp`, `several-values`, `unpadded`. */
  readonly obstacle?: MatchObstacle
}

/**
 * `form`: other bytes were signed than came. `timestamp`: it is not 10 or 13 digits. `several-values`: the header holds
 * more than the one value. `unpadded`: base64 without its padding.
 */
export type MatchObstacle = 'form' | 'timestamp' | 'several-values' | 'unpadded'

const obstacleOf = ({ form, signature, timestamp }: SignatureMatch): MatchObstacle | undefined => {
  if (form !== 'received' && form !== 'base64 of it') return 'form'
  if (signature.isOneOfSeveral || timestamp?.isOneOfSeveral === true) return 'several-values'
  if (timestamp !== undefined && !/^(?:\d{10}|\d{13})$/.test(timestamp.text)) return 'timestamp'
  return signature.encoding === 'base64-unpadded' ? 'unpadded' : undefined
}

/** The parts of the signature option that a match asks for, whether or not the body still is what was signed. */
export const schemeOf = ({
  form,
  signature,
  timestamp,
  signedContent,
  secretEncoding
}: SignatureMatch): SignatureScheme => ({
  signatureHeader: signature.header,
  timestampHeader: timestamp?.header ?? null,
  algorithm: signature.algorithm,
  signaturePrefix: signature.prefix === `${signature.algorithm}=` ? '' : signature.prefix,
  digestEncoding: signature.encoding === 'base64url' ? 'base64url' : 'hex-or-base64',
  signedContent: form === 'base64 of it' ? signedContent.replace('{body}', '{bodyBase64}') : signedContent,
  secretEncoding
})

const differences = (scheme: SignatureScheme): Partial<SignatureScheme> =>
  Object.fromEntries(
    Object.entries(scheme).filter(([name, value]) => value !== defaultScheme[name as keyof SignatureScheme])
  )

/** The `signature` option that verifies a match. */
export const matchedScheme = (match: SignatureMatch): MatchedScheme => {
  const obstacle = obstacleOf(match)
  return obstacle === undefined ? { options: differences(schemeOf(match)) } : { obstacle }
}

const literal = (value: unknown): string => {
  if (typeof value !== 'string') return String(value)
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** Options as they are written in a program, e.g. `{ signature: { algorithm: 'sha512' } }`. */
export const writeOptions = (signature: Partial<SignatureScheme>): string => {
  const parts = Object.entries(signature).map(([name, value]) => `${name}: ${literal(value)}`)
  return parts.length === 0 ? '{}' : `{ signature: { ${parts.join(', ')} } }`
}
