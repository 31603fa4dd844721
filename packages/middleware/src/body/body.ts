/** Reads a request's body: the exact bytes, within limits, however the request ends. */
import type { Readable } from 'node:stream'
import { isUint8Array } from 'node:util/types'
import { type ErrorCode, ThryveError } from '../errors'
import type { Headers } from '../signature/signature'

/** What of a request matters for its body. Hosts that buffer bodies leave them in `rawBody` or `body`. */
export interface BodySource
  extends Pick<Readable, 'on' | 'off' | 'pause' | 'readableDidRead' | 'readableEnded' | 'destroyed'> {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly rawBody?: unknown
  readonly body?: unknown
}

/** The limits of a body. */
export interface BodyLimits {
  readonly maxBytes: number
  readonly timeoutMs: number
}

/** Zstandard frames and skippable frames (RFC 8878, 3.1), both little-endian. */
const isZstd = (bytes: Uint8Array): boolean => {
  if (bytes.length < 4) return false
  const magic = Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32LE(0)
  return magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50
}

/** What the first bytes of a compressed body become when something takes them for text. */
const MANGLED: readonly (readonly [encoding: string, reason: string, start: string])[] = [
  ['zstd', 'utf8', '28efbfbd2fefbfbd'],
  ['zstd', 'latin1', '28c2b52fc3bd'],
  ['zstd', 'base64', Buffer.from('KLUv/').toString('hex')],
  ['gzip', 'utf8', '1fefbfbd08'],
  ['gzip', 'latin1', '1fc28b08'],
  ['gzip', 'base64', Buffer.from('H4sI').toString('hex')]
]

/**
 * Recognises compressed bytes that were turned into text, so that nobody looks for a wrong secret.
 *
 * @throws ThryveError `THRYVE_BODY_MANGLED`; `reason` is `utf8`, `latin1` or `base64`.
 */
export const assertUnmangled = (headers: Headers, body: Uint8Array): void => {
  const encoding = String(headers['content-encoding']).trim().toLowerCase()
  const start = Buffer.from(body.subarray(0, 8)).toString('hex')
  const found = MANGLED.find(([name, , mangled]) => name === encoding && start.startsWith(mangled))
  if (found !== undefined) throw new ThryveError('THRYVE_BODY_MANGLED', { reason: found[1] })
}

/**
 * The bytes a host has buffered, or `undefined` while the stream still has them.
 *
 * @throws ThryveError `THRYVE_BODY_ALREADY_READ` when the stream was read and no bytes are left, or when they were
 * decompressed on the way (body-parser 2.4 does so for zstd on Node 22.15 and later): no signature can match then.
 */
const bufferedBody = (request: BodySource): Uint8Array | undefined => {
  const bytes = [request.rawBody, request.body].find((candidate) => isUint8Array(candidate)) as Uint8Array | undefined
  if (bytes === undefined) {
    if (!request.readableDidRead && !request.readableEnded) return undefined
    throw new ThryveError('THRYVE_BODY_ALREADY_READ', { reason: 'parsed' })
  }
  assertUnmangled(request.headers, bytes)
  const isInflated = request.headers['content-encoding'] === 'zstd' && bytes.length > 0 && !isZstd(bytes)
  if (isInflated) throw new ThryveError('THRYVE_BODY_ALREADY_READ', { reason: 'inflated' })
  return bytes
}

/** Collects the stream. Settles on end, error, abort, close and timeout, and leaves no listener behind. */
const collect = (request: BodySource, { maxBytes, timeoutMs }: BodyLimits): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    const release = (): void => {
      clearTimeout(timer)
      request
        .off('data', onData)
        .off('end', onEnd)
        .off('error', onBroken)
        .off('aborted', onBroken)
        .off('close', onBroken)
    }
    const fail = (code: ErrorCode): void => {
      release()
      request.pause()
      reject(new ThryveError(code))
    }
    const onData = (chunk: Uint8Array): void => {
      size += chunk.length
      if (size > maxBytes) fail('THRYVE_BODY_TOO_LARGE')
      else chunks.push(chunk)
    }
    const onEnd = (): void => {
      release()
      resolve(Buffer.concat(chunks, size))
    }
    const onBroken = (): void => fail('THRYVE_BODY_INCOMPLETE')
    const timer = setTimeout(() => fail('THRYVE_BODY_TIMEOUT'), timeoutMs)
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('aborted', onBroken).on('close', onBroken)
    if (request.destroyed) onBroken()
  })

/**
 * Reads the body of a request.
 *
 * @returns the bytes as received, never decompressed.
 * @throws ThryveError `THRYVE_BODY_ALREADY_READ`, `THRYVE_BODY_TOO_LARGE`, `THRYVE_BODY_TIMEOUT`, `THRYVE_BODY_INCOMPLETE`.
 */
export const readBody = async (request: BodySource, limits: BodyLimits): Promise<Uint8Array> => {
  const buffered = bufferedBody(request)
  if (buffered === undefined) return collect(request, limits)
  if (buffered.length > limits.maxBytes) throw new ThryveError('THRYVE_BODY_TOO_LARGE')
  return buffered
}
