import fc from 'fast-check'
import { parseValue } from '../src/codecs/value'

describe('parseValue', () => {
  test.each([
    ['53.0', 'DOUBLE', 53],
    ['-1.5e3', 'FLOAT', -1500],
    ['11203', 'LONG', 11203],
    ['11203.0', 'LONG', 11203],
    ['9007199254740993', 'LONG', '9007199254740993'],
    ['1e400', 'DOUBLE', '1e400'],
    ['', 'DOUBLE', ''],
    ['0x10', 'LONG', '0x10'],
    ['TRUE', 'BOOLEAN', true],
    ['0', 'BOOLEAN', false],
    ['maybe', 'BOOLEAN', 'maybe'],
    ['2022-09-07T19:39:32Z', 'DATE', new Date('2022-09-07T19:39:32Z')],
    ['soon', 'DATE', 'soon'],
    ['12', 'STRING', '12'],
    ['[1,2]', 'JSON', '[1,2]'],
    ['12', 'TOMORROW', '12'],
    ['12', 'long', 12],
    ['+12', 'INTEGER', 12],
    ['-12.', 'INTEGER', -12],
    ['-0', 'INTEGER', 0],
    ['12.5', 'INTEGER', '12.5'],
    ['12.05', 'INTEGER', '12.05'],
    ['x12', 'INTEGER', 'x12'],
    ['12x', 'INTEGER', '12x'],
    ['12', 'DOUBLE', 12],
    ['+12.25', 'DOUBLE', 12.25],
    ['-12.', 'DOUBLE', -12],
    ['-.25', 'DOUBLE', -0.25],
    ['-12.25E+12', 'FLOAT', -12.25e12],
    ['-0', 'FLOAT', 0],
    ['.5', 'DOUBLE', 0.5],
    ['.', 'DOUBLE', '.'],
    ['-.', 'DOUBLE', '-.'],
    ['1.2.3', 'DOUBLE', '1.2.3'],
    ['e5', 'DOUBLE', 'e5'],
    ['1e', 'DOUBLE', '1e'],
    ['1e5.5', 'DOUBLE', '1e5.5'],
    ['x1.5', 'DOUBLE', 'x1.5'],
    ['1.5x', 'DOUBLE', '1.5x'],
    [' 1.5', 'DOUBLE', ' 1.5'],
    ['0x10', 'DOUBLE', '0x10'],
    ['Infinity', 'DOUBLE', 'Infinity'],
    ['-1/2', 'DOUBLE', '-1/2'],
    ['1:5', 'DOUBLE', '1:5'],
    ['1', 'BOOLEAN', true],
    ['False', 'BOOLEAN', false],
    ['2', 'BOOLEAN', '2'],
    ['', 'BOOLEAN', ''],
    ['-12', undefined, -12],
    ['true', undefined, 'true'],
    ['2022-09-07', 'DATE', '2022-09-07'],
    ['12', undefined, 12],
    ['12.5', undefined, 12.5],
    ['812,790,805', undefined, '812,790,805'],
    ['9007199254740993', undefined, '9007199254740993.0'.slice(0, 16)]
  ])('%p as %p, is %p', (value, valueType, parsed) => {
    expect(parseValue(value, valueType)).toEqual(parsed)
  })

  test('plain decimals of up to 15 characters, are read without a regular expression', () => {
    const texts = ['0', '9', '53.0', '0.5', '5.', '11203', '999999999999999', '12345678901234.', '0.0000000000009']
    const expression = jest.spyOn(RegExp.prototype, 'test')
    const values = texts.map((text) => parseValue(text, 'DOUBLE'))
    const calls = expression.mock.calls.length
    expression.mockRestore()
    expect(values).toEqual(texts.map(Number))
    expect(calls).toBe(0)
  })

  test('decimal text of any length, is the number that JavaScript reads', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 18 })
    fc.assert(
      fc.property(digits, fc.constantFrom('', '.'), digits, (whole, point, fraction) => {
        const text = `${whole}${point}${fraction}`
        expect(parseValue(text, 'DOUBLE')).toBe(/\d/.test(text) ? Number(text) : text)
      }),
      { numRuns: 2_000 }
    )
  })

  test.each([
    ['15 digits', '999999999999.999'],
    ['16 digits', '9007199254740.993'],
    ['17 digits', '0.1234567890123456'],
    ['17 digits around the point', '81676.0959402973844'],
    ['16 digits before the point', '9007199254740993.1'],
    ['a fraction alone', '0.00000000000001'],
    ['a point at the end', '12345678901234.']
  ])('%s, are the number that JavaScript reads', (_name, text) => {
    expect(parseValue(text, 'DOUBLE')).toBe(Number(text))
  })
})
