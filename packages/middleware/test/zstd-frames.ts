/** zstd frames by hand, for layouts that no compressor writes, and frames of other writers. */
import { createRequire } from 'node:module'
import type { compress } from '@mongodb-js/zstd'

/** The native `compress`: the package's own wrapper drops the level. */
export const compressAt: typeof compress = createRequire(__filename)('@mongodb-js/zstd/bindings').compress

export const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex')

const little = (value: number | bigint, size: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes.subarray(0, size)
}
/** A block: its type, the size its header states, its content. */
export const block = (type: number, size: number, content: Uint8Array | string = '') =>
  Buffer.concat([little((size << 3) | (type << 1), 3), Buffer.from(content)])
export const raw = (content: Uint8Array | string) => block(0, content.length, content)
export const rle = (size: number) => block(1, size, 'a')
export const compressed = (content: Uint8Array) => block(2, content.length, content)

/** What a frame's header holds, and how it ends. */
interface Frame {
  /** Bits of the descriptor beside those that the rest implies. */
  bits?: number
  /** The Window_Descriptor; without one the frame is a single segment. */
  window?: number | undefined
  /** Dictionary_ID and its size in bytes. */
  dictionary?: [id: number, size: 1 | 2 | 4]
  /** Frame_Content_Size and its size in bytes. */
  content?: [bytes: number | bigint, size: 1 | 2 | 4 | 8]
  /** Says of no block that it is the last. */
  isOpen?: boolean
}

/** A window of 2^log bytes and `eighths` more. */
export const window = (log: number, eighths = 0): number => ((log - 10) << 3) | eighths

/** A frame of these blocks; by default with a window of 128 KiB and without a content size. */
export const frame = (blocks: readonly Buffer[], options: Frame = {}): Buffer => {
  const { bits = 0, dictionary, content, isOpen = false } = options
  const windowByte = 'window' in options ? options.window : window(17)
  const descriptor =
    bits |
    (dictionary ? [1, 2, 4].indexOf(dictionary[1]) + 1 : 0) |
    (windowByte === undefined ? 0x20 : 0) |
    (content ? [1, 2, 4, 8].indexOf(content[1]) << 6 : 0)
  const last = Buffer.from(blocks.at(-1) ?? '')
  if (last.length > 0 && !isOpen) last[0] = (last[0] ?? 0) | 1
  return Buffer.concat([
    hex('28b52ffd'),
    Buffer.from(windowByte === undefined ? [descriptor] : [descriptor, windowByte]),
    dictionary ? little(...dictionary) : Buffer.alloc(0),
    content ? little(content[1] === 2 ? Number(content[0]) - 256 : content[0], content[1]) : Buffer.alloc(0),
    ...blocks.slice(0, -1),
    last
  ])
}

export const skippable = (content = '', magic = 0x50): Buffer =>
  Buffer.concat([Buffer.from([magic]), hex('2a4d18'), little(content.length, 4), Buffer.from(content)])

/** A compressed block of no literals but one, and `count` sequences of no bits: each repeats three bytes. */
export const matches = (count: number): Buffer => {
  const size =
    count < 128
      ? [count]
      : count < 0x7f00
        ? [128 + (count >> 8), count & 255]
        : [255, (count - 0x7f00) & 255, (count - 0x7f00) >> 8]
  return compressed(Buffer.from([1 << 3, 0x61, ...size, 0x54, 0, 0, 0, 1]))
}

/** The description of a table of finite state entropy, as an encoder writes it (RFC 8878, section 4.1.1). */
export const described = (accuracyLog: number, probabilities: readonly number[]): Buffer => {
  let bits = ''
  const write = (value: number, count: number) => {
    bits = value.toString(2).padStart(count, '0') + bits
  }
  write(accuracyLog - 5, 4)
  let remaining = 2 ** accuracyLog
  for (let symbol = 0; symbol < probabilities.length; ) {
    const probability = probabilities[symbol++] ?? 0
    const value = probability + 1
    const count = Math.floor(Math.log2(remaining + 1)) + 1
    const short = 2 ** count - 2 - remaining
    if (value < short) write(value, count - 1)
    else write(value < 2 ** (count - 1) ? value : value + short, count)
    remaining -= Math.abs(probability)
    if (probability !== 0) continue
    let zeros = 0
    while (probabilities[symbol] === 0) {
      symbol += 1
      zeros += 1
    }
    for (; zeros >= 3; zeros -= 3) write(3, 2)
    write(zeros, 2)
  }
  const bytes = bits.padStart(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? []
  return Buffer.from(bytes.reverse().map((byte) => Number.parseInt(byte, 2)))
}

/** 118 bytes of JSON as the zstd 1.5.4 command line writes them. */
export const cli = {
  check: hex(
    '28b52ffd2476ed010014037b2264617461223a5b7b2274797065223a352c2276616c7565223a37322c2276223a2272657374696e67227d2c33315d7d0300a01380bc3d892a03251de460'
  ),
  noCheck: hex(
    '28b52ffd2076ed010014037b2264617461223a5b7b2274797065223a352c2276616c7565223a37322c2276223a2272657374696e67227d2c33315d7d0300a01380bc3d892a03'
  ),
  noContentSize: hex(
    '28b52ffd0400ed010014037b2264617461223a5b7b2274797065223a352c2276616c7565223a37322c2276223a2272657374696e67227d2c33315d7d0300a01380bc3d892a03251de460'
  ),
  piped: hex(
    '28b52ffd0458ed010014037b2264617461223a5b7b2274797065223a352c2276616c7565223a37322c2276223a2272657374696e67227d2c33315d7d0300a01380bc3d892a03251de460'
  ),
  ultra: hex(
    '28b52ffd2076d5010012430b11a0eddc3dee76dc0ca36a343e3f08509585d500b1f58929f8903b5f7e03e1a3b85a7e071fb5094f0bbf619fd30300a01380bc3d892a03'
  ),
  fast: hex(
    '28b52ffd20762d020094037b2264617461223a5b7b2274797065223a352c2276616c7565223a37322c2276223a2272657374696e67227d2c332c227622312c2276225d7d0300c0d0a0d13d892a03'
  )
}

/**
 * 8,424 bytes of JSON that a writer flushed 24 times (Node 24's zlib, level 19, checksum): 24 compressed blocks, most
 * with the Huffman and sequence tables of a block before.
 */
export const flushed = Buffer.from(
  'KLUv/QQ4xAEAUgMMEaDt3O3S2VxHH8Arugdr/H9DU0nYs8Xt0EqmG7c7uI7v0VMMD1RV7E9BLBpuPpcBAQC0AShkAQCgMTk2LDI4OTYwODcyMTc4MDAwMH0NoED0AcBzByFm3Y5rhsOHiQmEIczyBswBAMJBBgzQ5wCwQUubJEkHXAT3P12knYvIKBqjCQcQoDBmD3CvO8KSbmNIYsdr4fhqbIcDITu7lPDeIHwBADPCA/ffgCIZ00E6p2hazdhcBxXw2IQkTNJ2TCIMkbUX2aVJAXHWaBOn0I7tc1sQZAAAg8AA938PAvDY4Y4g9AAAQ0EC919EQsFYfWwBCuCQ2xwhZt0eQ20IlSMWzCAQNAEAo8EC9z/dpDVFk4rG6DkP4GC7G8KSbCC53ZAUHKcmG52EcrDPvUF0AQAzwgP3X4IiJ6aLtFMEjJqxmT0V8GwmEQaJnUnCINtDZpM0jKVGOx0M2clSbgsCZAAAg8AA938dAvDscG8Q7AAAQwEC9180pThWV7YK4JDbHCFm3R5DbQiVIxbMIBA8AQDjQQP3P4VDLodFQCgao58DEvAhZt0eq1vjtUFs9WpXZ+Fwfik3AgGEAQCTQgT3XwAWgVM85SbQmotIqhmb5xv4EL4VfykQs7AZlxkV/SnHoq0zRFgAhYpxm4JkAACDwAD3Pw8CzGDEBiDcAAAzAQL3XwS0eqyuLQrgoB8hZt2OXTvUaZswFgQ0AQDjQQP3P+Uk0JmLSCkao1sHEvAhZt2OrVvxtSB2vdnhLJzOl3InEIQBAJNCBPdfgYtkA6YfwnKgaELN2LwdG/gQvhV/KRCzsBmXiY1+e01mbX+mISBPfW0GAmQAAIPAAPf/HALMYMQGIPwAAGNBAvdfREbBWM3hLQogoB9B4rtGy2K5vofY0deIsUFEAQDjAQP3P30QdhgomlYco+sTsDBsDyF+3YplvRjXYfy6jV1vmGNb3RYEbAEAg0IE918DKM4KTmGSO8MioNRjcw8c+BC+FX8qOofNH8mCrWq6eeudFverKPkNZAAAk8AA9/88AsBgiRuA3AAAQwEC9180qThWD7cK4KAfIX7diq85fMeXxdgbNAEA40ED9z+FRW6HRcCox2jGARPwIX7dil3bsXUYv25j1xu28+JuewN8AQCTQgT33wAWgYynHAR65yLSCsbmOhz4EL4VfyoQc9gMH8nCrarcJ+7/1e8vhkoOAgEAACDuFLM=',
  'base64'
)
