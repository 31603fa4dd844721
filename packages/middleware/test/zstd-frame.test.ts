import { compress, decompress } from '@mongodb-js/zstd'
import fc from 'fast-check'
import { walkZstd } from '../src/body/zstd-frame'
import { measureZstd } from '../src/body/zstd-measure'
import { cli, compressAt, flushed, frame, matches, raw, skippable } from './zstd-frames'
import { bombs, damaged, sound } from './zstd-vectors'

const bounds = (bytes: Uint8Array) => {
  const walk = walkZstd(bytes)
  return walk.fault ?? [walk.minOutputBytes, walk.maxOutputBytes]
}
const measure = (bytes: Uint8Array, maxBytes = Number.MAX_SAFE_INTEGER) => {
  const measuring = measureZstd(bytes, maxBytes)
  let slices = 1
  let step = measuring.next()
  for (; !step.done; step = measuring.next()) slices += 1
  return { size: step.value, slices }
}
/** What the decoder makes of the bytes: their output's size, or nothing. */
const decodedSize = (bytes: Uint8Array) =>
  decompress(Buffer.from(bytes)).then(
    ({ length }) => length,
    () => undefined
  )

/** Data of every kind a compressor treats differently: noise, runs, and text that repeats itself. */
const noise = fc.uint8Array({ maxLength: 3_000, size: 'max' }).map((bytes) => Buffer.from(bytes))
const text = fc
  .array(
    fc.oneof(fc.constantFrom('"value":', '"startTimestamp":17', 'aaaaaaaaaaaaaaaa', '},{'), fc.nat().map(String)),
    {
      maxLength: 3_000,
      size: 'max'
    }
  )
  .map((words) => Buffer.from(words.join('')))
const runs = fc
  .array(fc.tuple(fc.nat(255), fc.nat(100_000)), { maxLength: 5 })
  .map((parts) => Buffer.concat(parts.map(([byte, size]) => Buffer.alloc(size, byte))))
const data = fc.oneof(noise, text, runs)
/** From level 12 on a compressor clears its large tables for the smallest input, too, so these are drawn less often. */
const level = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(-7, 1, 3, 6) },
  { weight: 1, arbitrary: fc.constantFrom(12, 19) }
)

describe('walkZstd', () => {
  test.each(sound)('%s, is bounded', (_name, bytes, walk) => expect(bounds(bytes)).toEqual(walk))
  test.each(damaged)('%s, gets its verdict', (_name, bytes, walk) => expect(bounds(bytes)).toEqual(walk))
  test.each(bombs)('%s, is bounded without decoding', (_name, bytes, walk) => expect(bounds(bytes)).toEqual(walk))

  test('every skippable magic number, is known', () => {
    for (let magic = 0x50; magic <= 0x5f; magic++) expect(bounds(skippable('x', magic))).toEqual([0, 0])
    expect(bounds(skippable('x', 0x4f))).toBe('not-zstd')
    expect(bounds(skippable('x', 0x60))).toBe('not-zstd')
  })

  test('frames, are counted without the skippable ones', () => {
    expect(walkZstd(Buffer.concat([skippable(), cli.check, skippable(), flushed]))).toMatchObject({ frames: 2 })
  })

  test('frames that state their size, are counted, be it of nothing', () => {
    const empty = frame([raw('')], { window: undefined, content: [0, 1] })
    expect(walkZstd(Buffer.concat([empty, cli.piped, cli.check]))).toMatchObject({ frames: 3, statedFrames: 2 })
  })

  test('bytes in the middle of a larger buffer, are read in their place', () => {
    const padded = Buffer.concat([Buffer.alloc(9, 1), cli.check, Buffer.alloc(9, 1)])
    expect(bounds(new Uint8Array(padded.buffer, padded.byteOffset + 9, cli.check.length))).toEqual([118, 118])
  })

  test('every prefix of a frame, is truncated', () => {
    for (const bytes of [cli.check, cli.piped, flushed]) {
      for (let size = 0; size < bytes.length; size++) expect(bounds(bytes.subarray(0, size))).toBe('truncated')
    }
  })

  test('any bytes behind any header, end in bounds or in a fault', () => {
    const header = fc.constantFrom(...[cli.check, cli.piped, flushed].map((bytes) => bytes.subarray(0, 6)))
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        const verdict = bounds(Buffer.concat([start, rest]))
        if (typeof verdict === 'string') return
        expect(verdict[0]).toBeLessThanOrEqual(verdict[1] ?? -1)
      }),
      { numRuns: 1_000 }
    )
  })

  test('8 MiB of the smallest blocks, are walked once', () => {
    // Three million steps; anything but linear would not come back within the test's time.
    const blocks = Buffer.concat([
      frame([raw('')], { isOpen: true }),
      Buffer.alloc(3 * 2_796_200),
      frame([raw('x')]).subarray(6)
    ])
    expect(bounds(blocks)).toEqual([1, 1])
  })
})

describe('measureZstd', () => {
  const walked = [...sound, ...damaged, ...bombs].filter(([, , walk]) => typeof walk !== 'string')

  test.each(walked)('%s, is measured as it is decoded', async (_name, bytes, _walk, outcome) => {
    if (outcome === 'corrupt') expect(await decodedSize(bytes)).toBeUndefined()
    else expect(measure(bytes, 1024 * 1024).size).toBe(outcome)
  })

  test('what a compressor writes at any level, is bounded from above and below, and measured to the byte', async () => {
    await fc.assert(
      fc.asyncProperty(data, level, async (bytes, at) => {
        const packed = await compressAt(bytes, at)
        const walk = walkZstd(packed)
        if (walk.fault !== undefined) throw new Error(walk.fault)
        expect(walk.minOutputBytes).toBeLessThanOrEqual(bytes.length)
        expect(walk.maxOutputBytes).toBeGreaterThanOrEqual(bytes.length)
        expect(walk.frames).toBe(1)
        expect(measure(packed).size).toBe(bytes.length)
        expect(measure(packed, bytes.length).size).toBe(bytes.length)
        if (bytes.length > 0) expect(measure(packed, bytes.length - 1).size).toBe('too-large')
      })
    )
  })

  test('a frame with any bytes changed, is measured to the byte where the decoder accepts it', async () => {
    const whole = await Promise.all(
      [1, 19].map((at) => compressAt(Buffer.from('{"value":72},'.repeat(40) + Math.PI), at))
    )
    const change = fc.record({ at: fc.nat(), xor: fc.integer({ min: 1, max: 255 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...whole, flushed, cli.piped),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        async (bytes, changes) => {
          const changed = Buffer.from(bytes)
          for (const { at, xor } of changes) changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ xor
          const walk = walkZstd(changed)
          // Past 16 MiB the decoder is not asked: it has no limit.
          if (walk.fault === undefined && walk.maxOutputBytes > 16 * 1024 * 1024) return
          const decoded = await decodedSize(changed)
          if (decoded === undefined) return
          expect(walk).toMatchObject({ frames: expect.any(Number) })
          expect(measure(changed).size).toBe(decoded)
        }
      ),
      { numRuns: 1_000 }
    )
  })

  test('a million steps, 8 a block, are a slice', () => {
    const blocks = (count: number) =>
      Buffer.concat([frame([raw('')], { isOpen: true }), Buffer.alloc(3 * (count - 2)), Buffer.of(1, 0, 0)])
    expect(measure(blocks(124_999))).toEqual({ size: 0, slices: 1 })
    expect(measure(blocks(125_000))).toEqual({ size: 0, slices: 2 })
    expect(measure(blocks(249_999))).toEqual({ size: 0, slices: 2 })
    expect(measure(blocks(250_000))).toEqual({ size: 0, slices: 3 })
  })

  test('a million sequences, are measured in slices', () => {
    const { size, slices } = measure(frame([raw('abcdefgh'), ...Array.from({ length: 30 }, () => matches(40_000))]))
    expect(size).toBe(8 + 30 * 120_001)
    expect(slices).toBeGreaterThan(3)
  })

  test('a bomb, costs no more than its first blocks', async () => {
    const bomb = await compress(Buffer.alloc(64 * 1024 * 1024))
    expect(measure(bomb).size).toBe(64 * 1024 * 1024)
    expect(measure(bomb, 1024)).toEqual({ size: 'too-large', slices: 1 })
  })
})
