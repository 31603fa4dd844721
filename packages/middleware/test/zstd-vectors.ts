/** What is a zstd body and what is not: the walker's verdict and the receiver's, with a limit of 1 MiB of output. */
import { gzipSync } from 'node:zlib'
import { block, cli, compressed, flushed, frame, hex, matches, raw, rle, skippable, window } from './zstd-frames'

/** The output in bytes, `too-large`, or the failure's reason. */
export type Outcome = number | string

/** `walk`: the bounds in bytes, or the fault. */
export type Vector = readonly [
  name: string,
  bytes: Buffer,
  walk: string | readonly [min: number, max: number],
  outcome: Outcome
]

const KIB = 1024
const MIB = 1024 * KIB
const FULL = 128 * KIB
const times = (count: number, make: Buffer): Buffer[] => Array.from({ length: count }, () => make)
const join = (...parts: Buffer[]): Buffer => Buffer.concat(parts)

const hi = frame([raw('hi')])
/** The flushed frame's blocks and checksum under a header that states a content size. */
const flushedStating = (bytes: number) =>
  join(
    hex('28b52ffd84'),
    Buffer.from([window(17)]),
    frame([], { content: [bytes, 4] }).subarray(6),
    flushed.subarray(6)
  )
/** A match length table that ends in the middle of nowhere. */
const badTable = compressed(Buffer.from([0, 1, 0x08, 0xff, 0xff, 1]))
/** `8 + 60_001 * blocks` bytes that are said to be others. The empty last block keeps zstd 1.5.2 from comparing. */
const lie = (stated: number, blocks = 2) =>
  frame([raw('abcdefgh'), ...times(blocks, matches(20_000)), raw('')], { content: [stated, 4] })
/** Enough to send the walker's bound over 1 MiB. */
const filler = times(8, compressed(hex('086100')))

export const sound: readonly Vector[] = [
  ['the truth, before an empty last block', lie(120_010), [120_010, 8 + 2 * FULL], 120_010],
  ['the empty frame of a compressor', hex('28b52ffd 20 00 010000'), [0, 0], 0],
  ['a raw block', hi, [2, 2], 2],
  ['a raw block, single segment', frame([raw('hi')], { window: undefined, content: [2, 1] }), [2, 2], 2],
  ['an RLE block', frame([rle(5)]), [5, 5], 5],
  ['the largest RLE block', frame([rle(FULL)]), [FULL, FULL], FULL],
  ['an RLE block of nothing', frame([rle(0), raw('hi')]), [2, 2], 2],
  ['8 full RLE blocks, just the limit', frame(times(8, rle(FULL))), [MIB, MIB], MIB],
  ['10,000 raw blocks of 3 bytes', frame(times(10_000, raw('abc'))), [30_000, 30_000], 30_000],
  ['10,000 empty raw blocks', frame([...times(10_000, raw('')), raw('x')]), [1, 1], 1],
  ['command line, checksum', cli.check, [118, 118], 118],
  ['command line, no checksum', cli.noCheck, [118, 118], 118],
  ['command line, no content size', cli.noContentSize, [0, KIB], 118],
  ['command line, piped', cli.piped, [0, FULL], 118],
  ['command line, level 22', cli.ultra, [118, 118], 118],
  ['command line, level -5', cli.fast, [118, 118], 118],
  ['24 flushed blocks, bound over the limit', flushed, [0, 24 * FULL], 8_424],
  ['the same with its content size', flushedStating(8_424), [8_424, 24 * FULL], 8_424],
  ['sequences without bits', frame([raw('abcdefgh'), matches(100)]), [8, 8 + FULL], 8 + 1 + 300],
  ['a two-byte sequence count', frame([raw('abcdefgh'), matches(300)]), [8, 8 + FULL], 8 + 1 + 900],
  ['a three-byte sequence count', frame([raw('abcdefgh'), ...times(8, matches(33_000))]), [8, 8 + MIB], 8 + 8 * 99_001],
  ['literals alone, nine blocks', frame([...filler, ...filler.slice(0, 1)]), [0, 9 * FULL], 9],
  ['two frames', join(hi, cli.check), [120, 120], 120],
  ['three frames, each with other tables', join(flushed, flushed, cli.piped), [0, 49 * FULL], 2 * 8_424 + 118],
  ['a skippable frame in front', join(skippable('note'), hi), [2, 2], 2],
  ['a skippable frame behind', join(hi, skippable('note', 0x5f)), [2, 2], 2],
  ['skippable frames between', join(hi, skippable(), skippable('x', 0x57), hi), [4, 4], 4],
  ['a skippable frame alone', skippable('note'), [0, 0], 0],
  ['a one-byte dictionary id of 0', frame([raw('hi')], { dictionary: [0, 1] }), [2, 2], 2],
  ['a four-byte dictionary id of 0', frame([raw('hi')], { dictionary: [0, 4] }), [2, 2], 2],
  ['the unused bit set', frame([raw('hi')], { bits: 0x10 }), [2, 2], 2],
  ['the smallest window', frame([rle(KIB)], { window: window(10) }), [KIB, KIB], KIB],
  ['a window of 1,152 bytes', frame([rle(1_152)], { window: window(10, 1) }), [1_152, 1_152], 1_152],
  ['a window of 128 MiB', frame([raw('hi')], { window: window(27) }), [2, 2], 2],
  ['a two-byte content size', frame([rle(300)], { content: [300, 2] }), [300, 300], 300],
  ['a four-byte content size', frame([rle(300)], { content: [300, 4] }), [300, 300], 300],
  ['an eight-byte content size', frame([rle(300)], { content: [300, 8] }), [300, 300], 300]
]

export const damaged: readonly Vector[] = [
  ['nothing', Buffer.alloc(0), 'truncated', 'truncated'],
  ['half a magic number', hex('28b5'), 'truncated', 'truncated'],
  ['no descriptor', hex('28b52ffd'), 'truncated', 'truncated'],
  ['no window', hex('28b52ffd 00'), 'truncated', 'truncated'],
  ['half a content size', hex('28b52ffd a0 0000'), 'truncated', 'truncated'],
  ['no block', frame([]), 'truncated', 'truncated'],
  ['half a block header', hex('28b52ffd 00 38 0100'), 'truncated', 'truncated'],
  ['half a block header of the reserved type', hex('28b52ffd 00 38 06'), 'truncated', 'truncated'],
  ['a magic number alone behind', join(hi, hex('28b52ffd')), 'truncated', 'truncated'],
  ['a large window, its header cut short', hex('28b52ffd c0 ff 00000000000000'), 'truncated', 'truncated'],
  ['a large window, its header whole', hex('28b52ffd c0 ff 0000000000000000'), 'window', 'window'],
  ['a dictionary id cut short', hex('28b52ffd 03 38 010000'), 'truncated', 'truncated'],
  ['a raw block cut short', hi.subarray(0, -1), 'truncated', 'truncated'],
  ['an RLE block without its byte', frame([rle(5)]).subarray(0, -1), 'truncated', 'truncated'],
  ['a checksum cut short', cli.check.subarray(0, -1), 'truncated', 'truncated'],
  ['no last block', frame([raw('hi')], { isOpen: true }), 'truncated', 'truncated'],
  ['a second frame cut short', join(hi, hi.subarray(0, -1)), 'truncated', 'truncated'],
  ['a skippable frame of 4 GiB', join(hi, hex('502a4d18 ffffffff'), hi), 'truncated', 'truncated'],
  ['half a skippable header', join(hi, hex('502a4d18 0000')), 'truncated', 'truncated'],
  ['JSON', Buffer.from('{"data":[]}'), 'not-zstd', 'not-zstd'],
  ['four bytes of JSON', Buffer.from('[{"a'), 'not-zstd', 'not-zstd'],
  ['gzip', gzipSync('hi'), 'not-zstd', 'not-zstd'],
  ['a frame of zstd 0.7', join(hex('27b52ffd'), hi.subarray(4)), 'not-zstd', 'not-zstd'],
  ['a dictionary', hex('37a430ec 01000000'), 'not-zstd', 'not-zstd'],
  ['the magic number backwards', hex('fd2fb528 00'), 'not-zstd', 'not-zstd'],
  ['a line feed behind', join(hi, Buffer.from('\n')), 'trailing-bytes', 'trailing-bytes'],
  ['zeros behind', join(hi, Buffer.alloc(8)), 'trailing-bytes', 'trailing-bytes'],
  ['half a magic number behind', join(hi, hex('28b52f')), 'trailing-bytes', 'trailing-bytes'],
  ['the reserved bit', frame([raw('hi')], { bits: 0x08 }), 'reserved-bits', 'reserved-bits'],
  ['the reserved block type', frame([block(3, 2, 'hi')]), 'reserved-block', 'reserved-block'],
  ['a raw block over 128 KiB', frame([raw(Buffer.alloc(FULL + 1))]), 'block-size', 'block-size'],
  ['an RLE block over 128 KiB', frame([rle(FULL + 1)]), 'block-size', 'block-size'],
  ['an RLE block over its window', frame([rle(KIB + 1)], { window: window(10) }), 'block-size', 'block-size'],
  ['an RLE block over 1,152 bytes', frame([rle(1_153)], { window: window(10, 1) }), 'block-size', 'block-size'],
  [
    'an RLE block over its segment',
    frame([rle(6)], { window: undefined, content: [5, 1] }),
    'block-size',
    'block-size'
  ],
  ['a one-byte dictionary id', frame([raw('hi')], { dictionary: [7, 1] }), 'dictionary', 'dictionary'],
  ['a two-byte dictionary id', frame([raw('hi')], { dictionary: [256, 2] }), 'dictionary', 'dictionary'],
  ['a four-byte dictionary id', frame([raw('hi')], { dictionary: [2 ** 31, 4] }), 'dictionary', 'dictionary'],
  ['a window of 144 MiB', frame([raw('hi')], { window: window(27, 1) }), 'window', 'window'],
  ['the largest window', frame([raw('hi')], { window: window(41, 7) }), 'window', 'window'],
  ['a content size too small', frame([raw('hi')], { content: [1, 4] }), 'content-size', 'content-size'],
  ['a content size too large', frame([raw('hi')], { content: [3, 4] }), 'content-size', 'content-size'],
  ['a content size of nothing', frame([raw('hi')], { content: [0, 4] }), 'content-size', 'content-size'],
  ['a content size of two bytes', frame([rle(300)], { content: [301, 2] }), 'content-size', 'content-size'],
  ['a content size of 2^64 - 1', frame([raw('hi')], { content: [2n ** 64n - 1n, 8] }), 'content-size', 'content-size'],
  ['512 MiB said to be 1 MiB', frame(times(4_096, rle(FULL)), { content: [MIB, 4] }), 'content-size', 'content-size'],
  ['118 bytes said to be 117', join(hex('28b52ffd2075'), cli.noCheck.subarray(6)), [117, 117], 'corrupt'],
  ['flushed blocks said to be larger', flushedStating(8_425), [8_425, 24 * FULL], 'content-size'],
  ['flushed blocks said to be smaller', flushedStating(8_423), [8_423, 24 * FULL], 'content-size'],
  ['one frame said to be larger, unmeasured', lie(120_011), [120_011, 8 + 2 * FULL], 'content-size'],
  ['one frame said to be smaller, within the window', lie(120_009), [120_009, 8 + 2 * FULL], 'corrupt'],
  ['one frame said to be smaller, over the window', lie(400_000, 7), [400_000, 8 + 7 * FULL], 'content-size'],
  ['two lies that cancel out', join(lie(120_011), lie(120_009)), [240_020, 16 + 4 * FULL], 'content-size'],
  [
    'nothing said of a byte, beside a frame',
    join(hi, frame([filler[0] ?? hi], { content: [0, 4] })),
    [2, 2 + FULL],
    'content-size'
  ],
  ['a lie beside a frame that states nothing', join(lie(120_011), cli.piped), [120_011, 8 + 3 * FULL], 'content-size'],
  ['a wrong checksum', join(cli.check.subarray(0, -4), Buffer.alloc(4)), [118, 118], 'corrupt'],
  ['a wrong checksum, measured', join(flushed.subarray(0, -4), Buffer.alloc(4)), [0, 24 * FULL], 'corrupt'],
  ['a match before the beginning', frame([matches(1)]), [0, FULL], 'corrupt'],
  ['a bad table, measured', frame([...filler, badTable]), [0, 9 * FULL], 'sequences'],
  ['a bad table, just the limit', frame([...filler.slice(1), badTable]), [0, MIB], 'corrupt'],
  ['a bad table in one of two frames', join(hi, frame([badTable])), [2, 2 + FULL], 'corrupt'],
  ['literals longer than their block', frame([...filler, compressed(hex('f86100'))]), [0, 9 * FULL], 'sequences'],
  ['a table of no block before', frame([...filler, compressed(hex('00 01 fc 01'))]), [0, 9 * FULL], 'sequences'],
  [
    'a table of the frame before',
    join(frame([raw('abcdefgh'), matches(100)]), frame([...filler, compressed(hex('00 01 fc 01'))])),
    [8, 8 + 10 * FULL],
    'sequences'
  ],
  ['matches over 128 KiB', frame([...filler, matches(43_700)]), [0, 9 * FULL], 'sequences'],
  ['matches over 128 KiB, unmeasured', frame([raw('abcdefgh'), matches(43_700)]), [8, 8 + FULL], 'corrupt']
]

export const bombs: readonly Vector[] = [
  ['one byte over the limit', frame([...times(8, rle(FULL)), raw('x')]), [MIB + 1, MIB + 1], 'too-large'],
  ['512 MiB of RLE blocks', frame(times(4_096, rle(FULL))), [512 * MIB, 512 * MIB], 'too-large'],
  ['the same stated', frame(times(4_096, rle(FULL)), { content: [512 * MIB, 4] }), [512 * MIB, 512 * MIB], 'too-large'],
  ['512 MiB of matches', frame([raw('abcdefgh'), ...times(4_096, matches(43_690))]), [8, 8 + 512 * MIB], 'too-large'],
  [
    '512 MiB of matches said to be 1 MiB',
    frame([raw('abcdefgh'), ...times(4_096, matches(43_690))], { content: [MIB, 4] }),
    [MIB, 8 + 512 * MIB],
    'too-large'
  ],
  ['2,000 frames of 1 KiB', join(...times(2_000, frame([rle(KIB)]))), [2_000 * KIB, 2_000 * KIB], 'too-large']
]
