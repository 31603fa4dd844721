/** The fast reader of instants takes the usual spellings, all of them, and nothing else. */
import fc from 'fast-check'
import { scanInstant } from '../src/codecs/scan-instant'
import { parseIsoInstant } from '../src/codecs/timestamp'

const USUAL = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?(?:Z|[+-]\d{2}:\d{2})$/

/** Reads a text that stands between quotes in the midst of bytes. */
const scan = (text: string): number => scanInstant(Buffer.from(`["${text}","${text}"]`), 2)

const expectRead = (noisy: string): void => {
  const scanned = scan(noisy)
  // A quote ends the text, wherever it stands.
  const text = noisy.split('"', 1)[0] as string
  const expected = USUAL.test(text) ? (parseIsoInstant(text) ?? Number.NaN) : Number.NaN
  // Jest's own comparison is a hundred times slower; it is asked for its report alone.
  if (!Object.is(scanned, expected)) expect([text, scanned]).toEqual([text, expected])
}

const two = (number: number): string => String(number).padStart(2, '0')
const upTo = (last: number): string[] => Array.from({ length: last + 1 }, (_, number) => two(number))
const spellings = [
  '2024-05-06T07:08:09Z',
  '2024-05-06T07:08:09.123Z',
  '2024-05-06T07:08:09+01:30',
  '2024-05-06T07:08:09.123-01:30'
]
const characters = [...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)), '\u0660', '\u{1d7ce}']

describe('scanInstant', () => {
  test.each(spellings)('%s, is read', (text) => {
    expect(scan(text)).toBe(Date.parse(text))
    expectRead(text)
  })

  test.each(spellings)('%s: any character in any place, or none, or one more, is judged as the parser does', (text) => {
    for (let at = 0; at <= text.length; at += 1) {
      expectRead(text.slice(0, at))
      expectRead(text.slice(0, at) + text.slice(at + 1))
      for (const character of characters) {
        expectRead(text.slice(0, at) + character + text.slice(at + 1))
        expectRead(text.slice(0, at) + character + text.slice(at))
      }
    }
  })

  test.each(spellings)('%s: bytes that end early, are no instant', (text) => {
    const bytes = Buffer.from(`${text}"`)
    expect(scanInstant(bytes, 0)).toBe(Date.parse(text))
    for (let end = 0; end < bytes.length; end += 1) expect(scanInstant(bytes.subarray(0, end), 0)).toBeNaN()
  })

  test('days of all kinds of years, are those that exist', () => {
    for (const year of ['0000', '0001', '0004', '0100', '0400', '1900', '1970', '2000', '2023', '2024', '2100', '9999'])
      for (const month of upTo(13)) for (const day of upTo(32)) expectRead(`${year}-${month}-${day}T00:00:00Z`)
  })

  test('every day of 400 years, is read', () => {
    for (let ms = Date.UTC(1900, 0); ms < Date.UTC(2300, 0); ms += 86_400_000) {
      const text = new Date(ms + 1).toISOString()
      if (scan(text) !== ms + 1) throw new Error(text)
    }
  })

  test('times and zones, are those that exist', () => {
    for (const number of upTo(99)) {
      expectRead(`2024-02-29T${number}:08:09Z`)
      expectRead(`2024-02-29T07:${number}:09.999Z`)
      expectRead(`2024-02-29T07:08:${number}Z`)
      for (const sign of ['+', '-']) {
        expectRead(`2024-02-29T07:08:09${sign}${number}:00`)
        expectRead(`2024-02-29T07:08:09.010${sign}23:${number}`)
      }
    }
  })

  test('any text, what the strict parser says, or nothing', () => {
    const digits = (length: number) => fc.nat({ max: 10 ** length - 1 }).map((n) => String(n).padStart(length, '0'))
    const anyInstant = fc
      .tuple(
        fc.oneof(digits(4), fc.constantFrom('1900', '2000', '2023', '2024', '0000')),
        ...[12, 31, 24, 60, 60].map((max) => fc.nat({ max: max + 1 }).map(two)),
        fc.constantFrom('', '.1', '.12', '.123', '.1234', ',123'),
        fc.constantFrom('Z', '+00:00', '-01:30', '+14:00', '+24:00', '+0100', '', 'z', 'Z ', '+1:00')
      )
      .map(([y, mo, d, h, mi, s, fraction, zone]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${fraction}${zone}`)
    fc.assert(
      fc.property(anyInstant, fc.nat(30), fc.string({ maxLength: 1 }), (text, at, noise) => {
        expectRead(text)
        expectRead(text.slice(0, at) + noise + text.slice(at + 1))
      }),
      { numRuns: 10_000 }
    )
  })
})
