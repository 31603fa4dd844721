import fc from 'fast-check'
import { parseJson, stringifyJson } from '../src/json'

const parse = (text: string) => parseJson(Buffer.from(text))
const texts = fc.oneof(fc.string(), fc.stringMatching(/^-?\d{14,22}$/))
const codeOf = (act: () => unknown) => {
  try {
    act()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return undefined
}

describe('parseJson', () => {
  test.each([
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['9007199254740991', 9007199254740991],
    ['9007163812253719', 9007163812253719],
    ['{"a":[123456789012345678901234567890]}', { a: [123456789012345678901234567890n] }],
    ['{"a":"12345678901234567890","b":12345678901234567890}', { a: '12345678901234567890', b: 12345678901234567890n }],
    ['{"a\\"12345678901234567890":12345678901234567890}', { 'a"12345678901234567890': 12345678901234567890n }],
    ['["\\\\",12345678901234567890]', ['\\', 12345678901234567890n]],
    [
      '[0.12345678901234567890,1e22,12345678901234567890.5]',
      [0.12345678901234568, 1e22, Number('12345678901234567890.5')]
    ],
    ['12345678901234567890e0', Number('12345678901234567890')],
    ['1e400', Number.POSITIVE_INFINITY],
    ['\ufeff{"a":1}', { a: 1 }],
    ['{"a":1,"a":2}', { a: 2 }]
  ])('%s, is that value', (text, value) => {
    expect(parse(text)).toEqual(value)
  })

  test.each(['', ' ', '{', 'nul', '01', '"\u0000"', '{"a":1}x', '[1,]', `[${'9'.repeat(2_000)}]`, "{'a':1}", 'NaN'])(
    '%p, is not JSON',
    (text) => {
      expect(codeOf(() => parse(text))).toBe('THRYVE_INVALID_JSON')
    }
  )

  test.each([[[0xff]], [[0x22, 0xc3, 0x22]], [[0x22, 0xed, 0xa0, 0x80, 0x22]], [[0xc0, 0x80]]])(
    'bytes %p, are not UTF-8',
    (bytes) => {
      expect(codeOf(() => parseJson(Uint8Array.from(bytes)))).toBe('THRYVE_INVALID_UTF8')
    }
  )

  test('200,000 levels, a value or a coded error, never a crash', () => {
    const deep = `${'['.repeat(200_000)}12345678901234567890${']'.repeat(200_000)}`
    expect(['THRYVE_INVALID_JSON', undefined]).toContain(codeOf(() => parse(deep)))
  })

  test('a broken payload, leaves nothing of itself in the error', () => {
    try {
      parse('{"canary-value": oops')
      throw new Error('parsed')
    } catch (error) {
      expect(JSON.stringify({ ...(error as object), stack: (error as Error).stack })).not.toContain('canary')
      expect((error as Error).cause).toBeUndefined()
    }
  })

  test('a string that looks like a marked integer, stays a string', () => {
    fc.assert(
      fc.property(fc.array(texts), fc.bigInt(), (value, integer) => {
        const parsed = parse(`[${JSON.stringify(value)},${integer}]`) as [unknown, number | bigint]
        expect(parsed[0]).toEqual(value)
        expect(BigInt(parsed[1])).toBe(integer)
      }),
      { numRuns: 500 }
    )
  })
})

describe('stringifyJson', () => {
  test('after parseJson, gives the same value back', () => {
    const json = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.bigInt({ min: 2n ** 60n, max: 2n ** 100n }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.string(),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value'))
      )
    })).value
    fc.assert(
      fc.property(json, (value) => {
        expect(parse(stringifyJson(value))).toEqual(value)
      }),
      { numRuns: 500 }
    )
  })

  test('undefined members, are left out', () => {
    expect(stringifyJson({ a: undefined, b: 2n ** 64n })).toBe('{"b":18446744073709551616}')
  })
})
