/** From a planned delivery to the bytes and headers of a request. */
import { createHash } from 'node:crypto'
import { type SignatureScheme, sign } from '@thryve-webhook/middleware'
import { signedDelivery } from '@thryve-webhook/middleware/testing'
import type { PlannedDelivery } from './planned-delivery'

/** How deliveries are signed and written down. */
export interface PackOptions {
  /** Absent: nothing is signed. */
  readonly secret?: string
  readonly scheme: SignatureScheme
  /** Which of the two the scheme's `hex-or-base64` leaves open. */
  readonly signatureEncoding: 'hex' | 'base64'
  readonly timestampUnit: 's' | 'ms'
  /** Further headers, such as those of a web authentication. */
  readonly headers: Readonly<Record<string, string>>
}

/** A request ready to be sent, any number of times. */
export interface Packed {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** The time that was signed, as precise as the header tells it. */
  readonly sentAtMs: number
  /** The receiver's id of it. */
  readonly deliveryId: string
}

const DAY_MS = 86_400_000
/** A frame that decoders skip (RFC 8878, 3.1.2): magic number, size 4, four bytes. */
const SKIPPABLE_FRAME = Buffer.from('502a4d180400000073796e74', 'hex')

/** Compressed by the middleware's own zstd; its signature is not used. */
const compress = async (bytes: Buffer): Promise<Buffer> => (await signedDelivery(bytes, { secret: 'unused' })).body

const compressSplit = async (payload: Buffer): Promise<Buffer> => {
  const middle = Math.floor(payload.length / 2)
  const halves = [payload.subarray(0, middle), payload.subarray(middle)]
  const [head, tail] = (await Promise.all(halves.map((half) => compress(half)))) as [Buffer, Buffer]
  return Buffer.concat([head, SKIPPABLE_FRAME, tail])
}

const bodyOf = async ({ payload, packing }: PlannedDelivery): Promise<Buffer> => {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length)
  if (packing === 'split') return compressSplit(bytes)
  const whole = await compress(bytes)
  return packing === 'truncated' ? whole.subarray(0, -5) : whole
}

/** One byte of the content differs; the frame's own header stays whole. */
const tamper = (body: Buffer): Buffer => {
  const tampered = Buffer.from(body)
  const last = tampered.length - 1
  tampered[last] = (tampered[last] ?? 0) ^ 1
  return tampered
}

const signatureHeaders = (
  body: Buffer,
  timestamp: string,
  secret: string,
  { scheme, signatureEncoding }: PackOptions
): Record<string, string> => {
  const headers = sign(body, { secret, timestamp, scheme })
  if (signatureEncoding === 'hex' || scheme.digestEncoding !== 'hex-or-base64') return headers
  const { signatureHeader, signaturePrefix } = scheme
  const hex = (headers[signatureHeader] ?? '').slice(signaturePrefix.length)
  return { ...headers, [signatureHeader]: `${signaturePrefix}${Buffer.from(hex, 'hex').toString('base64')}` }
}

/** Another secret of the same encoding. */
const anotherSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/**
 * Packs and signs a delivery.
 *
 * @param nowMs When it is signed, in unix milliseconds.
 */
export const pack = async (planned: PlannedDelivery, options: PackOptions, nowMs: number): Promise<Packed> => {
  const body = await bodyOf(planned)
  const signedAtMs = planned.seal === 'stale' ? nowMs - DAY_MS : nowMs
  const isInSeconds = options.timestampUnit === 's'
  const timestamp = String(isInSeconds ? Math.floor(signedAtMs / 1_000) : signedAtMs)
  const headers = { 'content-type': 'application/json', 'content-encoding': 'zstd', ...options.headers }
  const { secret } = options
  const sent = planned.seal === 'tampered' ? tamper(body) : body
  const isSigned = secret !== undefined && planned.seal !== 'unsigned'
  const key = planned.seal === 'forged' && secret !== undefined ? anotherSecret(secret) : (secret ?? '')
  return {
    headers: {
      ...headers,
      ...(isSigned ? signatureHeaders(body, timestamp, key, options) : {}),
      'content-length': String(sent.length)
    },
    body: sent,
    sentAtMs: isInSeconds ? Number(timestamp) * 1_000 : signedAtMs,
    deliveryId: createHash('sha256')
      .update(options.scheme.timestampHeader === null ? '' : timestamp)
      .update(sent)
      .digest('hex')
  }
}
