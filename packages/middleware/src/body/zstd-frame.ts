/** A walk over the headers of zstd frames and blocks (RFC 8878, section 3.1), without decoding any of them. */

/** Why bytes are no zstd content: the `reason` of the error they end in. */
export type ZstdFault =
  /** They begin with neither a frame nor a skippable frame. */
  | 'not-zstd'
  /** They end inside a frame, or before the first one. */
  | 'truncated'
  /** Something that is no frame follows the last one. */
  | 'trailing-bytes'
  /** A reserved bit of a header is set. */
  | 'reserved-bits'
  /** A block has the reserved type 3. */
  | 'reserved-block'
  /** A block is larger than its frame's Block_Maximum_Size. */
  | 'block-size'
  /** A frame wants a dictionary. */
  | 'dictionary'
  /** A frame wants a window over 128 MiB. */
  | 'window'
  /** A frame's blocks cannot yield, or do not yield, the content size it states. */
  | 'content-size'
  /** The literals or sequences of a compressed block are malformed. */
  | 'sequences'

/** What the headers prove about the output, or why there is none. */
export type ZstdWalk =
  | {
      readonly fault?: undefined
      /** Frames, without the skippable ones. */
      readonly frames: number
      /** Those of them that state their content size. */
      readonly statedFrames: number
      /** A whole decoding yields at least this many bytes; exactly that where every frame states its content size. */
      readonly minOutputBytes: number
      /** A decoder writes at most this many bytes before it is done or fails. */
      readonly maxOutputBytes: number
    }
  | { readonly fault: ZstdFault }

const FRAME_MAGIC = 0xfd2fb528
/** 0x184D2A50 to 0x184D2A5F (section 3.1.2). */
const SKIPPABLE_MAGIC = 0x184d2a5
/** By Dictionary_ID_Flag, in bytes. */
const DICTIONARY_ID_SIZES = [0, 1, 2, 4] as const
/** By Frame_Content_Size_Flag, in bytes; flag 0 depends on Single_Segment_Flag. */
const CONTENT_SIZE_SIZES = [undefined, 2, 4, 8] as const
const BLOCK_LIMIT = 128 * 1024
/**
 * 128 MiB is what zstd's own compressor asks for at level 22, and where its decoder stops. RFC 9659 forbids a sender
 * more than 8 MiB, but a refusal would lose the delivery and spare nothing: 100,000 one-byte frames with windows of
 * 128 MiB and 1 KiB in turn did not move the peak RSS, since the pages of a window are touched by output only.
 * A single-segment frame's window is its content, which `minOutputBytes` tells.
 */
const WINDOW_LIMIT = 128 * 1024 * 1024

/** The block types that get past the cursor (section 3.1.1.2.2). */
export const zstdBlock = { raw: 0, rle: 1, compressed: 2 } as const

/** Steps from block to block through all frames. One object per walk; nothing else is allocated. */
export class ZstdCursor {
  /** Set when `next` returned false before the proven end. */
  fault: ZstdFault | undefined
  /** Frames begun so far. */
  frames = 0
  /** Content size the current frame states in bytes; -1 where it does not. */
  statedBytes = -1
  /** Block_Maximum_Size of the current frame in bytes. */
  maxBlockBytes = 0
  /** One of `zstdBlock`. */
  blockType = 0
  /** Where the block's content begins. */
  start = 0
  /** Where the block's content ends. */
  end = 0
  /** What the block yields in bytes: exact, but at most this for a compressed one. */
  outputBytes = 0
  isFirstBlock = false
  isLastBlock = true

  readonly #bytes: Uint8Array
  #at = 0
  #hasChecksum = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Goes to the next block. False at the proven end, or with `fault` set. */
  next(): boolean {
    this.isFirstBlock = this.isLastBlock
    if (this.isLastBlock && !this.#enterFrame()) return false
    return this.#enterBlock()
  }

  #fail(fault: ZstdFault): false {
    this.fault = fault
    return false
  }

  #uint24(at: number): number {
    const bytes = this.#bytes
    return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
  }

  /** An unsigned little-endian number of up to 8 bytes, exact below 2^53. */
  #uint(at: number, size: number): number {
    let value = 0
    for (let i = size - 1; i >= 0; i--) value = value * 256 + (this.#bytes[at + i] ?? 0)
    return value
  }

  /** Moves over skippable frames to the blocks of a frame. */
  #enterFrame(): boolean {
    const { length } = this.#bytes
    while (this.#at < length) {
      if (this.#at + 4 > length) return this.#fail(this.#at === 0 ? 'truncated' : 'trailing-bytes')
      const magic = (this.#uint24(this.#at) | ((this.#bytes[this.#at + 3] ?? 0) << 24)) >>> 0
      if (magic === FRAME_MAGIC) return this.#enterHeader()
      if (magic >>> 4 !== SKIPPABLE_MAGIC) return this.#fail(this.#at === 0 ? 'not-zstd' : 'trailing-bytes')
      this.#at += 8 + this.#uint(this.#at + 4, 4)
      if (this.#at > length) return this.#fail('truncated')
    }
    return length === 0 && this.#fail('truncated')
  }

  /** Frame_Header (section 3.1.1.1). */
  #enterHeader(): boolean {
    let at = this.#at + 5
    const descriptor = this.#uint(at - 1, 1)
    // Bit 3 is reserved and must be refused; bit 4 is "unused", and section 3.1.1.1.1.3 has decoders ignore it.
    if (descriptor & 0x08) return this.#fail('reserved-bits')
    const isSingleSegment = (descriptor & 0x20) !== 0
    const windowSize = isSingleSegment ? 0 : 1
    const dictionarySize = DICTIONARY_ID_SIZES[descriptor & 3] ?? 0
    const contentSize = CONTENT_SIZE_SIZES[descriptor >>> 6] ?? (isSingleSegment ? 1 : 0)
    if (at + windowSize + dictionarySize + contentSize > this.#bytes.length) return this.#fail('truncated')
    const window = this.#uint(at, 1)
    at += windowSize
    if (this.#uint(at, dictionarySize) !== 0) return this.#fail('dictionary')
    at += dictionarySize
    // A two-byte size is stored less 256.
    this.statedBytes = contentSize === 0 ? -1 : this.#uint(at, contentSize) + (contentSize === 2 ? 256 : 0)
    const windowBytes = isSingleSegment ? this.statedBytes : 2 ** (10 + (window >>> 3)) * (1 + (window & 7) / 8)
    if (!isSingleSegment && windowBytes > WINDOW_LIMIT) return this.#fail('window')
    this.maxBlockBytes = Math.min(windowBytes, BLOCK_LIMIT)
    this.#hasChecksum = (descriptor & 0x04) !== 0
    this.#at = at + contentSize
    this.frames += 1
    return true
  }

  /** Block_Header (section 3.1.1.2), with the frame's checksum behind the last block. */
  #enterBlock(): boolean {
    this.start = this.#at + 3
    if (this.start > this.#bytes.length) return this.#fail('truncated')
    const header = this.#uint24(this.#at)
    const size = header >>> 3
    this.isLastBlock = (header & 1) === 1
    this.blockType = (header >>> 1) & 3
    if (this.blockType === 3) return this.#fail('reserved-block')
    if (size > this.maxBlockBytes) return this.#fail('block-size')
    this.end = this.start + (this.blockType === zstdBlock.rle ? 1 : size)
    this.outputBytes = this.blockType === zstdBlock.compressed ? this.maxBlockBytes : size
    this.#at = this.end + (this.isLastBlock && this.#hasChecksum ? 4 : 0)
    return this.#at <= this.#bytes.length || this.#fail('truncated')
  }
}

/**
 * Bounds the output of zstd bytes by their headers alone, and proves that the last frame ends with the last byte.
 * Time is linear in the input: 8 MiB of empty blocks take 40 ms, 8 MiB of one-byte frames 90 ms.
 *
 * The bound comes from the blocks even where a frame states its content size, since the decoder compares the two only
 * at the frame's end: 16 kB that state 1 MiB cost 513 MiB of RSS before `@mongodb-js/zstd` 1.2.2 called them corrupt.
 */
export const walkZstd = (bytes: Uint8Array): ZstdWalk => {
  const cursor = new ZstdCursor(bytes)
  let statedFrames = 0
  let minOutputBytes = 0
  let maxOutputBytes = 0
  let frameMin = 0
  let frameMax = 0
  while (cursor.next()) {
    frameMin += cursor.blockType === zstdBlock.compressed ? 0 : cursor.outputBytes
    frameMax += cursor.outputBytes
    if (!cursor.isLastBlock) continue
    const stated = cursor.statedBytes
    if (stated >= 0 && (stated < frameMin || stated > frameMax)) return { fault: 'content-size' }
    if (stated >= 0) statedFrames += 1
    minOutputBytes += Math.max(frameMin, stated)
    maxOutputBytes += frameMax
    frameMin = frameMax = 0
  }
  const { fault, frames } = cursor
  return fault === undefined ? { frames, statedFrames, minOutputBytes, maxOutputBytes } : { fault }
}
