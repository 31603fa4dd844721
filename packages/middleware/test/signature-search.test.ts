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
})
