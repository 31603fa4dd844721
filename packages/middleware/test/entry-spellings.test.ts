/** The scanner, however an entry is spelt: orders of keys, spaces, what is no JSON, and one entry after another. */
import fc from 'fast-check'
import { attempt, details, dimensions, iso, isTaken, least, type Members, scanAll, usual, write } from './entries'

const tokensOf = (text: string): string[] => text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^"{}[\],:]+/g) ?? []

const reversed = (members: Members): Members => Object.fromEntries(Object.entries(members).reverse())
const rotated = (members: Members, by: number): Members => {
  const entries = Object.entries(members)
  return Object.fromEntries([...entries.slice(by), ...entries.slice(0, by)])
}

describe.each(dimensions)('%s entries', (dimension) => {
  const full = usual[dimension]
  const text = write(full)
  const tokens = tokensOf(text)

  test('fields in any order, are accepted', () => {
    for (const turned of [full, reversed(full)])
      for (let by = 0; by < Object.keys(full).length; by += 1)
        expect(isTaken(dimension, write(rotated(turned, by)))).toBe(true)
    for (const turned of [details, reversed(details)])
      for (let by = 0; by < Object.keys(details).length; by += 1)
        expect(isTaken(dimension, write({ ...full, additionalDetails: write(rotated(turned, by)) }))).toBe(true)
  })

  test.each([' ', '\n', '\r', '\t', ' \r\n\t '])('%j between any tokens, is accepted', (space) => {
    expect(isTaken(dimension, tokens.join(space))).toBe(true)
    for (let at = 1; at < tokens.length; at += 1)
      expect(isTaken(dimension, tokens.slice(0, at).join('') + space + tokens.slice(at).join(''))).toBe(true)
  })

  test.each(['\v', '\f', '\u00a0', '\ufeff', '\0', ',', ':', '{', '}', '[', ']', '"', '1', 'x', '\\', '/**/'])(
    '%j between any tokens, is no entry',
    (noise) => {
      for (let at = 0; at <= tokens.length; at += 1) {
        const noisy = tokens.slice(0, at).join('') + noise + tokens.slice(at).join('')
        // What stands behind an entry is not its own, and a digit before a number is another number.
        const isOther = at === tokens.length || (noise === '1' && /^\d/.test(tokens[at] as string))
        const isNumber = noise === '1' && /\d$/.test(tokens[at - 1] ?? '')
        if (!isOther && !isNumber) expect([noisy, isTaken(dimension, noisy)]).toEqual([noisy, false])
      }
    }
  )

  test('any token left out or put twice, is no entry', () => {
    for (let at = 0; at < tokens.length; at += 1) {
      const before = tokens.slice(0, at).join('')
      const after = tokens.slice(at + 1).join('')
      expect([before, isTaken(dimension, before + after)]).toEqual([before, false])
      if (at < tokens.length - 1 && !/^[\d.]+$/.test(tokens[at] as string))
        expect([before, isTaken(dimension, before + tokens[at] + tokens[at] + after)]).toEqual([before, false])
    }
  })

  test('an entry that ends early, is no entry', () => {
    for (let end = 0; end < text.length; end += 1)
      expect(attempt(() => scanAll(dimension, [text.slice(0, end)]))).toEqual([false])
  })

  test('a key that comes twice, is left to the composed codecs', () => {
    for (const [name, value] of Object.entries(full)) {
      expect(isTaken(dimension, `{"${name}":${value},${text.slice(1)}`)).toBe(false)
      expect(isTaken(dimension, `${text.slice(0, -1)},"${name}":${value}}`)).toBe(false)
      expect(isTaken(dimension, `${text.slice(0, -1)},"${name}":null}`)).toBe(false)
    }
    for (const [name, value] of Object.entries(details)) {
      const twice = `${write(details).slice(0, -1)},"${name}":${value}}`
      expect(isTaken(dimension, write({ ...full, additionalDetails: twice }))).toBe(false)
    }
  })

  test('a key written with an escape, is left to the composed codecs', () => {
    for (const name of [...Object.keys(full), ...Object.keys(details)]) {
      const spelt = `\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}`
      expect(isTaken(dimension, text.replace(`"${name}"`, `"${spelt}"`))).toBe(false)
    }
  })

  test('a key in another spelling, is an unknown field, and no required one', () => {
    for (const name of [...Object.keys(full), ...Object.keys(details)])
      for (const spelt of [name.toUpperCase(), name.slice(0, -1), `${name}s`, ` ${name}`]) {
        const isOptional = name in details || name === 'timezoneOffset' || name === 'endTimestamp'
        expect(isTaken(dimension, text.replace(`"${name}"`, `"${spelt}"`))).toBe(isOptional)
      }
  })

  test('a text without a value, is no member', () => {
    const open = (members: Members): string => write({ ...members, value: undefined }).slice(0, -1)
    expect(isTaken(dimension, `${open(least[dimension])},"x"}`)).toBe(false)
    expect(isTaken(dimension, `${open(full)},"x"}`)).toBe(false)
    expect(isTaken(dimension, write({ ...full, additionalDetails: '{"x"}' }))).toBe(false)
  })

  test('entries one after another, none has anything of another', () => {
    const other = { ...least[dimension], additionalDetails: write({ generationType: '"b"' }) }
    const texts = [
      text,
      write(least[dimension]),
      write(reversed(full)),
      write({ ...full, value: '{}' }),
      write(least[dimension]),
      write(other),
      write({ ...full, x: '1' }),
      write({ ...full, x: '{}' }),
      write({ ...least[dimension], additionalDetails: 'null' }),
      write({ ...full, additionalDetails: write({ ...details, generationType: '""' }) }),
      write({ ...least[dimension], value: '"abcdX"' }),
      write({ ...least[dimension], value: '"abcdY"' }),
      write({ ...least[dimension], value: '"abcdX\\n"' }),
      text
    ]
    const left = [3, 7, 9]
    expect(scanAll(dimension, texts)).toEqual(texts.map((_, index) => !left.includes(index)))
  })

  test('any entries one after another, are taken as the composed codecs take them, or not at all', () => {
    const name = fc.constantFrom(...Object.keys(full), ...Object.keys(details), 'x')
    const value = fc.constantFrom<string | undefined>(
      ...[
        undefined,
        'null',
        '"null"',
        '"a"',
        '"b"',
        '""',
        '1',
        '-0',
        '1.5',
        'true',
        '{}',
        iso,
        '"\\u0041"',
        '"\u00df"'
      ],
      '9007199254740993'
    )
    const change = fc.record({ name, value, isInDetails: fc.boolean(), by: fc.nat(9) })
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 8 }), (entries) => {
        scanAll(
          dimension,
          entries.map((changes) => {
            let members = full
            let known = details
            for (const { name, value, isInDetails, by } of changes) {
              if (isInDetails) known = rotated({ ...known, [name]: value }, by)
              else members = rotated({ ...members, [name]: value }, by)
            }
            return write({ ...members, ...(members['additionalDetails'] && { additionalDetails: write(known) }) })
          })
        )
      }),
      { numRuns: 1_000 }
    )
  })
})
