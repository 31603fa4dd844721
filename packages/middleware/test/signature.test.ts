import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { sign, type VerifyOptions, verify } from '../src/signature/signature'

const secret = 'synthetic-secret'
const nowMs = Date.UTC(2026, 0, 1)
const timestamp = String(nowMs / 1_000)
const body = Buffer.from('body bytes')
const hex = (content: string | Buffer = Buffer.concat([body, Buffer.from(timestamp)])) =>
  createHmac('sha256', secret).update(content).digest('hex')

const outcome = (
  headers: Record<string, string | string[] | undefined>,
  options: Partial<VerifyOptions> = {},
  bytes = body
) => {
  try {
    return verify({ headers, body: bytes }, { secret, nowMs, ...options })
  } catch (error) {
    const { code, reason } = error as { code: string; reason: string }
    return code === 'THRYVE_SIGNATURE_MISMATCH' ? reason : error
  }
}
const base64 = Buffer.from(hex(), 'hex').toString('base64')
const headers = (signature: string | string[] | undefined, stamp: string | string[] | undefined = timestamp) => ({
  'x-hmac-signature': signature,
  'x-hmac-timestamp': stamp
})

describe('verify', () => {
  test.each([
    ['hex', hex()],
    ['upper-case hex', hex().toUpperCase()],
    ['base64', base64],
    ['a prefix', `sha256=${hex()}`],
    ['a prefix and base64', `sha256=${base64}`]
  ])('%s, is accepted', (_name, signature) => {
    expect(outcome(headers(signature))).toEqual({ sentAt: new Date(nowMs) })
  })

  test.each([
    ['no signature', undefined, 'missing'],
    ['an empty signature', '', 'missing'],
    ['two signatures', [hex(), hex()], 'malformed'],
    ['two signatures joined', `${hex()}, ${hex()}`, 'malformed'],
    ['a truncated signature', hex().slice(0, 32), 'malformed'],
    ['an odd digit', hex().slice(0, 63), 'malformed'],
    ['a digit too many', `${hex()}0`, 'malformed'],
    ['no hex', 'g'.repeat(64), 'malformed'],
    ['no hex at its beginning', `g${hex().slice(1)}`, 'malformed'],
    ['no hex at its end', `${hex().slice(1)}g`, 'malformed'],
    ['a name in front of base64', `=${base64}`, 'malformed'],
    ['a space', ` ${hex()}`, 'malformed'],
    ['a folded line', `${hex()}\r\n x`, 'malformed'],
    ['unicode digits', `${hex().slice(0, 62)}００`, 'malformed'],
    ['base64 without padding', base64.slice(0, -1), 'malformed'],
    ['another algorithm', `sha512=${hex()}`, 'malformed'],
    ['algorithm none', 'none=', 'malformed'],
    ['only a prefix', 'sha256=', 'malformed'],
    ['a wrong digest', '0'.repeat(64), 'wrong'],
    ['the body alone signed', hex(body), 'wrong'],
    ['timestamp first', hex(timestamp + body.toString()), 'wrong']
  ])('%s, is refused', (_name, signature, reason) => {
    expect(outcome(headers(signature))).toBe(reason)
  })

  test('base64 whose last bits differ, is refused: one digest has one text', () => {
    const last = base64.at(-2) ?? ''
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    const twin = `${base64.slice(0, -2)}${alphabet[alphabet.indexOf(last) + 1]}=`
    expect(Buffer.from(twin, 'base64')).toEqual(Buffer.from(base64, 'base64'))
    expect(outcome(headers(twin))).toBe('malformed')
  })

  test.each([
    ['missing', undefined],
    ['missing', ''],
    ['malformed', [timestamp, timestamp]],
    ['malformed', `${timestamp},${timestamp}`],
    ['malformed', `+${timestamp}`],
    ['malformed', ` ${timestamp}`],
    ['malformed', `${timestamp}.0`],
    ['malformed', '1e9'],
    ['malformed', timestamp.slice(1)],
    ['malformed', `${timestamp}0`],
    ['malformed', '٠١٢٣٤٥٦٧٨٩'],
    ['malformed', `-${timestamp.slice(1)}`],
    ['malformed', `${timestamp}\n`],
    ['stale', '0000000001'],
    ['stale', '9999999999'],
    ['stale', '9999999999999']
  ])('%s: timestamp %p, is refused', (reason, stamp) => {
    expect(outcome({ 'x-hmac-signature': hex(), ...(stamp === undefined ? {} : { 'x-hmac-timestamp': stamp }) })).toBe(
      reason
    )
  })

  test.each([
    [299, true],
    [300, true],
    [301, false],
    [-299, true],
    [-300, true],
    [-301, false]
  ])('a timestamp %i s away, is accepted: %p', (seconds, isAccepted) => {
    for (const stamp of [String(nowMs / 1_000 + seconds), String(nowMs + seconds * 1_000)]) {
      const result = outcome(sign(body, { secret, timestamp: stamp }))
      expect(result).toEqual(isAccepted ? { sentAt: new Date(nowMs + seconds * 1_000) } : 'stale')
    }
  })

  test('any other byte, length or secret, is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 64 }), fc.string(), (a, b, other) => {
        const signed = sign(a, { secret, timestamp })
        expect(outcome(signed, {}, Buffer.from(a))).toEqual({ sentAt: new Date(nowMs) })
        fc.pre(Buffer.compare(a, b) !== 0 && other !== '' && other !== secret)
        expect(outcome(signed, {}, Buffer.from(b))).toBe('wrong')
        expect(outcome(signed, { secret: other }, Buffer.from(a))).toBe('wrong')
      }),
      { numRuns: 300 }
    )
  })

  test('the border between body and timestamp, cannot be moved', () => {
    const digits = fc.stringMatching(/^\d{0,8}$/)
    fc.assert(
      fc.property(digits, fc.integer({ min: 1, max: 20 }), (tail, shift) => {
        const whole = `body${tail}${timestamp}`
        const signature = sign(Buffer.from(`body${tail}`), { secret, timestamp })['x-hmac-signature']
        for (const cut of [whole.length - 10 - shift, whole.length - 10 + shift].filter((at) => at >= 0)) {
          const moved = outcome(headers(signature, whole.slice(cut)), {}, Buffer.from(whole.slice(0, cut)))
          expect(['missing', 'malformed', 'stale']).toContain(moved)
        }
      }),
      { numRuns: 1_000 }
    )
  })

  test('a secret being rotated, either one is accepted', () => {
    const secrets = ['new-secret', secret]
    expect(outcome(sign(body, { secret, timestamp }), { secret: secrets })).toEqual({ sentAt: new Date(nowMs) })
    expect(outcome(sign(body, { secret: 'new-secret', timestamp }), { secret: secrets })).toEqual({
      sentAt: new Date(nowMs)
    })
    expect(outcome(sign(body, { secret: 'third', timestamp }), { secret: secrets })).toBe('wrong')
  })

  test.each([
    ['names', { signatureHeader: 'x-signature', timestampHeader: 'x-time' }],
    ['order', { signedContent: '{timestamp}.{body}' }],
    ['algorithm', { algorithm: 'sha512' as const }],
    ['hex secret', { secretEncoding: 'hex' as const }],
    ['base64 secret', { secretEncoding: 'base64' as const }],
    ['prefix', { signaturePrefix: 'v1=' }],
    ['body in base64', { signedContent: '{bodyBase64}.{timestamp}' }],
    ['base64url', { digestEncoding: 'base64url' as const }]
  ])('a scheme of its own (%s), fits only itself', (_name, scheme) => {
    const options = { secret: 'abcdef0123', scheme }
    const signed = sign(body, { ...options, timestamp })
    expect(outcome(signed, options)).toEqual({ sentAt: new Date(nowMs) })
    expect(typeof outcome(signed, { secret: options.secret })).toBe('string')
  })
})
