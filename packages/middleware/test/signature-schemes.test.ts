/** Schemes other than the default, each against a digest made by hand. */
import { createHmac } from 'node:crypto'
import { assertSignatureForm, defaultScheme, type SignatureScheme, sign, verify } from '../src/signature/signature'

const secret = 'abcdef0123'
const nowMs = Date.UTC(2026, 0, 1)
const timestamp = String(nowMs / 1_000)
const body = Buffer.from('>>body??')
const authentic = { sentAt: new Date(nowMs) }

const reasonOf = (run: () => unknown) => {
  try {
    return run()
  } catch (error) {
    const { code, reason } = error as { code?: string; reason?: string }
    return code === 'THRYVE_SIGNATURE_MISMATCH' ? reason : error
  }
}
const outcome = (signature: string, scheme: Partial<SignatureScheme>, bytes: Uint8Array = body) =>
  reasonOf(() =>
    verify(
      { headers: { 'x-hmac-signature': signature, 'x-hmac-timestamp': timestamp }, body: bytes },
      { secret, scheme, nowMs }
    )
  )
const hmac = (content: string, algorithm = 'sha256', key: string | Buffer = secret) =>
  createHmac(algorithm, key).update(content).digest()
const digest = hmac(`${body}${timestamp}`)

test('defaultScheme: its parts, are those that the documentation names', () => {
  expect(defaultScheme).toEqual({
    signatureHeader: 'x-hmac-signature',
    timestampHeader: 'x-hmac-timestamp',
    algorithm: 'sha256',
    signaturePrefix: '',
    digestEncoding: 'hex-or-base64',
    signedContent: '{body}{timestamp}',
    secretEncoding: 'utf8'
  })
})

describe('sign', () => {
  test.each([
    ['base64', `${body.toString('base64')}.${timestamp}`, { signedContent: '{bodyBase64}.{timestamp}' }, secret],
    ['a text around it', `v1:${body}:${timestamp}!`, { signedContent: 'v1:{body}:{timestamp}!' }, secret],
    ['a hex key', `${body}${timestamp}`, { secretEncoding: 'hex' as const }, Buffer.from(secret, 'hex')],
    ['a base64 key', `${body}${timestamp}`, { secretEncoding: 'base64' as const }, Buffer.from(secret, 'base64')]
  ])('%s, is the digest of that content', (_name, content, scheme, key) => {
    const signed = sign(body, { secret, timestamp, scheme })
    expect(signed).toEqual({
      'x-hmac-signature': hmac(content, 'sha256', key).toString('hex'),
      'x-hmac-timestamp': timestamp
    })
  })

  test('a view into a larger buffer in base64, is signed as the view', () => {
    const whole = Buffer.from('12>>body??34')
    const scheme = { signedContent: '{bodyBase64}' }
    const view = new Uint8Array(whole.buffer, whole.byteOffset + 2, body.length)
    expect(sign(view, { secret, timestamp, scheme })).toEqual(sign(body, { secret, timestamp, scheme }))
  })

  test('two schemes in turn, are not mixed up', () => {
    const [first, second] = [{ signedContent: '{timestamp}{body}' }, { signedContent: '{body}|{timestamp}' }]
    for (const [scheme, content] of [
      [first, `${timestamp}${body}`],
      [second, `${body}|${timestamp}`],
      [first, `${timestamp}${body}`]
    ] as const) {
      expect(outcome(hmac(content).toString('hex'), scheme)).toEqual(authentic)
    }
  })

  test('no timestamp given, is now in seconds', () => {
    const before = Math.floor(Date.now() / 1_000)
    const stamp = sign(body, { secret })['x-hmac-timestamp']
    expect(stamp).toMatch(/^\d{10}$/)
    expect(Number(stamp)).toBeGreaterThanOrEqual(before)
    expect(Number(stamp)).toBeLessThanOrEqual(Date.now() / 1_000)
  })

  test('no timestamp header, gives the signature alone, which gives no time', () => {
    const scheme = { timestampHeader: null }
    const signed = sign(body, { secret, timestamp: '', scheme })
    expect(signed).toEqual({ 'x-hmac-signature': hmac(body.toString()).toString('hex') })
    expect(verify({ headers: signed, body }, { secret, scheme, nowMs })).toEqual({})
  })
})

describe('verify: base64url', () => {
  const scheme = { digestEncoding: 'base64url' as const }
  const text = digest.toString('base64url')

  test('signed so, is accepted padded or not', () => {
    expect(sign(body, { secret, timestamp, scheme })['x-hmac-signature']).toBe(text)
    expect(outcome(text, scheme)).toEqual(authentic)
    expect(outcome(`${text}=`, scheme)).toEqual(authentic)
    expect(outcome(`sha256=${text}`, scheme)).toEqual(authentic)
  })

  test.each([
    ['hex', digest.toString('hex')],
    ['two paddings', `${text}==`],
    ['padding in front', `=${text}`],
    ['a line feed behind', `${text}\n`],
    ['a byte less', digest.subarray(1).toString('base64url')],
    ['a byte more', Buffer.concat([digest, Buffer.alloc(1)]).toString('base64url')],
    ['nothing behind its prefix', 'sha256='],
    ['other characters', '!'.repeat(43)],
    ['other last bits', `${text.slice(0, -1)}${String.fromCharCode(text.charCodeAt(42) + 1)}`]
  ])('%s, is refused', (_name, signature) => expect(outcome(signature, scheme)).toBe('malformed'))

  test('the letters of plain base64, are refused', () => {
    const plus = Buffer.alloc(32, 0xfb)
    expect(outcome(plus.toString('base64'), scheme)).toBe('malformed')
    expect(outcome(plus.toString('base64url'), scheme)).toBe('wrong')
  })
})

describe('verify: a prefix of its own', () => {
  const scheme = { signaturePrefix: 'v1=' }
  const text = digest.toString('hex')

  test.each([
    ['that prefix', `v1=${text}`, authentic],
    ["the algorithm's prefix", `sha256=${text}`, authentic],
    ['no prefix', text, 'malformed'],
    ['both prefixes', `v1=sha256=${text}`, 'malformed'],
    ['the prefix behind', `${text}v1=`, 'malformed']
  ])('%s, has its outcome', (_name, signature, result) => expect(outcome(signature, scheme)).toEqual(result))
})

describe('verify: every algorithm', () => {
  test.each(['sha1', 'sha256', 'sha384', 'sha512'] as const)('%s: hex and base64, are accepted', (algorithm) => {
    const bytes = hmac(`${body}${timestamp}`, algorithm)
    for (const encoding of ['hex', 'base64'] as const)
      expect(outcome(bytes.toString(encoding), { algorithm })).toEqual(authentic)
    expect(outcome(bytes.subarray(1).toString('base64'), { algorithm })).toBe('malformed')
  })
})

describe('assertSignatureForm', () => {
  const options = { scheme: defaultScheme, toleranceSeconds: 300, nowMs }
  const text = digest.toString('hex')

  test.each([
    ['a signature of any digest', { 'x-hmac-signature': '0'.repeat(64), 'x-hmac-timestamp': timestamp }, undefined],
    ['none', { 'x-hmac-timestamp': timestamp }, 'missing'],
    ['a malformed one', { 'x-hmac-signature': 'x', 'x-hmac-timestamp': timestamp }, 'malformed'],
    ['no timestamp', { 'x-hmac-signature': text }, 'missing'],
    ['an old timestamp', { 'x-hmac-signature': text, 'x-hmac-timestamp': '1000000000' }, 'stale']
  ])('%s, has its outcome', (_name, headers, result) =>
    expect(reasonOf(() => assertSignatureForm(headers, options))).toBe(result)
  )
})
