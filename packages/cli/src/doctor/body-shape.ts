/** What the bytes of a body are, and what they may have been. */
import { type BodyForm, type ContentEncoding, contentEncodingOf, decompress } from '@thryve-webhook/middleware'
import { type JsonPayload, jsonForms, readJson } from './json-forms'
import type { ReceivedRequest } from './read-request'

/** What a body is. */
export interface BodyShape {
  /** The encoding that the header names; `undefined` for one that is not known. */
  readonly statedEncoding: ContentEncoding | undefined
  /** As the bytes themselves say. */
  readonly actualEncoding: 'zstd' | 'gzip' | undefined
  /** Why the bytes cannot be decompressed: a fault of the middleware's, such as `truncated`. */
  readonly fault?: string
  readonly json?: JsonPayload
  /** What they are in base64 of, where they are. */
  readonly unbase64?: Buffer
  /** Binary that went through text as UTF-8 (which loses bytes) or as Latin-1 (which does not). */
  readonly mangledBy?: 'utf8' | 'latin1'
  /** Other bytes that may have been signed. */
  readonly forms: readonly BodyForm[]
}

const MAX_OUTPUT_BYTES = 64 * 1_024 * 1_024
const ZSTD = Buffer.from('28b52ffd', 'hex')
const GZIP = Buffer.from('1f8b', 'hex')
/** The first bytes of a zstd frame after UTF-8 and after Latin-1. */
const ZSTD_AS_UTF8 = Buffer.from('28efbfbd2fefbfbd', 'hex')
const ZSTD_AS_LATIN1 = Buffer.from('28c2b52fc3bd', 'hex')
const GZIP_AS_UTF8 = Buffer.from('1fefbfbd', 'hex')
const GZIP_AS_LATIN1 = Buffer.from('1fc28b', 'hex')

const startsWith = (bytes: Buffer, start: Buffer): boolean => bytes.subarray(0, start.length).equals(start)

const encodingOf = (bytes: Buffer): BodyShape['actualEncoding'] => {
  if (startsWith(bytes, ZSTD)) return 'zstd'
  return startsWith(bytes, GZIP) ? 'gzip' : undefined
}

const mangledBy = (bytes: Buffer): BodyShape['mangledBy'] => {
  if (startsWith(bytes, ZSTD_AS_UTF8) || startsWith(bytes, GZIP_AS_UTF8)) return 'utf8'
  return startsWith(bytes, ZSTD_AS_LATIN1) || startsWith(bytes, GZIP_AS_LATIN1) ? 'latin1' : undefined
}

/** Base64, also in lines or as a JSON text, as gateways wrap it. */
const decodeBase64 = (bytes: Buffer): Buffer | undefined => {
  const text = bytes.toString('latin1').replaceAll(/\s/g, '').replaceAll(/^"|"$/g, '')
  if (text.length < 8 || text.length % 4 === 1 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined
  const decoded = Buffer.from(text, 'base64')
  const isMeaningful = encodingOf(decoded) !== undefined || readJson(decoded) !== undefined
  return isMeaningful ? decoded : undefined
}

interface Inflated {
  readonly bytes?: Buffer
  readonly fault?: string
}

const inflate = async (bytes: Buffer, encoding: ContentEncoding | undefined): Promise<Inflated> => {
  if (encoding === undefined || encoding === 'identity') return {}
  try {
    return { bytes: Buffer.from(await decompress(bytes, { encoding, maxBytes: MAX_OUTPUT_BYTES })) }
  } catch (error) {
    const { code, reason } = error as { readonly code?: string; readonly reason?: string }
    return { fault: reason ?? code ?? 'corrupt' }
  }
}

const headerOf = ({ headers }: ReceivedRequest, name: string): string | undefined => [headers[name] ?? []].flat()[0]

/** Looks at a body. It is trusted no further than its owner trusts the file: this is no receiver. */
export const readShape = async (request: ReceivedRequest): Promise<BodyShape> => {
  const { body } = request
  const statedEncoding = contentEncodingOf(headerOf(request, 'content-encoding'))
  const actualEncoding = encodingOf(body)
  const json = readJson(body)
  const unbase64 = json === undefined ? decodeBase64(body) : undefined
  const isBrotli = statedEncoding === 'br' && json === undefined && unbase64 === undefined
  const inflated = await inflate(body, actualEncoding ?? (isBrotli ? 'br' : undefined))
  const unpacked = unbase64 === undefined ? {} : await inflate(unbase64, encodingOf(unbase64))
  const mangled = mangledBy(body)
  const text = Buffer.from(body.toString('utf8'))
  const forms: (BodyForm | undefined)[] = [
    { name: 'received', bytes: body },
    { name: 'base64 of it', bytes: Buffer.from(body.toString('base64')) },
    unbase64 && { name: 'decoded base64', bytes: unbase64 },
    inflated.bytes && { name: 'decompressed', bytes: inflated.bytes },
    unpacked.bytes && { name: 'decompressed base64', bytes: unpacked.bytes },
    mangled === 'latin1' ? { name: 'latin1', bytes: Buffer.from(body.toString('utf8'), 'latin1') } : undefined,
    text.equals(body) ? undefined : { name: 'text', bytes: text },
    ...(json === undefined ? [] : jsonForms(body, json)),
    inflated.bytes && { name: 'base64 of decompressed', bytes: Buffer.from(inflated.bytes.toString('base64')) }
  ]
  return {
    statedEncoding,
    actualEncoding,
    ...(inflated.fault === undefined ? {} : { fault: inflated.fault }),
    ...(json === undefined ? {} : { json }),
    ...(unbase64 === undefined ? {} : { unbase64 }),
    ...(mangled === undefined ? {} : { mangledBy: mangled }),
    forms: forms.filter((form) => form !== undefined)
  }
}

/** How many bytes the sender said it sends, where it said so. */
export const statedLength = (request: ReceivedRequest): number | undefined => {
  const text = headerOf(request, 'content-length')
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined
}
