/** Deliveries as Thryve sends them, for tests. */
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { compress } from '@mongodb-js/zstd'
import type { ContentEncoding } from '../body/decompress'
import { stringifyJson } from '../json'
import { type SignOptions, sign } from '../signature/signature'

/** How to pack and sign. */
export interface SignedDeliveryOptions extends SignOptions {
  /** @default 'zstd' */
  readonly encoding?: ContentEncoding
}

/** A request ready to be posted. */
export interface SignedDelivery {
  /** Lower-case names: content type, content encoding, content length and signature. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

const encoders: Record<ContentEncoding, (bytes: Buffer) => Promise<Buffer>> = {
  zstd: (bytes) => compress(bytes),
  gzip: promisify(gzip),
  br: promisify(brotliCompress),
  identity: async (bytes) => bytes
}

/**
 * Packs and signs a payload.
 *
 * @param payload what to send: an object (made JSON; a `bigint` keeps every digit), or bytes or text as they are.
 * @example
 * const { headers, body } = await signedDelivery(payload, { secret: 'test' })
 * await fetch(url, { method: 'POST', headers, body })
 */
export const signedDelivery = async (
  payload: object | string | Uint8Array,
  options: SignedDeliveryOptions
): Promise<SignedDelivery> => {
  const { encoding = 'zstd' } = options
  const isRaw = typeof payload === 'string' || ArrayBuffer.isView(payload)
  const plain = Buffer.from(isRaw ? (payload as string) : stringifyJson(payload))
  const body = await encoders[encoding](plain)
  const headers = {
    'content-type': 'application/json',
    'content-length': String(body.length),
    ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    ...sign(body, options)
  }
  return { headers, body }
}
