/** The table of texts that came before: it finds a text only where the very same stands. */
import fc from 'fast-check'
import { TextTable } from '../src/codecs/text-table'

/** Texts as JSON writes them, one after another, and where each begins and ends. */
const lay = (texts: readonly string[]) => {
  const places: { start: number; end: number }[] = []
  let json = ''
  for (const text of texts) {
    places.push({ start: json.length + 1, end: json.length + 1 + text.length })
    json += `"${text}",`
  }
  return { bytes: Buffer.from(json.slice(0, -1)), places }
}

/** What each text is found as, when all those before it were added. */
const findEach = ({ bytes, places }: ReturnType<typeof lay>) => {
  const table = new TextTable(bytes)
  return places.map(({ start, end }) => {
    const found = table.find(start)
    expect(table.add(start, end)).toBe(bytes.toString('latin1', start, end))
    return found
  })
}

describe('TextTable', () => {
  test.each([
    [
      ['DOUBLE', 'DOUBLE', 'LONG', 'DOUBLE', 'LONG'],
      [undefined, 'DOUBLE', undefined, 'DOUBLE', 'LONG']
    ],
    [
      ['abcdX', 'abcdY', 'abcdX', 'abcdX'],
      [undefined, undefined, undefined, 'abcdX']
    ],
    [
      ['abcd', 'abcdX', 'abcd', 'abcd'],
      [undefined, undefined, undefined, 'abcd']
    ],
    [
      ['abcdefgh', 'abcdefgX', 'abcdXfgh', 'abcdefgh'],
      [undefined, undefined, undefined, undefined]
    ],
    [
      ['abc', 'abc', 'ab', 'ab', 'a', 'a', '', ''],
      [undefined, 'abc', undefined, 'ab', undefined, 'a', undefined, undefined]
    ],
    [
      ['', '', 'x'],
      [undefined, undefined, undefined]
    ]
  ])('find: %j, those that came before and were not driven out', (texts, found) => {
    expect(findEach(lay(texts))).toEqual(found)
  })

  test('find: at the very end of the bytes, the same or nothing', () => {
    for (const text of ['', 'a', 'ab', 'abc', 'abcd', 'abcde', 'abcdefghi']) {
      const { bytes, places } = lay([text, text])
      const [first, second] = places as [(typeof places)[0], (typeof places)[0]]
      const table = new TextTable(bytes)
      table.add(first.start, first.end)
      // What stands behind a text of less than three bytes, and is missing here, counts as its head.
      expect(table.find(second.start)).toBe(text.length < 3 ? undefined : text)
      for (let end = second.start; end < bytes.length; end += 1) {
        const cut = new TextTable(bytes.subarray(0, end))
        cut.add(first.start, first.end)
        expect(cut.find(second.start)).toBeUndefined()
      }
    }
  })

  test('find: shorter than four bytes at the end of the bytes, what came before there', () => {
    const table = new TextTable(Buffer.from('"a"'))
    expect(table.find(1)).toBeUndefined()
    table.add(1, 2)
    expect(table.find(1)).toBe('a')
    expect(table.find(3)).toBeUndefined()
  })

  test('find: in bytes that begin in the midst of others, is the same', () => {
    const { bytes, places } = lay(['tracker', 'tracker', 'trackers'])
    const around = Buffer.concat([Buffer.from('"tracker'), bytes, Buffer.from('"')])
    const part = around.subarray(8, 8 + bytes.length)
    expect(part.byteOffset).toBeGreaterThan(bytes.byteOffset)
    expect(findEach({ bytes: part, places })).toEqual([undefined, 'tracker', undefined])
  })

  test('find: after many texts, most of some and no more than 512 of all', () => {
    const countFound = (count: number): number => {
      const texts = Array.from({ length: count }, (_, index) => `${1_000 + index * 7}-text`)
      const { bytes, places } = lay(texts)
      const table = new TextTable(bytes)
      for (const { start, end } of places) table.add(start, end)
      const found = places.map(({ start }) => table.find(start))
      for (const [index, text] of found.entries()) if (text !== undefined) expect(text).toBe(texts[index])
      return found.filter((text) => text !== undefined).length
    }
    expect(countFound(60)).toBeGreaterThan(50)
    expect(countFound(1_200)).toBeGreaterThan(256)
    expect(countFound(1_200)).toBeLessThanOrEqual(512)
  })

  test('find: any texts, what stands there or nothing', () => {
    const text = fc.oneof(fc.stringMatching(/^[ab]{0,9}$/), fc.constantFrom('abcdX', 'abcdY', 'abcd'))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 12 }), (texts) => {
        for (const [index, found] of findEach(lay(texts)).entries())
          if (found !== undefined) {
            expect(found).toBe(texts[index])
            expect(texts.indexOf(found)).toBeLessThan(index)
          }
      }),
      { numRuns: 1_000 }
    )
  })

  test('isSame: any two places and length, as bytes compare', () => {
    const bytes = Buffer.from('abcdabceabcdefghabcdefgiabcdefghij')
    const table = new TextTable(bytes)
    for (let a = 0; a < bytes.length; a += 1)
      for (let b = 0; b < bytes.length; b += 1)
        for (let length = 0; a + length <= bytes.length && length < 14; length += 1) {
          const isSame = b + length <= bytes.length && bytes.compare(bytes, b, b + length, a, a + length) === 0
          if (table.isSame(a, b, length) !== isSame) throw new Error(`${a}, ${b}, ${length}`)
        }
  })
})
