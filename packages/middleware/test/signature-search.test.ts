import { createHmac } from 'node:crypto'
import timers from 'node:timers/promises'
import { searchSignature } from '../src/index'

const secret = 'c0ffee00c0ffee11'
const hostile = {
  ...Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`x-sign-${index}`, createHmac('sha256', `${index}`).digest('hex')])
  ),
  ...Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`x-stamp-${index}`, String(1_700_000_000 + index)])),
  'x-list': Array.from({ length: 30 }, (_, index) => `v${index}=${'ab'.repeat(10)}`).join(',')
}

describe('searchSignature', () => {
  test('headers made to cost, the event loop gets its turns and the limit holds', async () => {
    let turns = 0
    const count = setInterval(() => {
      turns += 1
    }, 0)
    const forms = [{ name: 'received', bytes: Buffer.from('{}') }]
    const search = (maxHashedBytes?: number) =>
      searchSignature({ headers: hostile, forms, secrets: [secret], ...(maxHashedBytes && { maxHashedBytes }) })
    expect((await search(100_000)).isCutShort).toBe(true)
    expect((await search()).isCutShort).toBe(false)
    clearInterval(count)
    expect(turns).toBeGreaterThan(1)
  })

  test('headers of no use, are passed over', async () => {
    const headers = { a: undefined, b: '', c: ['x'.repeat(2_000), '[redacted]'], d: '\u0000'.repeat(64) }
    const findings = await searchSignature({
      headers,
      forms: [{ name: 'received', bytes: Buffer.of() }],
      secrets: [secret]
    })
    expect(findings).toEqual({ signatureHeaders: [], isCutShort: false })
  })

  test('a key as long as a block of the hash, or longer, matches as with any other HMAC', async () => {
    const algorithms = ['sha1', 'sha256', 'sha384', 'sha512']
    for (const [algorithm, size] of algorithms.flatMap((name) =>
      [64, 65, 128, 129, 200].map((size) => [name, size] as const)
    )) {
      const long = 'k'.repeat(size)
      const body = Buffer.from('body')
      const headers = { signature: createHmac(algorithm, long).update(body).digest('hex') }
      const { match } = await searchSignature({
        headers,
        forms: [{ name: 'received', bytes: body }],
        secrets: ['x', long]
      })
      expect([match?.signature.algorithm, match?.secretIndex]).toEqual([algorithm, 1])
    }
  })

  const timestamp = '1767225600'
  const body = Buffer.from('{"a":1}')
  const separators = ['', '.', ':', '\n', ',', '|', '-', '_', ' ', ';', '&', '/', '+', '\r\n', '\t', '#']
  const before = [...separators.map((text) => `{timestamp}${text}`), ...['v0:', 'v1:'].map((v) => `${v}{timestamp}:`)]
  const searched = (content: string, key: string | Buffer = secret, headers = {}) =>
    searchSignature({
      headers: { sign: createHmac('sha256', key).update(content).digest('hex'), ...headers },
      forms: [
        { name: 'other', bytes: Buffer.from('other') },
        { name: 'received', bytes: body }
      ],
      secrets: ['not-it', secret]
    })

  test.each([
    '{body}',
    ...separators.map((text) => `{body}${text}{timestamp}`),
    ...[...before, 'v0.{timestamp}.', 'v1.{timestamp}.'].map((text) => `${text}{body}`)
  ])('%j, is found and named', async (signedContent) => {
    const content = signedContent.replace('{body}', () => body.toString()).replace('{timestamp}', timestamp)
    const stamp = { header: 'stamp', text: timestamp, timeMs: 1_767_225_600_000, isOneOfSeveral: false }
    expect(await searched(content, secret, { early: '1700000000', stamp: timestamp })).toStrictEqual({
      match: {
        form: 'received',
        signature: { header: 'sign', algorithm: 'sha256', prefix: '', encoding: 'hex', isOneOfSeveral: false },
        ...(signedContent === '{body}' ? {} : { timestamp: stamp }),
        signedContent,
        secretIndex: 1,
        secretEncoding: 'utf8'
      },
      signatureHeaders: ['sign'],
      isCutShort: false
    })
  })

  test.each([
    ['text before hex', '!ab', ''],
    ['text behind hex', 'ab!', 'ab'],
    ['an odd digit', 'abc', 'ab'],
    ['text before base64', '!fbff', '7db7df'],
    ['text behind base64', 'fbff!', '7db7df']
  ])('a secret of %s, is no encoding of fewer bytes', async (_name, text, key) => {
    const { match } = await searchSignature({
      headers: { sign: createHmac('sha256', Buffer.from(key, 'hex')).update(body).digest('hex') },
      forms: [{ name: 'received', bytes: body }],
      secrets: [text]
    })
    expect(match).toBeUndefined()
  })

  test.each(['hex', 'base64'] as const)('a secret in %s, is found and named', async (secretEncoding) => {
    const { match } = await searched(body.toString(), Buffer.from(secret, secretEncoding))
    expect(match).toMatchObject({ secretIndex: 1, secretEncoding })
  })

  test('the limit, is the bytes hashed with 4 KiB for each end', async () => {
    const search = (maxHashedBytes: number) =>
      searchSignature({
        headers: { sign: '0'.repeat(64), stamp: [timestamp, '1700000000'] },
        forms: [{ name: 'received', bytes: body }],
        secrets: ['!'],
        maxHashedBytes
      })
    // The body alone; behind it 16 separators of 2 timestamps; 20 texts before it of either timestamp.
    const each = 7 + 4_096 + (7 + 4_096 * 32) + 40 * (7 + 4_096)
    // 64 zeros are 32 bytes in hex and 48 in base64: two algorithms.
    const all = 2 * each
    expect(await search(all)).toEqual({ signatureHeaders: ['sign'], isCutShort: false })
    expect(await search(all - 1)).toEqual({ signatureHeaders: ['sign'], isCutShort: true })
  })

  test('the limit without a timestamp, is the body alone', async () => {
    const search = (maxHashedBytes: number) =>
      searchSignature({
        headers: { sign: '0'.repeat(40) },
        forms: [{ name: 'received', bytes: body }],
        secrets: ['!'],
        maxHashedBytes
      })
    expect(await search(7 + 4_096)).toEqual({ signatureHeaders: ['sign'], isCutShort: false })
    expect(await search(7 + 4_095)).toEqual({ signatureHeaders: ['sign'], isCutShort: true })
  })

  test.each([
    ['256 KiB', 262_144 - 4_096, 2],
    ['a byte less', 262_144 - 4_097, 1]
  ])(
    '%s hashed for each of two secrets, others get their turn; body of %i bytes, turns: %i',
    async (_name, size, turns) => {
      const turn = jest.spyOn(timers, 'setImmediate')
      await searchSignature({
        headers: { sign: '0'.repeat(40) },
        forms: [{ name: 'received', bytes: Buffer.alloc(size) }],
        secrets: ['!', '?']
      })
      expect(turn).toHaveBeenCalledTimes(turns)
      turn.mockRestore()
    }
  )
})
