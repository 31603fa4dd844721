/** The fast reader of instants takes the usual spellings, all of them, and nothing else. */
import { acceptInstant } from '../src/codecs/accept-instant'
import { parseIsoInstant } from '../src/codecs/timestamp'

const USUAL = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?(?:Z|[+-]\d{2}:\d{2})$/

const expectRead = (text: string): void => {
  const expected = USUAL.test(text) ? (parseIsoInstant(text) ?? Number.NaN) : Number.NaN
  const accepted = acceptInstant(text)
  // Jest's own comparison is a hundred times slower; it is asked for its report alone.
  if (!Object.is(accepted, expected)) expect([text, accepted]).toEqual([text, expected])
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

describe('acceptInstant', () => {
  test.each(spellings)('%s, is read', (text) => {
    expect(acceptInstant(text)).toBe(Date.parse(text))
    expectRead(text)
  })

  test.each(spellings)('%s: any character in any place, or none, or one more, is judged as the parser does', (text) => {
    for (let at = 0; at <= text.length; at++) {
      expectRead(text.slice(0, at))
      expectRead(text.slice(0, at) + text.slice(at + 1))
      for (const character of characters) {
        expectRead(text.slice(0, at) + character + text.slice(at + 1))
        expectRead(text.slice(0, at) + character + text.slice(at))
      }
    }
  })

  test('days of all kinds of years, are those that exist', () => {
    for (const year of ['0000', '0001', '0004', '0100', '0400', '1900', '1970', '2000', '2023', '2024', '2100', '9999'])
      for (const month of upTo(13)) for (const day of upTo(32)) expectRead(`${year}-${month}-${day}T00:00:00Z`)
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
})
