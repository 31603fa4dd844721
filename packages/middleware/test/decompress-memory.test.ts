import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { ContentEncoding } from '../src/body/decompress'
import { compressAt, frame, matches, raw, rle, window } from './zstd-frames'

const MIB = 1024 * 1024

/** What a process of its own decompresses, all copies at once. */
interface Load {
  readonly encoding?: ContentEncoding
  readonly copies?: number
  readonly maxBytes?: number
  readonly maxConcurrent?: number
}

/** A process has one peak of memory, so every load gets its own. It runs the sources. */
const program = `
  const { transformFileSync } = require('@swc/core')
  const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } }
  require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file)
  const { createDecompressor } = require(process.argv[1])
  const { encoding, copies, maxBytes, maxConcurrent } = JSON.parse(process.argv[2])
  const body = require('node:fs').readFileSync(0)
  const decompress = createDecompressor({ maxBytes, maxConcurrent })
  const settle = () => decompress(body, encoding).then((output) => output.length, (error) => error.code)
  // Linux starts a child's maxRSS at its parent's size, which would hide growth; VmHWM is the program's own.
  const peakKib = () => {
    try {
      return Number(/VmHWM:\\s*(\\d+)/.exec(require('node:fs').readFileSync('/proc/self/status', 'utf8'))[1])
    } catch {
      return process.resourceUsage().maxRSS
    }
  }
  const before = peakKib()
  Promise.all(Array.from({ length: copies }, settle)).then((outcomes) => {
    const grownMib = Math.round((peakKib() - before) / 1024)
    console.log(JSON.stringify({ outcomes: [...new Set(outcomes)], grownMib }))
  })
`

const run = (body: Buffer, load: Load): { outcomes: (number | string)[]; grownMib: number } => {
  const { encoding = 'zstd', copies = 1, maxBytes = 64 * MIB, maxConcurrent = 2 } = load
  const options = JSON.stringify({ encoding, copies, maxBytes, maxConcurrent })
  const source = join(__dirname, '../src/body/decompress.ts')
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program, source, options], {
    input: body,
    encoding: 'utf8'
  })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

const times = (count: number, make: Buffer): Buffer[] => Array.from({ length: count }, () => make)
const full = rle(128 * 1024)
const tooLarge = ['THRYVE_DECOMPRESSED_TOO_LARGE']
const failed = ['THRYVE_DECOMPRESSION_FAILED']
const zeros = Buffer.alloc(64 * MIB)
const windows = [frame([raw('hi')], { window: window(27) }), frame([raw('hi')], { window: window(10) })]

describe('decompress', () => {
  test('64 MiB that are allowed, show in the figures below', () => {
    const { outcomes, grownMib } = run(frame(times(512, full)), {})
    expect(outcomes).toEqual([64 * MIB])
    expect(grownMib).toBeGreaterThan(50)
  })

  test.each<[string, () => Buffer | Promise<Buffer>, Load, (number | string)[], number]>([
    ['16 kB for 512 MiB of RLE blocks', () => frame(times(4_096, full)), {}, tooLarge, 40],
    ['the same said to be 1 MiB', () => frame(times(4_096, full), { content: [MIB, 4] }), {}, failed, 40],
    ['512 MiB of matches', () => frame([raw('abcdefgh'), ...times(4_096, matches(43_690))]), {}, tooLarge, 40],
    [
      '512 MiB in 8 frames of a compressor',
      async () => Buffer.concat(times(8, await compressAt(zeros))),
      {},
      tooLarge,
      40
    ],
    ['2 bytes in a window of 128 MiB', () => windows[0] ?? raw(''), {}, [2], 16],
    ['2,000 frames with such windows', () => Buffer.concat(times(1_000, Buffer.concat(windows))), {}, [4_000], 16],
    ['50 zstd bombs at once', () => compressAt(zeros), { copies: 50, maxBytes: 8 * MIB }, tooLarge, 40],
    ['50 gzip bombs at once', () => gzipSync(zeros), { encoding: 'gzip', copies: 50, maxBytes: 8 * MIB }, tooLarge, 200]
  ])('%s, stays within bounds of memory', async (_name, make, load, outcomes, mostMib) => {
    const result = run(await make(), load)
    expect(result.outcomes).toEqual(outcomes)
    expect(result.grownMib).toBeLessThan(mostMib)
  })
})
