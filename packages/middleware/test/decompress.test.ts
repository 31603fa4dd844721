import util from 'node:util'
import zlib from 'node:zlib'
import { decompress as decodeZstd } from '@mongodb-js/zstd'
import fc from 'fast-check'
import { type ContentEncoding, contentEncodingOf, decompress } from '../src/body/decompress'
import { ThryveError } from '../src/errors'
import { cli, compressAt, compressed, flushed, frame, hex } from './zstd-frames'
import { bombs, damaged, sound } from './zstd-vectors'

const MIB = 1024 * 1024
const json =
  '{"data":[{"type":5,"value":72,"v":"resting"},{"type":5,"value":73,"v":"resting"},{"type":5,"value":71,"v":"resting"}]}'
/** Kept: what a test allocates is counted. */
const zeros = Buffer.alloc(64 * MIB)
const encoders: Record<ContentEncoding, (bytes: Uint8Array) => Buffer | Promise<Buffer>> = {
  zstd: (bytes) => compressAt(Buffer.from(bytes)),
  gzip: (bytes) => zlib.gzipSync(bytes),
  br: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }),
  identity: (bytes) => Buffer.from(bytes)
}
const encodings = Object.keys(encoders) as ContentEncoding[]
const packed = encodings.filter((encoding) => encoding !== 'identity')

/** The output's size, `too-large`, or the reason of the failure. Anything else than a typed error is thrown on. */
const outcome = async (body: Uint8Array, encoding: ContentEncoding = 'zstd', maxBytes = MIB) => {
  try {
    return (await decompress(body, { encoding, maxBytes })).length
  } catch (error) {
    if (!(error instanceof ThryveError)) throw error
    if (error.code === 'THRYVE_DECOMPRESSED_TOO_LARGE') return 'too-large'
    if (error.code === 'THRYVE_DECOMPRESSION_FAILED' && error.reason !== 'too-large') return error.reason
    throw error
  }
}

describe('contentEncodingOf', () => {
  test.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['  ', 'identity'],
    ['identity', 'identity'],
    ['zstd', 'zstd'],
    [' ZSTD ', 'zstd'],
    ['gzip', 'gzip'],
    ['X-GZip', 'gzip'],
    ['br', 'br'],
    ['\tBr', 'br'],
    ['deflate', undefined],
    ['compress', undefined],
    ['dcz', undefined],
    ['gzip, zstd', undefined],
    ['zstd,', undefined],
    ['zstd;q=1', undefined],
    ['constructor', undefined],
    ['*', undefined]
  ])('%j, is %s', (header, encoding) => expect(contentEncodingOf(header)).toBe(encoding))
})

describe('decompress: zstd', () => {
  test.each(sound)('%s, is decoded', async (_name, bytes, _walk, size) => expect(await outcome(bytes)).toBe(size))
  test.each(damaged)('%s, fails with its reason', async (_name, bytes, _walk, reason) =>
    expect(await outcome(bytes)).toBe(reason)
  )
  test.each(bombs)('%s, is too large', async (_name, bytes) => expect(await outcome(bytes)).toBe('too-large'))

  test.each(Object.entries(cli))('command line frame %s, gives its JSON back', async (_name, bytes) => {
    expect(Buffer.from(await decompress(bytes, { encoding: 'zstd', maxBytes: MIB })).toString()).toBe(json)
  })

  test('the exact limit, is kept whether the headers or the sequences settle it', async () => {
    expect(await outcome(flushed, 'zstd', 8_424)).toBe(8_424)
    expect(await outcome(flushed, 'zstd', 8_423)).toBe('too-large')
    expect(await outcome(cli.check, 'zstd', 118)).toBe(118)
    expect(await outcome(cli.check, 'zstd', 117)).toBe('too-large')
  })

  test('a stated size over the limit, settles it before anything is measured', async () => {
    const blocks = [...Array(9).fill(compressed(hex('086100'))), compressed(hex('f86100'))]
    expect(await outcome(frame(blocks))).toBe('sequences')
    expect(await outcome(frame(blocks, { content: [MIB + 1, 4] }))).toBe('too-large')
  })

  test('the decoder itself, would take a size that is not true', async () => {
    // Why the receiver compares: should this fail one day, the comparison can go.
    const [, bytes] = damaged.find(([name]) => name === 'one frame said to be larger, unmeasured') ?? []
    expect((await decodeZstd(bytes ?? Buffer.alloc(0))).length).toBe(120_010)
  })
})

describe('decompress: gzip and br', () => {
  test.each([
    ['two gzip members', 'gzip', Buffer.concat([zlib.gzipSync('ab'), zlib.gzipSync('cd')]), 4],
    ['no gzip member', 'gzip', Buffer.alloc(0), 'truncated'],
    ['a zero behind gzip', 'gzip', Buffer.concat([zlib.gzipSync('ab'), Buffer.alloc(1)]), 'trailing-bytes'],
    [
      'a member behind a zero',
      'gzip',
      Buffer.concat([zlib.gzipSync('a'), Buffer.alloc(1), zlib.gzipSync('b')]),
      'trailing-bytes'
    ],
    ['text behind gzip', 'gzip', Buffer.concat([zlib.gzipSync('ab'), Buffer.from('x')]), 'truncated'],
    ['more text behind gzip', 'gzip', Buffer.concat([zlib.gzipSync('ab'), Buffer.from('junk')]), 'corrupt'],
    ['a wrong gzip checksum', 'gzip', Buffer.concat([zlib.gzipSync('ab').subarray(0, -8), Buffer.alloc(8)]), 'corrupt'],
    ['zlib as gzip', 'gzip', zlib.deflateSync('ab'), 'corrupt'],
    ['zstd as gzip', 'gzip', cli.check, 'corrupt'],
    ['no br stream', 'br', Buffer.alloc(0), 'truncated'],
    ['a zero behind br', 'br', Buffer.concat([zlib.brotliCompressSync('ab'), Buffer.alloc(1)]), 'trailing-bytes'],
    [
      'two br streams',
      'br',
      Buffer.concat([zlib.brotliCompressSync('ab'), zlib.brotliCompressSync('cd')]),
      'trailing-bytes'
    ],
    ['text as br', 'br', Buffer.from('zzzzzzz'), 'corrupt'],
    ['64 MiB in gzip', 'gzip', zlib.gzipSync(zeros), 'too-large'],
    ['64 MiB in br', 'br', zlib.brotliCompressSync(zeros), 'too-large']
  ] as const)('%s, has its outcome', async (_name, encoding, bytes, result) =>
    expect(await outcome(bytes, encoding)).toBe(result)
  )
})

describe('decompress: every encoding', () => {
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 3_000, size: 'max' }),
    fc
      .array(fc.constantFrom('{"value":', '}', '72', 'aaaaaaaaaaaa'), { maxLength: 3_000, size: 'max' })
      .map((words) => Buffer.from(words.join('')))
  )

  test.each(encodings)('%s: any data, comes back within the limit and not beyond', async (encoding) => {
    await fc.assert(
      fc.asyncProperty(data, async (bytes) => {
        const body = await encoders[encoding](bytes)
        const output = await decompress(body, { encoding, maxBytes: Math.max(1, bytes.length) })
        expect(Buffer.compare(output, bytes)).toBe(0)
        if (bytes.length > 1) expect(await outcome(body, encoding, bytes.length - 1)).toBe('too-large')
      })
    )
  })

  test.each(packed)('%s: any truncation, is refused', async (encoding) => {
    const body = await encoders[encoding](Buffer.from(json))
    for (let size = 0; size < body.length; size++)
      expect(await outcome(body.subarray(0, size), encoding)).toBe('truncated')
  })

  test.each(packed)('%s: any junk behind, is refused', async (encoding) => {
    const body = await encoders[encoding](Buffer.from(json))
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 40 }), async (junk) => {
        expect(await outcome(Buffer.concat([body, junk]), encoding)).toEqual(expect.any(String))
      })
    )
  })

  test.each(packed)('%s: any change of bytes, ends in bytes within the limit or in a typed error', async (encoding) => {
    const body = encoding === 'zstd' ? flushed : await encoders[encoding](Buffer.from(json.repeat(40)))
    const change = fc.record({ at: fc.nat(), xor: fc.integer({ min: 1, max: 255 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(), async (changes, cut) => {
        const changed = Buffer.from(body)
        for (const { at, xor } of changes) changed[at % body.length] = (changed[at % body.length] ?? 0) ^ xor
        const result = await outcome(changed.subarray(0, body.length - (cut % 4)), encoding, 64 * 1024)
        if (typeof result === 'number') expect(result).toBeLessThanOrEqual(64 * 1024)
      }),
      { numRuns: 500 }
    )
  })

  test.each(encodings)('%s: the output, shares no memory with the body', async (encoding) => {
    const body = await encoders[encoding](Buffer.from(json))
    const output = await decompress(body, { encoding, maxBytes: MIB })
    body.fill(0)
    expect(Buffer.from(output).toString()).toBe(json)
  })

  test.each(encodings)('%s: an error, holds nothing of the payload', async (encoding) => {
    const secret = 'heart-rate-72'
    const body = await encoders[encoding](Buffer.from(secret.repeat(99)))
    const errors = await Promise.all(
      [body, Buffer.concat([body, Buffer.from(secret)]), Buffer.from(secret)].map((bytes) =>
        decompress(bytes, { encoding, maxBytes: 5 }).catch((error) => error)
      )
    )
    for (const { code, message, cause, reason } of errors) {
      expect(code).toMatch(/^THRYVE_/)
      expect(JSON.stringify([message, reason, String(cause), { ...cause }])).not.toContain('heart')
    }
  })

  test('an error, has a cause where a decoder threw one', async () => {
    const junk = Buffer.concat([cli.check.subarray(0, -4), Buffer.alloc(4)])
    const failures = [
      ['zstd', junk, true],
      ['gzip', junk, true],
      ['br', Buffer.alloc(0), true],
      ['br', Buffer.concat([zlib.brotliCompressSync('ab'), Buffer.alloc(1)]), false],
      ['zstd', Buffer.alloc(8), false]
    ] as const
    for (const [encoding, body, hasCause] of failures) {
      const error = await decompress(body, { encoding, maxBytes: MIB }).catch((error) => error)
      expect([encoding, Object.hasOwn(error, 'cause')]).toEqual([encoding, hasCause])
      if (hasCause) expect(util.types.isNativeError(error.cause)).toBe(true)
    }
  })

  test.each(packed)('%s: 64 MiB over the limit, are refused before they are allocated', async (encoding) => {
    const body = await encoders[encoding](zeros)
    const before = process.memoryUsage().arrayBuffers
    expect(await outcome(body, encoding)).toBe('too-large')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * MIB)
  })

  test.each(packed)('%s: a limit beyond every buffer, is taken', async (encoding) => {
    const body = await encoders[encoding](Buffer.from(json))
    expect(await outcome(body, encoding, Number.MAX_SAFE_INTEGER)).toBe(json.length)
  })

  test.each(encodings)('%s: a limit that is no number, lets nothing through', async (encoding) => {
    const body = await encoders[encoding](Buffer.from(json))
    await expect(decompress(body, { encoding, maxBytes: Number.NaN })).rejects.toThrow()
  })
})
