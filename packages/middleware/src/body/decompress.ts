/** Undoes a `Content-Encoding`, with the output bounded before it is allocated. */
import { constants } from 'node:buffer'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type BrotliOptions, brotliDecompress, gunzip, type ZlibOptions } from 'node:zlib'
import { decompress as decodeZstd } from '@mongodb-js/zstd'
import { optionError, ThryveError } from '../errors'
import { walkZstd } from './zstd-frame'
import { measureZstd } from './zstd-measure'

/** A content encoding that the receiver understands. */
export type ContentEncoding = 'zstd' | 'gzip' | 'br' | 'identity'

/** Limits of one decompression. */
export interface DecompressOptions {
  readonly encoding: ContentEncoding
  /** The most bytes of output. */
  readonly maxBytes: number
}

/** Limits of a {@link Decompressor}. */
export interface DecompressorOptions {
  /** The most bytes of output of one body. */
  readonly maxBytes: number
  /** How many bodies are decompressed at once; the others wait in the order of their calls. */
  readonly maxConcurrent: number
}

/** Decompresses in turn; see {@link decompress} for what it resolves to and rejects with. */
export type Decompressor = (body: Uint8Array, encoding: ContentEncoding) => Promise<Uint8Array>

const ENCODINGS: ReadonlyMap<string, ContentEncoding> = new Map([
  ['', 'identity'],
  ['identity', 'identity'],
  ['zstd', 'zstd'],
  ['gzip', 'gzip'],
  // RFC 9110, section 8.4.1.3: a recipient takes x-gzip for gzip.
  ['x-gzip', 'gzip'],
  ['br', 'br']
])

const failed = (reason: string, cause?: unknown): ThryveError =>
  new ThryveError('THRYVE_DECOMPRESSION_FAILED', cause === undefined ? { reason } : { reason, cause })
const tooLarge = (): ThryveError => new ThryveError('THRYVE_DECOMPRESSED_TOO_LARGE')

/**
 * Reads a `Content-Encoding` header: any case, spaces around it allowed; absent or empty means identity.
 *
 * @returns `undefined` for every other encoding, and for a list of several.
 */
export const contentEncodingOf = (header: string | undefined): ContentEncoding | undefined =>
  ENCODINGS.get((header ?? '').trim().toLowerCase())

/** Rejects unless the output is within the limit. The event loop gets its turn between the slices. */
const measure = async (body: Uint8Array, maxBytes: number): Promise<void> => {
  const measuring = measureZstd(body, maxBytes)
  let step = measuring.next()
  for (; !step.done; step = measuring.next()) await nextTurn()
  if (step.value === 'too-large') throw tooLarge()
  if (typeof step.value === 'string') throw failed(step.value)
}

/**
 * `@mongodb-js/zstd` 1.2.2 has no output limit, so the limit is proven before it runs. The headers settle nearly every
 * body: 64 MiB are 512 full blocks. A writer that flushes often makes more blocks than that, each counted as 128 KiB
 * though it holds a few bytes; only then are the match lengths read, which gives the exact size.
 *
 * Refused: decoding ever longer prefixes of the frame, since each starts over (8 MiB of 10-byte blocks are 1,600
 * prefixes), and counting by the decoder itself under a forged content size, which rests on how it happens to fail.
 */
const unzstd = async (body: Uint8Array, maxBytes: number): Promise<Uint8Array> => {
  const walk = walkZstd(body)
  if (walk.fault !== undefined) throw failed(walk.fault)
  const { frames, statedFrames, minOutputBytes, maxOutputBytes } = walk
  if (!(minOutputBytes <= maxBytes)) throw tooLarge()
  // The decoder does not compare a frame's output with its content size when the last block is empty (zstd 1.5.2), so
  // we do: of one frame afterwards, of several here, where each can be told from the others.
  if (maxOutputBytes > maxBytes || (frames > 1 && statedFrames > 0)) await measure(body, maxBytes)
  const output = await decodeZstd(Buffer.from(body.buffer, body.byteOffset, body.byteLength)).catch((cause) => {
    // The message is one of zstd's fixed error names.
    throw failed('corrupt', cause)
  })
  if (frames === statedFrames && output.byteLength !== minOutputBytes) throw failed('content-size')
  return output
}

/** With `info: true`, zlib hands over its engine, too, which @types/node does not know. */
type InfoCallback = (error: NodeJS.ErrnoException | null, result: unknown) => void
type Inflate = (body: Uint8Array, options: ZlibOptions & BrotliOptions, callback: InfoCallback) => void
type InflateInfo = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } }

const inflate = (run: Inflate, body: Uint8Array, maxBytes: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    run(body, { maxOutputLength: Math.min(maxBytes, constants.MAX_LENGTH), info: true }, (error, result) => {
      if (error?.code === 'ERR_BUFFER_TOO_LARGE') return reject(tooLarge())
      // zlib's messages are fixed texts, e.g. "incorrect header check".
      if (error) return reject(failed(error.code === 'Z_BUF_ERROR' ? 'truncated' : 'corrupt', error))
      const { buffer, engine } = result as InflateInfo
      // zlib stops at the end of the stream and says nothing of bytes behind it.
      if (engine.bytesWritten !== body.byteLength) return reject(failed('trailing-bytes'))
      resolve(buffer)
    })
  })

const decoders: Record<ContentEncoding, (body: Uint8Array, maxBytes: number) => Promise<Uint8Array>> = {
  zstd: unzstd,
  gzip: (body, maxBytes) => inflate(gunzip, body, maxBytes),
  br: (body, maxBytes) => inflate(brotliDecompress, body, maxBytes),
  identity: async (body) => new Uint8Array(body)
}

/**
 * Decompresses a body. The bytes it resolves to share no memory with the body. Concatenated and skippable zstd frames
 * and several gzip members count; a byte behind them is an error.
 *
 * @throws ThryveError `THRYVE_DECOMPRESSED_TOO_LARGE` when the output would pass `maxBytes`.
 * @throws ThryveError `THRYVE_DECOMPRESSION_FAILED` for junk; its `reason` is `truncated`, `trailing-bytes`, `corrupt`
 * or, for zstd, another `ZstdFault`.
 *
 * @example
 * const json = await decompress(body, { encoding: 'zstd', maxBytes: 64 * 1024 * 1024 })
 */
export const decompress = async (body: Uint8Array, options: DecompressOptions): Promise<Uint8Array> => {
  const { encoding, maxBytes } = options
  if (encoding === 'identity' && !(body.byteLength <= maxBytes)) throw tooLarge()
  const output = await decoders[encoding](body, maxBytes)
  // The last line of defence, should a decoder break its promise.
  if (!(output.byteLength <= maxBytes)) throw tooLarge()
  return output
}

/**
 * A decompressor that works on few bodies at once: 50 gzip bombs, each stopped at 8 MiB, cost 416 MiB of RSS when they
 * ran together and 88 MiB two by two. A body that is decompressed takes up to three times its output for a moment: the
 * window of zstd's decoder, the output, and what the garbage collector has not come to yet.
 *
 * @throws TypeError for a limit that is not a whole number from 1 on.
 */
export const createDecompressor = (options: DecompressorOptions): Decompressor => {
  const { maxBytes, maxConcurrent } = options
  for (const [name, value] of Object.entries({ maxBytes, maxConcurrent })) {
    if (!Number.isSafeInteger(value) || value < 1) throw optionError(name, 'must be a whole number from 1 on')
  }
  const waiting: (() => void)[] = []
  let running = 0
  return async function decompressInTurn(body, encoding) {
    if (running < maxConcurrent) running += 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await decompress(body, { encoding, maxBytes })
    } finally {
      // The place goes to the one that has waited longest, so nobody can slip in between.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
