import { createHmac } from 'node:crypto'
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

  test('a key longer than a block of the hash, matches as with any other HMAC', async () => {
    for (const algorithm of ['sha1', 'sha256', 'sha384', 'sha512']) {
      const long = 'k'.repeat(200)
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
    expect(await searched(content, secret, { early: '1700000000', stamp: timestamp })).toEqual({
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
})
