/** Finds how a request is signed, or what broke it. */
import {
  matchedScheme,
  type SignatureMatch,
  type SignatureScheme,
  schemeOf,
  searchSignature,
  writeOptions
} from '@thryve-webhook/middleware'
import { type BodyShape, readShape, statedLength } from './body-shape'
import { explainFinding, type FindingCode } from './findings'
import type { ReceivedRequest } from './read-request'

/** What the doctor says of a request. It holds no secret, and no value of a header or the body. */
export interface Diagnosis {
  readonly finding: FindingCode
  readonly isGood: boolean
  /** `false`: likely, not proven by a signature or by the bytes. */
  readonly isCertain: boolean
  readonly summary: string
  readonly fixes: readonly string[]
  /** The option `signature`, as far as it differs from the default; absent where no scheme was found. */
  readonly signature?: Partial<SignatureScheme>
  /** The one line of a program that verifies. */
  readonly line?: string
  readonly notes: readonly string[]
}

const TOLERANCE_SECONDS = 300

/** The secret as given, then what a slip of the hand leaves around it. */
const secretVariants = (secret: string): string[] => {
  const trimmed = secret.trim()
  const bare = trimmed.replace(/^(["'])(.*)\1$/, '$2')
  return [...new Set([secret, trimmed, bare])].filter((text) => text !== '')
}

const optionsLine = (signature: Partial<SignatureScheme>): string => {
  const options = writeOptions(signature)
  return options === '{}' ? 'thryveWebhook(secret, adapter)' : `thryveWebhook(secret, adapter, ${options})`
}

/** Which finding a form other than the received bytes is. */
const FORM_FINDINGS: Readonly<Record<string, FindingCode>> = {
  'decoded base64': 'base64',
  decompressed: 'signed-decompressed',
  'decompressed base64': 'signed-decompressed',
  'base64 of decompressed': 'signed-decompressed',
  latin1: 'latin1-mangled',
  text: 'signed-text',
  're-encoded': 're-encoded'
}

const secondsLate = ({ receivedAtMs }: ReceivedRequest, { timestamp }: SignatureMatch): number =>
  receivedAtMs === undefined || timestamp === undefined ? 0 : Math.round((receivedAtMs - timestamp.timeMs) / 1_000)

const isEncodingLost = ({ actualEncoding, statedEncoding, json }: BodyShape): boolean =>
  actualEncoding === undefined ? json !== undefined && statedEncoding !== 'identity' : actualEncoding !== statedEncoding

const findingOfMatch = (match: SignatureMatch, shape: BodyShape, late: number): FindingCode => {
  const { obstacle } = matchedScheme(match)
  if (obstacle === 'form') return FORM_FINDINGS[match.form] ?? 'damaged'
  if (obstacle !== undefined) return `scheme-${obstacle}`
  if (match.secretIndex > 0) return 'secret-text'
  if (Math.abs(late) > TOLERANCE_SECONDS) return 'clock-skew'
  return isEncodingLost(shape) ? 'encoding-lost' : 'verified'
}

const notesOfMatch = (match: SignatureMatch, late: number): string[] => {
  const { signature, timestamp, form } = match
  return [
    ...(late === 0 ? [] : [`The timestamp is ${Math.abs(late)} s ${late < 0 ? 'ahead of' : 'behind'} the receipt.`]),
    ...(timestamp === undefined ? ['No timestamp is signed: a replay is only recognised as a duplicate.'] : []),
    ...(signature.algorithm === 'sha1' ? ['HMAC-SHA-1 is outdated, though not broken: ask Thryve for SHA-256.'] : []),
    ...(form === 'received' ? [] : [`What was signed: the body, ${form}.`])
  ]
}

const describeMatch = (match: SignatureMatch, shape: BodyShape, request: ReceivedRequest): Diagnosis => {
  const late = secondsLate(request, match)
  const finding = findingOfMatch(match, shape, late)
  const { options, obstacle } = matchedScheme(match)
  // A hop broke the bytes, and they were signed so: with the hop mended this line verifies.
  const isHop = obstacle === 'form' && !finding.startsWith('signed-')
  const signature = options ?? (isHop ? matchedScheme({ ...match, form: 'received' }).options : undefined)
  const scheme = schemeOf(match)
  const notes = notesOfMatch(match, late)
  return {
    ...explainFinding(finding),
    finding,
    isCertain: true,
    ...(signature === undefined ? {} : { signature, line: optionsLine(signature) }),
    notes:
      signature === undefined
        ? [...notes, `Found: ${scheme.algorithm}, ${scheme.signatureHeader}, ${JSON.stringify(scheme.signedContent)}.`]
        : notes
  }
}

interface Evidence {
  readonly finding: FindingCode
  readonly isCertain: boolean
  readonly note?: string
}

const certain = (finding: FindingCode, note?: string): Evidence => ({
  finding,
  isCertain: true,
  ...(note === undefined ? {} : { note })
})
const likely = (finding: FindingCode, note: string): Evidence => ({ finding, isCertain: false, note })

const OR_SECRET = 'If the body is as Thryve sent it, it is another secret instead.'

const shortness = ({ body, ...request }: ReceivedRequest, { fault }: BodyShape): Evidence | undefined => {
  const stated = statedLength({ body, ...request })
  if (stated !== undefined && stated > body.length && (fault !== undefined || !request.isComplete)) {
    return certain('truncated', `${body.length} of the ${stated} bytes of Content-Length are here.`)
  }
  if (!request.isComplete) return certain('truncated', `The connection ended after ${body.length} bytes.`)
  if (fault === 'truncated') return certain('truncated', 'The compressed data ends before its end.')
  return undefined
}

const jsonTrouble = ({ statedEncoding, json }: BodyShape): Evidence | undefined => {
  if (json === undefined) return undefined
  if (statedEncoding !== 'identity')
    return certain('inflated', 'Content-Encoding names a compression; the body is JSON.')
  if (!json.isAsSent)
    return likely('re-encoded', `White space or the order of keys is not as Thryve writes. ${OR_SECRET}`)
  if (json.type?.startsWith('event.') !== true) return undefined
  return likely('inflated', `Thryve sends events compressed; this one is plain JSON. ${OR_SECRET}`)
}

/** What the bytes themselves say, where no signature says anything. */
const readEvidence = (request: ReceivedRequest, shape: BodyShape): Evidence | undefined => {
  const short = shortness(request, shape)
  if (short !== undefined) return short
  if (shape.mangledBy !== undefined) return certain(`${shape.mangledBy}-mangled`)
  if (shape.unbase64 !== undefined) return certain('base64')
  const json = jsonTrouble(shape)
  if (json !== undefined) return json
  const stated = statedLength(request)
  if (stated !== undefined && stated > request.body.length) {
    return certain('truncated', `${request.body.length} of the ${stated} bytes of Content-Length are here.`)
  }
  const isOther = shape.json === undefined && shape.actualEncoding === undefined && shape.statedEncoding !== 'br'
  if (shape.fault !== undefined) return certain('damaged', `Decompression fails: ${shape.fault}.`)
  return isOther ? certain('damaged') : undefined
}

const describeMiss = (request: ReceivedRequest, shape: BodyShape, signatureHeaders: readonly string[]): Diagnosis => {
  const evidence = readEvidence(request, shape)
  const seen = signatureHeaders.length === 0 ? 'none' : signatureHeaders.join(', ')
  const headers = `Headers that could carry a signature: ${seen}.`
  if (signatureHeaders.length === 0 && evidence?.finding !== 'truncated') {
    const also = evidence === undefined ? [] : [`Also: ${explainFinding(evidence.finding).summary}`]
    return { ...explainFinding('no-signature'), finding: 'no-signature', isCertain: true, notes: also }
  }
  const { finding, isCertain, note } = evidence ?? { finding: 'wrong-secret', isCertain: false }
  const notes = note === undefined ? [headers] : [note, headers]
  return { ...explainFinding(finding), finding, isCertain, notes }
}

/**
 * Diagnoses a request.
 *
 * @example const { finding, line } = await diagnose(request, secret)
 */
export const diagnose = async (request: ReceivedRequest, secret: string): Promise<Diagnosis> => {
  const shape = await readShape(request)
  const { headers } = request
  const { match, signatureHeaders } = await searchSignature({
    headers,
    forms: shape.forms,
    secrets: secretVariants(secret)
  })
  return match === undefined ? describeMiss(request, shape, signatureHeaders) : describeMatch(match, shape, request)
}
