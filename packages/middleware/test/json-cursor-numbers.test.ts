/** The numbers that the cursor reads are those of `JSON.parse`, as far as these are what was written. */
import fc from 'fast-check'
import { doubt } from '../src/codecs/json-cursor'
import { cursorAt, errorOf, read } from './cursors'

describe('JsonCursor: numbers', () => {
  const numbers = [
    ...['0', '1', '9', '10', '53', '-1', '-120', '999999999999999', '-999999999999999', '123456789012345'],
    ...[
      '1000000000000000',
      '9007199254740991',
      '-9007199254740991',
      '53.0',
      '1.5',
      '-0.5',
      '0.1',
      '0e5',
      '0E+1',
      '1e3'
    ],
    ...['1E-3', '12e+10', '1.25e2', '0.1234567890123456789', '1e-400', '100000000000000000000e-5', '72.50', '1e15']
  ]
  test.each(numbers)('readNumber: %s, is read', (token) => expect(read('readNumber', token)).toBe(JSON.parse(token)))

  test.each(['-0', '-0.0', '-0e3', '-1e-400'])('readNumber: %s, is zero', (token) =>
    expect(read('readNumber', token)).toBe(0)
  )

  const noNumbers = [
    ...['9007199254740992', '-9007199254740993', '12345678901234567', '1e22', '9007199254740993.0', '1e400', '-1e400'],
    ...['01', '-01', '00', '+1', '1.', '.5', '-', '-.5', '1e', '1e+', '1.e3', '1.5.5', '1e3e3', '--1', '-a', '', 'x'],
    ...['Infinity', 'NaN', '"1"', 'null', 'true', '[1]', '{}', '1e5x', '1.5 5', '000000000000000']
  ]
  test.each(noNumbers)('readNumber: %j, is in doubt', (token) => {
    for (const method of ['readNumber', 'readInteger'] as const) expect(read(method, token)).toBe(doubt)
  })

  test.each(['0x', '1x', '12 3', '7"', '7{', '5-', '5+', '5/', '5:', '-5x', '999999999999999x'])(
    'readNumber: %s, ends before what is no digit',
    (token) => {
      const cursor = cursorAt(token)
      const start = cursor.at
      expect(cursor.readNumber()).toBe(Number.parseInt(token, 10))
      expect(cursor.at - start).toBe(String(Number.parseInt(token, 10)).length)
    }
  )

  test('readNumber: spaces that JSON does not know, are left behind a number', () => {
    for (const space of ['\v', '\f', '\u00a0']) {
      const cursor = cursorAt('1.5', `${space},`)
      const start = cursor.at
      const number = cursor.readNumber()
      if (number !== doubt) expect([number, cursor.at]).toEqual([1.5, start + 3])
    }
  })

  test('readInteger: safe integers, however written, and no other', () => {
    for (const token of numbers) {
      const number = JSON.parse(token)
      expect(read('readInteger', token) === doubt).toBe(!Number.isInteger(number))
    }
  })

  test.each(['0', '7', '10', '999999999999999', '9007199254740993', '9'.repeat(17), '1'.repeat(30)])(
    'readDigits: %s, is read',
    (token) => expect(read('readDigits', token)).toBe(token)
  )

  test.each(['1'.repeat(31), '0'.repeat(2), '007', '-1', '1.0', '1e3', '1E3', '', '"1"', 'null', '+1', '.5'])(
    'readDigits: %j, is in doubt',
    (token) => expect(read('readDigits', token)).toBe(doubt)
  )

  test('readNumber, readInteger and readDigits: any number, as JSON.parse reads it, or in doubt', () => {
    const digits = fc.stringMatching(/^-?\d{1,20}$/)
    const decimal = fc.stringMatching(/^-?\d{1,18}(\.\d{0,18})?([eE][+-]?\d{0,2})?$/)
    const token = fc.oneof(digits, decimal, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String))
    fc.assert(
      fc.property(token, (token) => {
        const number = read('readNumber', token)
        const digits = read('readDigits', token)
        const integer = read('readInteger', token)
        if (errorOf(() => JSON.parse(token)) !== 'none') {
          expect([number, digits, integer]).toEqual([doubt, doubt, doubt])
          return
        }
        const parsed = JSON.parse(token) + 0
        const isExact = !Number.isInteger(parsed) || Number.isSafeInteger(parsed)
        expect(number).toBe(isExact ? parsed : doubt)
        expect(integer).toBe(Number.isSafeInteger(parsed) ? parsed : doubt)
        expect(digits).toBe(/^\d+$/.test(token) ? token : doubt)
      }),
      { numRuns: 2_000 }
    )
  })
})
