import { signatureCandidates, timestampCandidates } from '../src/signature/signature-candidates'

const digest = Buffer.from('fbff'.repeat(16), 'hex')
const hex = digest.toString('hex')
const base64 = digest.toString('base64')
/** 64 digits of hex are 48 bytes of base64 as well, which is left out here. */
const seen = (value: string | string[]) =>
  signatureCandidates({ sign: value })
    .filter(({ algorithm }) => algorithm !== 'sha384')
    .map(({ algorithm, prefix, encoding, isOneOfSeveral }) => [algorithm, prefix, encoding, isOneOfSeveral].join(' '))
const times = (value: string | string[]) => timestampCandidates({ stamp: value })

describe('signatureCandidates', () => {
  test.each([
    ['hex', hex, ['sha256  hex false']],
    ['upper-case hex', hex.toUpperCase(), ['sha256  hex false']],
    ['base64', base64, ['sha256  base64 false']],
    ['base64 without padding', base64.replace('=', ''), ['sha256  base64-unpadded false']],
    ['base64url', digest.toString('base64url'), ['sha256  base64url false']],
    ['padded base64url', `${digest.toString('base64url')}=`, ['sha256  base64url false']],
    ['a label', `v1=${hex}`, ['sha256 v1= hex false']],
    ['a label of one letter and a colon', `v:${hex}`, ['sha256 v: hex false']],
    ['a label of 16 characters', `abcdefgh_-234567=${hex}`, ['sha256 abcdefgh_-234567= hex false']],
    ['a label of 17 characters', `abcdefgh_-2345678=${hex}`, []],
    ['a label that begins with a digit', `1v=${hex}`, []],
    ['a list', `t=1,v1=${hex}`, ['sha256 v1= hex true']],
    ['a list with gaps', `;t=1; \t${base64} ,`, ['sha256  base64 true']],
    ['two texts', [hex, base64], ['sha256  hex false', 'sha256  base64 false']],
    ['sha1', hex.slice(0, 40), ['sha1  hex false']],
    ['sha512', Buffer.alloc(64, 255).toString('hex'), ['sha512  hex false']],
    ['a digit before hex', `.${hex}`, []],
    ['a point behind hex', `${hex}.`, []],
    ['an odd digit', `${hex}0`, []],
    ['other last bits', `${base64.slice(0, -2)}9=`, []],
    ['two paddings', `${base64}=`, []],
    ['padding in front', `=${base64}`, []],
    ['a point behind base64', `${base64}.`, []],
    ['base64 that ends as a label does', `${'A'.repeat(27)}+${'A'.repeat(15)}=`, ['sha256  base64 false']],
    ['a mix of base64 and base64url', `-/${base64.slice(2)}`, []],
    ['base64 with a space in it', `${base64.slice(0, 9)} ${base64.slice(9)}`, []],
    ['a comma behind', `${hex},`, []],
    ['any other length', hex.slice(2), []],
    ['a redacted value', '[redacted]', []],
    ['1,024 characters', `${hex};${'x'.repeat(959)}`, ['sha256  hex true']],
    ['1,025 characters', `${hex};${'x'.repeat(960)}`, []]
  ])('%s, is seen as such', (_name, value, candidates) => expect(seen(value)).toEqual(candidates))

  test('padding of two, may be left out', () => {
    const long = Buffer.alloc(64, 0xfb).toString('base64')
    expect(seen(long.replace('==', ''))).toEqual(['sha512  base64-unpadded false'])
    expect(seen(long.replace('==', '='))).toEqual([])
  })

  test('its fields, are the header, the digest and how it was read', () => {
    const twin = Buffer.from(hex, 'base64')
    const common = { header: 'sign', prefix: 'v1=', isOneOfSeveral: false }
    expect(signatureCandidates({ sign: `v1=${hex}`, other: undefined, empty: '' })).toEqual([
      { ...common, algorithm: 'sha256', encoding: 'hex', digest },
      { ...common, algorithm: 'sha384', encoding: 'base64', digest: twin }
    ])
  })

  test('more than 16, the first ones stay', () => {
    expect(signatureCandidates({ sign: Array(20).fill(hex) })).toHaveLength(16)
  })
})

describe('timestampCandidates', () => {
  const ms = Date.UTC(2026, 0, 2, 3, 4, 5)

  test.each([
    ['seconds', String(ms / 1e3), ms],
    ['milliseconds', String(ms), ms],
    ['microseconds', `${ms}000`, ms],
    ['nanoseconds', `${ms}000000`, ms],
    ['an instant', '2026-01-02T03:04:05Z', ms],
    ['without seconds', '2026-01-02T03:04Z', ms - 5_000],
    ['milliseconds in an instant', '2026-01-02T03:04:05.250Z', ms + 250],
    ['a zone', '2026-01-02T05:04:05+02:00', ms],
    ['a zone without its colon', '2026-01-02T05:04:05+0200', ms],
    ['an HTTP date', 'Fri, 02 Jan 2026 03:04:05 GMT', ms]
  ])('%s, is a time', (_name, text, timeMs) => {
    const [first, ...others] = times(text)
    expect(first).toMatchObject({ header: 'stamp', text, isOneOfSeveral: false })
    expect(first?.timeMs).toBeCloseTo(timeMs, 0)
    expect(others.filter((other) => !other.isOneOfSeveral)).toEqual([])
  })

  test.each([
    ['no digits', 'now'],
    ['11 digits', '17673230450'],
    ['a letter in front', `x${ms}`],
    ['a letter behind', `${ms / 1e3}xyz`],
    ['9 digits and a letter', 'x176732304'],
    ['a fraction', `${ms / 1e3}.25`],
    ['a day', '2026-01-02'],
    ['a time of no zone', '2026-01-02T03:04:05'],
    ['text in front of an instant', 'x2026-01-02T03:04:05Z'],
    ['text behind an instant', '2026-01-02T03:04:05Zx'],
    ['an instant of six-digit years', '+002026-01-02T03:04:05Z'],
    ['text in front of an HTTP date', 'xFri, 02 Jan 2026 03:04:05 GMT'],
    ['a zone behind an HTTP date', 'Fri, 02 Jan 2026 03:04:05 GMT+0100'],
    ['a year alone', '2026'],
    ['a month', 'Jan 2026']
  ])('%s, is none', (_name, text) => expect(times(text)).toEqual([]))

  test('one of several, stands without its label', () => {
    expect(times(`t=${ms},v1=${hex}`)).toEqual([
      { header: 'stamp', text: String(ms), timeMs: ms, isOneOfSeveral: true }
    ])
    expect(times(`${ms}, x`)).toEqual([{ header: 'stamp', text: String(ms), timeMs: ms, isOneOfSeveral: true }])
  })

  test('more than 8, the first ones stay', () => {
    expect(times(Array(20).fill(String(ms)))).toHaveLength(8)
  })
})
