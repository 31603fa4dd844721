/** Compressed blocks, most of them by hand: what each yields, and why others yield nothing. */
import { measureZstd } from '../src/body/zstd-measure'
import { ZstdBlockSizer } from '../src/body/zstd-sequences'
import { cli, compressAt, described, flushed, hex } from './zstd-frames'

const MAX = 128 * 1024

/** A literals section of one byte. */
const literal = hex('0861')
/** Modes of three tables of one symbol each. */
const SYMBOLS = 0x54
/** One symbol for all sequences: literal length, offset, match length. */
const symbols = (literalLength: number, offset: number, matchLength: number) =>
  Buffer.from([SYMBOLS, literalLength, offset, matchLength])
const block = (...parts: readonly (Uint8Array | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part)))

/** Sizes a block in the middle of others' bytes. */
const sized = (content: Buffer, maxBytes = MAX, sizer = new ZstdBlockSizer()) => {
  const bytes = Buffer.concat([Buffer.alloc(7, 0x55), content, Buffer.alloc(7, 0x01)])
  return sizer.measure(bytes, 7, 7 + content.length, maxBytes)
}
const steps = (...contents: Buffer[]) => {
  const sizer = new ZstdBlockSizer()
  for (const content of contents) sized(content, MAX, sizer)
  return sizer.steps
}

/** The header of a literals section: its type, its format, and its numbers with their bits. */
const literals = (type: number, format: number, numbers: readonly (readonly [value: number, bits: number])[]) => {
  let value = BigInt(type | (format << 2))
  let at = format === 0 && type < 2 ? 3n : 4n
  for (const [number, bits] of numbers) {
    value |= BigInt(number) << at
    at += BigInt(bits)
  }
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes.subarray(0, Math.ceil(Number(at) / 8))
}

describe('ZstdBlockSizer: literals', () => {
  const noSequences = [0]
  const content = (size: number) => Buffer.alloc(size, 0xff)

  test.each<[string, Buffer, number]>([
    ['raw, 5 bits', block(literals(0, 0, [[31, 5]]), content(31)), 31],
    ['raw, 12 bits', block(literals(0, 1, [[4_095, 12]]), content(4_095)), 4_095],
    ['raw, 20 bits', block(literals(0, 3, [[70_000, 20]]), content(70_000)), 70_000],
    ['one byte repeated, 5 bits', block(literals(1, 0, [[31, 5]]), content(1)), 31],
    ['one byte repeated, 12 bits', block(literals(1, 1, [[4_095, 12]]), content(1)), 4_095],
    ['one byte repeated, 20 bits', block(literals(1, 3, [[MAX, 20]]), content(1)), MAX],
    [
      'compressed in one stream',
      block(
        literals(2, 0, [
          [1_023, 10],
          [9, 10]
        ]),
        content(9)
      ),
      1_023
    ],
    [
      'compressed in four streams, 10 bits',
      block(
        literals(2, 1, [
          [1_023, 10],
          [1_000, 10]
        ]),
        content(1_000)
      ),
      1_023
    ],
    [
      'compressed, 14 bits',
      block(
        literals(2, 2, [
          [16_383, 14],
          [16_000, 14]
        ]),
        content(16_000)
      ),
      16_383
    ],
    [
      'compressed, 18 bits',
      block(
        literals(2, 3, [
          [MAX, 18],
          [100_000, 18]
        ]),
        content(100_000)
      ),
      MAX
    ],
    [
      'compressed with the tree before, 18 bits',
      block(
        literals(3, 3, [
          [5, 18],
          [3, 18]
        ]),
        content(3)
      ),
      5
    ]
  ])('%s, are the output of a block without sequences', (_name, section, size) => {
    expect(sized(block(section, noSequences), size)).toBe(size)
    expect(sized(block(section, noSequences), size - 1)).toBe(-1)
    expect(sized(block(section, noSequences, [0]))).toBe(-1)
    expect(sized(section)).toBe(-1)
    expect(sized(section.subarray(0, -1))).toBe(-1)
  })
})

describe('ZstdBlockSizer: sequences', () => {
  test.each<[count: number, field: number[]]>([
    [1, [1]],
    [127, [127]],
    [128, [128, 128]],
    [300, [129, 44]],
    [0x7eff, [254, 255]],
    [0x7f00, [255, 0, 0]],
    [0x8001, [255, 1, 1]]
  ])('%i of them, are counted', (count, field) => {
    expect(sized(block(literal, field, symbols(0, 0, 0), [1]))).toBe(1 + 3 * count)
  })

  test.each<[string, Buffer, number]>([
    ['the longest literal length', block(literal, [1], symbols(35, 0, 0), hex('000001')), 1 + 3],
    ['the largest offset', block(literal, [1], symbols(0, 31, 0), hex('00000080')), 1 + 3],
    ['the longest match code', block(literal, [1], symbols(0, 0, 52), hex('000001')), 1 + 65_539],
    ['and all its bits', block(literal, [1], symbols(0, 0, 52), hex('34f201')), 1 + 65_539 + 0xf234],
    [
      'and its highest bit, in a third byte',
      block(literal, [1], symbols(16, 0, 52), hex('000003')),
      1 + 65_539 + 0x8000
    ],
    ['bits of all three', block(literal, [2], symbols(16, 1, 32), hex('50')), 1 + 2 * 35 + 1]
  ])('%s, is read', (_name, content, size) => expect(sized(content)).toBe(size))

  test('the predefined offset codes, are those of RFC 8878, appendix A, by state', () => {
    const codes = [
      0, 6, 9, 15, 21, 3, 7, 12, 18, 23, 5, 8, 14, 20, 2, 7, 11, 17, 22, 4, 8, 13, 19, 1, 6, 10, 16, 28, 27, 26, 25, 24
    ]
    for (const [state, code] of codes.entries()) {
      // Its 5 bits, and as many as the code says; the mark is above them.
      const bits = Buffer.alloc(5)
      bits.writeUIntLE((32 + state) * 2 ** code, 0, 5)
      const content = block(literal, [1], [0x44, 0, 0], bits.subarray(0, Math.floor((5 + code) / 8) + 1))
      expect([state, sized(content)]).toEqual([state, 1 + 3])
    }
  })

  test.each<[string, Buffer]>([
    ['a literal length beyond the codes', block(literal, [1], symbols(36, 0, 0), [1])],
    ['an offset beyond the codes', block(literal, [1], symbols(0, 32, 0), hex('0000000001'))],
    ['a match length beyond the codes', block(literal, [1], symbols(0, 0, 53), [1])],
    ['reserved modes', block(literal, [1], [SYMBOLS | 1, 0, 0, 0, 1])],
    ['literal lengths of no block before', block(literal, [1], [0xd4, 0, 0, 1])],
    ['offsets of no block before', block(literal, [1], [0x74, 0, 0, 1])],
    ['match lengths of no block before', block(literal, [1], [0x5c, 0, 0, 1])],
    ['a table of no block before', block(literal, [1], [0xfc, 1])],
    ['a bit too many', block(literal, [1], symbols(0, 0, 0), [2])],
    ['a byte too many', block(literal, [1], symbols(0, 0, 0), [0, 1])],
    ['a bit too few', block(literal, [1], symbols(0, 1, 0), [1])],
    ['no mark behind the bits', block(literal, [7], symbols(16, 0, 0), [0, 0])],
    ['no bits', block(literal, [1], symbols(0, 0, 0))],
    ['no tables', block(literal, [1])]
  ])('%s, is malformed', (_name, content) => expect(sized(content)).toBe(-1))

  test('the most bytes, are held to the byte', () => {
    const content = block(literal, [10], symbols(0, 0, 0), [1])
    expect(sized(content, 31)).toBe(31)
    expect(sized(content, 30)).toBe(-1)
    expect(sized(content, 28)).toBe(-1)
  })

  test('the tables of the block before, are there until they are forgotten', () => {
    const sizer = new ZstdBlockSizer()
    const again = block(literal, [2], [0xfc], [1])
    expect(sized(block(literal, [1], symbols(0, 0, 7), [1]), MAX, sizer)).toBe(1 + 10)
    expect(sized(again, MAX, sizer)).toBe(1 + 20)
    sizer.reset()
    expect(sized(again, MAX, sizer)).toBe(-1)
  })

  // Each of these takes one bit a sequence from the tables before: where its own are passed over, the bits fit.
  test.each<[string, number[]]>([
    ['reserved modes', [SYMBOLS | 1, 16, 0, 0]],
    ['other reserved modes', [SYMBOLS | 2, 16, 0, 0]],
    ['a literal length beyond the codes', [SYMBOLS, 36, 0, 0]],
    ['an offset beyond the codes', [SYMBOLS, 16, 32, 0]],
    ['a match length beyond the codes', [SYMBOLS, 16, 0, 53]],
    ['a malformed table', [0x94, 0xff, 0, 0]]
  ])('%s, is malformed behind a sound block, however many sequences', (_name, tables) => {
    const sound = block(literal, [1], symbols(16, 0, 0), [2])
    for (let count = 1; count < 128; count++) {
      const sizer = new ZstdBlockSizer()
      expect(sizer.measure(sound, 0, sound.length, MAX)).toBe(1 + 3)
      const content = block(literal, [count], tables, [1])
      expect([count, sizer.measure(content, 0, content.length, MAX)]).toEqual([count, -1])
    }
  })
})

describe('ZstdBlockSizer: steps', () => {
  test('64 a block, 4 a sequence, and the cells of each table', () => {
    const table = described(5, [32])
    expect(steps(block(literal, [0]))).toBe(64)
    expect(steps(block(literal, [0]), block(literal, [10], symbols(0, 0, 0), [1]))).toBe(64 + 64 + 40)
    const withTable = block(literal, [2], [0x94], table, [0, 0], [0x20])
    expect(sized(withTable)).toBe(1 + 6)
    expect(steps(withTable)).toBe(64 + 32 + 8)
  })
})

describe('ZstdBlockSizer: blocks of a compressor', () => {
  const sizeOf = (frame: Uint8Array) => measureZstd(frame, MAX).next().value

  test('those of the command line and of a writer that flushes, yield their text', () => {
    expect(Object.values(cli).map(sizeOf)).toEqual(Object.values(cli).map(() => 118))
    expect(sizeOf(flushed)).toBe(8_424)
  })

  test.each([-7, 1, 3, 9])('level %i: matches and literals of every length, are summed', async (level) => {
    for (let size = 1; size < 70_000; size = Math.ceil(size * 1.7)) {
      // Runs of the same text and of noise, each twice as long as the one before.
      const parts = Array.from({ length: 12 }, (_, index) => {
        const noise = Array.from({ length: 2 ** index }, (_, at) => (at * at * 31 + index * 7 + (at >> 3)) & 0xff)
        return Buffer.concat([Buffer.from(noise), Buffer.alloc(2 ** index, '{"value":72},')])
      })
      const text = Buffer.concat([...parts, ...parts.reverse(), Buffer.alloc(size, 'a')]).subarray(
        -size - (size % 7_001)
      )
      expect(sizeOf(await compressAt(text, level))).toBe(text.length)
    }
  })
})
