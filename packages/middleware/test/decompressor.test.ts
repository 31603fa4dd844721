import zlib from 'node:zlib'
import { createDecompressor } from '../src/body/decompress'
import { frame, rle } from './zstd-frames'

describe('createDecompressor', () => {
  afterEach(() => jest.restoreAllMocks())

  test('more bodies than places, run in the order of their calls and never more at once', async () => {
    const started: number[] = []
    let running = 0
    let most = 0
    const gunzip = zlib.gunzip as (body: Buffer, options: object, callback: (...result: unknown[]) => void) => void
    jest.spyOn(zlib, 'gunzip').mockImplementation(((
      body: Buffer,
      options: object,
      callback: (...result: unknown[]) => void
    ) => {
      started.push(body.length)
      most = Math.max(most, ++running)
      gunzip(body, options, (...result) => {
        running -= 1
        callback(...result)
      })
    }) as typeof zlib.gunzip)
    const bodies = Array.from({ length: 20 }, (_, i) => Buffer.concat(Array(i + 1).fill(zlib.gzipSync('a'))))
    // Every third is damaged: a failure must free its place, too.
    const sent = bodies.map((body, i) => (i % 3 === 2 ? body.subarray(0, -1) : body))
    const decompressInTurn = createDecompressor({ maxBytes: 100, maxConcurrent: 3 })
    const results = await Promise.allSettled(sent.map((body) => decompressInTurn(body, 'gzip')))
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value.length : 0))).toEqual(
      bodies.map((_, i) => (i % 3 === 2 ? 0 : i + 1))
    )
    expect(started).toEqual(sent.map((body) => body.length))
    expect(most).toBe(3)
    expect(running).toBe(0)
  })

  test('the limit, is that of its options', async () => {
    const decompressInTurn = createDecompressor({ maxBytes: 5, maxConcurrent: 1 })
    expect((await decompressInTurn(frame([rle(5)]), 'zstd')).length).toBe(5)
    await expect(decompressInTurn(frame([rle(6)]), 'zstd')).rejects.toMatchObject({
      code: 'THRYVE_DECOMPRESSED_TOO_LARGE'
    })
  })

  test('the limit of gzip, is handed to zlib', async () => {
    const gunzip = jest.spyOn(zlib, 'gunzip')
    const decompressInTurn = createDecompressor({ maxBytes: 5, maxConcurrent: 1 })
    expect((await decompressInTurn(zlib.gzipSync('12345'), 'gzip')).length).toBe(5)
    expect(gunzip.mock.calls.map(([, options]) => options)).toEqual([expect.objectContaining({ maxOutputLength: 5 })])
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '8'])(
    'a limit of %p, is refused at construction',
    (value) => {
      const limit = value as number
      expect(() => createDecompressor({ maxBytes: limit, maxConcurrent: 1 })).toThrow(
        '"maxBytes" must be a whole number from 1 on'
      )
      expect(() => createDecompressor({ maxBytes: 1, maxConcurrent: limit })).toThrow(
        '"maxConcurrent" must be a whole number from 1 on'
      )
    }
  )
})
