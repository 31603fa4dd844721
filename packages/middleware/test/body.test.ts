import { PassThrough } from 'node:stream'
import { assertUnmangled, type BodySource, readBody } from '../src/body/body'
import { cli } from './zstd-frames'

const limits = { maxBytes: 10, timeoutMs: 60_000 }
type Parts = { readonly headers?: BodySource['headers']; readonly rawBody?: unknown; readonly body?: unknown }

/** A request of a real stream, as a host hands it over. */
const request = (parts: Parts = {}, options = {}): PassThrough & BodySource =>
  Object.assign(new PassThrough(options), { headers: {}, ...parts })
const outcome = (reading: Promise<Uint8Array>) =>
  reading.then(
    (bytes) => Buffer.from(bytes).toString(),
    ({ code, reason }: { code: string; reason?: string }) => (reason === undefined ? code : `${code} ${reason}`)
  )
const listenersOf = (source: PassThrough) =>
  ['data', 'end', 'error', 'aborted', 'close'].map((name) => source.listenerCount(name))

describe('readBody: a stream', () => {
  const started = (options = {}) => {
    const source = request({}, options)
    const before = listenersOf(source)
    const clear = jest.spyOn(globalThis, 'clearTimeout')
    const reading = outcome(readBody(source, limits))
    const settled = async () => {
      const result = await reading
      expect(clear).toHaveBeenCalledTimes(1)
      clear.mockRestore()
      expect(listenersOf(source)).toEqual(before)
      return result
    }
    return { source, settled }
  }
  // A failed stream without a listener would end the process.
  const ignoreErrors = (source: PassThrough) => source.on('error', () => {})

  test('chunks, are joined in order', async () => {
    const { source, settled } = started()
    source.write('one')
    source.write('two')
    source.end('3')
    expect(await settled()).toBe('onetwo3')
  })

  test('nothing, is an empty body', async () => {
    const { source, settled } = started()
    source.end()
    expect(await settled()).toBe('')
  })

  test('an end without a close, lets go of the stream', async () => {
    const { source, settled } = started({ autoDestroy: false })
    source.end('one')
    expect(await settled()).toBe('one')
    expect(source.destroyed).toBe(false)
  })

  test('the limit to the byte, is a body', async () => {
    const { source, settled } = started()
    source.end('0123456789')
    expect(await settled()).toBe('0123456789')
  })

  test('a byte more, is too large and the stream pauses', async () => {
    const { source, settled } = started()
    source.write('01234')
    source.write('567890')
    expect(await settled()).toBe('THRYVE_BODY_TOO_LARGE')
    expect(source.isPaused()).toBe(true)
  })

  test('an abort, is incomplete', async () => {
    const { source, settled } = started()
    source.write('one')
    source.emit('aborted')
    expect(await settled()).toBe('THRYVE_BODY_INCOMPLETE')
  })

  test('closed without an end, is incomplete', async () => {
    const { source, settled } = started()
    source.destroy()
    expect(await settled()).toBe('THRYVE_BODY_INCOMPLETE')
  })

  test('an error, is incomplete', async () => {
    const source = ignoreErrors(request())
    const reading = outcome(readBody(source as PassThrough & BodySource, limits))
    source.emit('error', new Error('reset'))
    expect(await reading).toBe('THRYVE_BODY_INCOMPLETE')
  })

  test('destroyed before it is read, is incomplete', async () => {
    const source = request()
    source.destroy()
    await new Promise((resolve) => setImmediate(resolve))
    expect(await outcome(readBody(source, limits))).toBe('THRYVE_BODY_INCOMPLETE')
  })

  test('no end in time, is a timeout', async () => {
    const source = request()
    source.write('one')
    expect(await outcome(readBody(source, { ...limits, timeoutMs: 20 }))).toBe('THRYVE_BODY_TIMEOUT')
    expect(source.isPaused()).toBe(true)
  })
})

describe('readBody: buffered by the host', () => {
  const text = Buffer.from('0123456789')
  const zstd = { 'content-encoding': 'zstd' }
  const large = { ...limits, maxBytes: 1_000 }
  const skippable = (first: number, last: number) => Buffer.from([first, 0x2a, 0x4d, last, 0, 0, 0, 0])
  const view = new Uint8Array(Buffer.concat([Buffer.alloc(5), cli.check])).subarray(5)

  test.each<[string, Parts, string | Uint8Array]>([
    ['rawBody', { rawBody: text }, text],
    ['body', { body: text }, text],
    ['rawBody beside a parsed body', { rawBody: text, body: { a: 1 } }, text],
    ['body beside a rawBody that is no bytes', { rawBody: 'text', body: text }, text],
    ['an empty one', { rawBody: Buffer.of(), headers: zstd }, ''],
    ['a zstd frame', { rawBody: cli.check, headers: zstd }, cli.check],
    ['a zstd frame in a larger buffer', { rawBody: view, headers: zstd }, cli.check],
    ['the first skippable frame', { rawBody: skippable(0x50, 0x18), headers: zstd }, skippable(0x50, 0x18)],
    ['the last skippable frame', { rawBody: skippable(0x5f, 0x18), headers: zstd }, skippable(0x5f, 0x18)],
    ['JSON of no encoding', { rawBody: text, headers: {} }, text],
    ['JSON said to be zstd', { rawBody: text, headers: zstd }, 'THRYVE_BODY_ALREADY_READ inflated'],
    [
      'three bytes said to be zstd',
      { rawBody: Buffer.from('{}\n'), headers: zstd },
      'THRYVE_BODY_ALREADY_READ inflated'
    ],
    [
      'three bytes of a frame',
      { rawBody: cli.check.subarray(0, 3), headers: zstd },
      'THRYVE_BODY_ALREADY_READ inflated'
    ],
    ['four bytes of a frame', { rawBody: cli.check.subarray(0, 4), headers: zstd }, cli.check.subarray(0, 4)],
    ['no skippable frame', { rawBody: skippable(0x60, 0x18), headers: zstd }, 'THRYVE_BODY_ALREADY_READ inflated'],
    ['another last byte', { rawBody: skippable(0x50, 0x98), headers: zstd }, 'THRYVE_BODY_ALREADY_READ inflated'],
    [
      'the beginning of mangled bytes',
      { rawBody: Buffer.from('(\ufffd'), headers: zstd },
      'THRYVE_BODY_ALREADY_READ inflated'
    ]
  ])('%s, has its outcome', async (_name, parts, result) =>
    expect(await outcome(readBody(request(parts), large))).toBe(Buffer.from(result).toString())
  )

  test('the limit, holds to the byte', async () => {
    expect(await outcome(readBody(request({ rawBody: text }), limits))).toBe(text.toString())
    expect(await outcome(readBody(request({ rawBody: text }), { ...limits, maxBytes: 9 }))).toBe(
      'THRYVE_BODY_TOO_LARGE'
    )
  })

  test('a stream read by somebody, with no bytes left, was parsed', async () => {
    const read = request({ body: { a: 1 } })
    read.write('x')
    read.read()
    expect(await outcome(readBody(read, limits))).toBe('THRYVE_BODY_ALREADY_READ parsed')
    const states = [
      { readableDidRead: false, readableEnded: true },
      { readableDidRead: true, readableEnded: false }
    ]
    for (const state of states) {
      const source = { ...state, headers: {} } as BodySource
      expect(await outcome(readBody(source, limits))).toBe('THRYVE_BODY_ALREADY_READ parsed')
    }
  })
})

describe('assertUnmangled', () => {
  const gzip = Buffer.from('1f8b0800', 'hex')
  const mangled = (bytes: Buffer, reason: string) =>
    reason === 'base64' ? Buffer.from(bytes.toString('base64')) : Buffer.from(bytes.toString(reason as 'utf8'))
  const verdict = (encoding: string | undefined, bytes: Uint8Array) => {
    try {
      return assertUnmangled({ 'content-encoding': encoding }, bytes)
    } catch (error) {
      const { code, reason } = error as { code: string; reason: string }
      return code === 'THRYVE_BODY_MANGLED' ? reason : error
    }
  }

  test.each([
    ['zstd', cli.check],
    ['gzip', gzip]
  ] as const)('%s turned into text, is recognised', (encoding, bytes) => {
    for (const reason of ['utf8', 'latin1', 'base64']) {
      const text = mangled(bytes, reason)
      expect(verdict(encoding, text)).toBe(reason)
      expect(verdict(` ${encoding.toUpperCase()} `, text)).toBe(reason)
      expect(verdict('br', text)).toBeUndefined()
      expect(verdict(undefined, text)).toBeUndefined()
      expect(verdict(encoding, Buffer.concat([Buffer.of(32), text]))).toBeUndefined()
    }
    expect(verdict(encoding, bytes)).toBeUndefined()
    expect(verdict(encoding, Buffer.of())).toBeUndefined()
  })

  test('readBody: a mangled buffer, is said to be mangled', async () => {
    const source = request({ rawBody: mangled(cli.check, 'utf8'), headers: { 'content-encoding': 'zstd' } })
    expect(await outcome(readBody(source, { ...limits, maxBytes: 1_000 }))).toBe('THRYVE_BODY_MANGLED utf8')
  })
})
