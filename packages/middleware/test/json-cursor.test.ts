/** The cursor reads what `JSON.parse` gives, or is in doubt; and it knows where a value ends. */
import fc from 'fast-check'
import { doubt, JsonCursor } from '../src/codecs/json-cursor'
import { parseIsoInstant } from '../src/codecs/timestamp'
import { behinds, cursorAt, errorOf, read } from './cursors'

describe('JsonCursor: tokens', () => {
  test('skipSpace: all that JSON counts as space, and nothing else', () => {
    const cursor = new JsonCursor(Buffer.from(' \n\r\t \t1 \v'))
    cursor.skipSpace()
    expect(cursor.at).toBe(6)
    cursor.skipSpace()
    expect(cursor.at).toBe(6)
    for (const [text, at] of [
      ['', 0],
      ['  ', 2],
      ['\v', 0],
      ['\f', 0],
      ['\u00a0', 0],
      ['\ufeff', 0],
      ['\0', 0]
    ] as const) {
      const other = new JsonCursor(Buffer.from(text))
      other.skipSpace()
      expect(other.at).toBe(at)
    }
  })

  test('take: a byte that comes next, and no other', () => {
    const cursor = new JsonCursor(Buffer.from('{}'))
    expect([cursor.take(125), cursor.at]).toEqual([false, 0])
    expect([cursor.take(123), cursor.at]).toEqual([true, 1])
    expect([cursor.take(125), cursor.at]).toEqual([true, 2])
    expect([cursor.take(125), cursor.at]).toEqual([false, 2])
  })

  test('takeWord: all of a word, or nothing', () => {
    const cursor = new JsonCursor(Buffer.from('nulltrunul'))
    expect([cursor.takeWord(Buffer.from('true')), cursor.at]).toEqual([false, 0])
    expect([cursor.takeWord(Buffer.from('null')), cursor.at]).toEqual([true, 4])
    expect([cursor.takeWord(Buffer.from('true')), cursor.at]).toEqual([false, 4])
    cursor.at = 7
    expect([cursor.takeWord(Buffer.from('null')), cursor.at]).toEqual([false, 7])
  })

  test('takeAgain: what stood elsewhere, or nothing', () => {
    const cursor = new JsonCursor(Buffer.from('"value":"value"x"value'))
    cursor.at = 8
    expect([cursor.takeAgain(0, 8), cursor.at]).toEqual([false, 8])
    expect([cursor.takeAgain(0, 7), cursor.at]).toEqual([true, 15])
    expect([cursor.takeAgain(0, 7), cursor.at]).toEqual([false, 15])
    cursor.at = 16
    expect([cursor.takeAgain(0, 7), cursor.at]).toEqual([false, 16])
  })

  test('slice: the bytes from here to a place', () => {
    const cursor = cursorAt('{"a":1}', ',2')
    expect(cursor.slice(cursor.at + 7).toString()).toBe('{"a":1}')
  })

  test('a cursor of bytes that begin in the midst of others, reads from there and ends there', () => {
    const around = Buffer.from('["before","text" "text",12345678901234567890')
    const cursor = new JsonCursor(new Uint8Array(around.buffer, around.byteOffset + 10, 13))
    expect([cursor.readText(), cursor.at]).toEqual(['text', 6])
    cursor.skipSpace()
    expect([cursor.readText(), cursor.at]).toEqual(['text', 13])
    expect(cursor.take(44)).toBe(false)
    expect(cursor.endOfValue()).toBe(13)
  })
})

describe('JsonCursor: texts', () => {
  test.each(['', 'a', 'null', '53.0', 'x'.repeat(3_000), ' !#[]{},:~\u007f', "'", '/'])(
    'readText: %j, is read',
    (text) => expect(read('readText', JSON.stringify(text))).toBe(text)
  )

  test.each([
    ['"\\u0041\\n\\"\\\\\\/"', 'A\n"\\/'],
    ['"\u00df\u0130"', '\u00df\u0130'],
    ['"\u0080"', '\u0080'],
    ['"\ufeffa"', '\ufeffa'],
    ['"\\ufeffa\\u0000"', '\ufeffa\0'],
    ['"\\ud83d\\ude00"', '\u{1f600}'],
    ['"\u{1f600},]}{["', '\u{1f600},]}{['],
    ['"\\"},{\\""', '"},{"']
  ])('readText: %s, is parsed', (token, text) => expect(read('readText', token)).toBe(text))

  test.each(['"\\ud800"', '"\\ude00\\ud83d"', '1', '', 'null', '{"a":"b"}', "'a'", ' "a"', '\ufeff"a"'])(
    'readText: %s, is in doubt',
    (token) => expect(read('readText', token)).toBe(doubt)
  )

  test.each(['"\t"', '"\n"', '"\0"', '"\u001f"', '"\\x"', '"\\u00g0"'])(
    'readText: %j, is refused as JSON.parse refuses it',
    (token) => {
      for (const behind of behinds) expect(errorOf(() => cursorAt(token, behind).readText())).toBe('SyntaxError')
    }
  )

  test.each(['"a', '"', '"\\"', '"\\', '"\\"}', '"\u00e9'])('readText: %s, without an end, is refused', (token) => {
    expect(errorOf(() => cursorAt(token).readText())).toBe('SyntaxError')
  })

  test('readText: no UTF-8, is refused', () => {
    for (const byte of [0x80, 0xc3, 0xff]) {
      const cursor = new JsonCursor(Buffer.from([34, 97, byte, 34]))
      expect(errorOf(() => cursor.readText())).toBe('ThryveError')
    }
  })

  test('readText: texts one after another, each as it stands', () => {
    const tokens = ['"abcdX"', '"abcdY"', '"abcdX"', '"abcd"', '"abc"', '"abc"', '""', '"ab\\""', '"abcdX"', '"abcdX"']
    const texts = ['abcdX', 'abcdY', 'abcdX', 'abcd', 'abc', 'abc', '', 'ab"', 'abcdX', 'abcdX']
    const cursor = new JsonCursor(Buffer.from(`${tokens.join(',')}]`))
    const found: unknown[] = []
    do found.push(cursor.readText())
    while (found.length < texts.length && cursor.take(44))
    expect(found).toEqual(texts)
  })

  test('readText: any texts, as JSON.parse reads them', () => {
    const unit = fc.oneof(fc.constantFrom('a', 'b', '"', '\\', '\u00e9', '\ud800', '\n'), fc.string({ maxLength: 1 }))
    const text = fc.oneof(fc.string({ unit, maxLength: 12 }), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 9 }), fc.constantFrom(',', ' ,'), (texts, between) => {
        const cursor = new JsonCursor(Buffer.from(`${texts.map((text) => JSON.stringify(text)).join(between)}]`))
        for (const text of texts) {
          const value = cursor.readText()
          expect(value).toBe(text.isWellFormed() ? text : doubt)
          if (value === doubt) cursor.at = cursor.endOfValue()
          cursor.skipSpace()
          expect(cursor.take(44) || cursor.take(93)).toBe(true)
          cursor.skipSpace()
        }
      }),
      { numRuns: 1_000 }
    )
  })
})

describe('JsonCursor: instants', () => {
  const spellings = [
    '2024-05-06T07:08:09Z',
    '2024-05-06T07:08:09.123Z',
    '2024-05-06T07:08:09+01:30',
    '2024-05-06T07:08:09.123-01:30',
    '0001-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59.999Z'
  ]
  test.each(spellings)('readInstant: %s, is read', (text) => {
    expect(read('readInstant', `"${text}"`)).toEqual(new Date(parseIsoInstant(text) as number))
  })

  test.each([0, 1, -1, 1_662_579_572_000, -62_167_219_200_000, 253_402_300_799_999])(
    'readInstant: %i milliseconds, are read',
    (ms) => expect(read('readInstant', String(ms))).toEqual(new Date(ms))
  )

  test.each(['1.0', '1662579572e3', '-0'])('readInstant: %s milliseconds, are read', (token) =>
    expect(read('readInstant', token)).toEqual(new Date(JSON.parse(token)))
  )

  test.each([
    ...[
      '-62167219200001',
      '253402300800000',
      '1.5',
      '1e400',
      '9007199254740993',
      '01',
      '',
      'null',
      '"null"',
      '""',
      '{}'
    ],
    ...['"2024-05-06"', '"2024-02-30T07:08:09Z"', '"9999-12-31T23:59:59.999-00:01"', '"0000-01-01T00:00:00Z"', '"0"'],
    ...['"2024-05-06T07:08:09"', '"2024-05-06T07:08:09z"', '"2024-05-06T07:08:09Z', '"2024-05-06T07:08Z"', ' 1', 'true']
  ])('readInstant: %s, is in doubt', (token) => expect(read('readInstant', token)).toBe(doubt))
})

describe('JsonCursor: ends', () => {
  test.each([
    ['1', 1],
    ['1 ', 2],
    ['"a,]}"', 6],
    ['"\\",}"', 6],
    ['"\\\\"', 4],
    ['null\n', 5],
    ['{}', 2],
    ['[]', 2],
    ['{"a":[1,{"]":"}"}],"b":{}}', 26],
    ['[[],[{}],",]"]', 14],
    // What is no value has an end, too.
    ['', 0],
    ['{]', 2],
    ['[}', 2],
    ['"a"{}', 5]
  ])('endOfValue: %s, is where a value ends', (token, length) => {
    for (const behind of ['', ',', ',1', '}', ']', '},{', ']]']) {
      const cursor = cursorAt(token, behind)
      const start = cursor.at
      expect([token, behind, cursor.endOfValue() - start]).toEqual([token, behind, length])
      expect(cursor.at).toBe(start)
    }
  })

  test.each(['"a', '"a\\', '"a\\"', '{', '[', '{"a":', '[1,', '{"a":{}', '["]"'])(
    'endOfValue: %s, without an end, is the end of the bytes',
    (token) => {
      const cursor = cursorAt(token)
      expect(cursor.slice(cursor.endOfValue()).toString()).toBe(token)
    }
  )

  test('endOfValue: any JSON value, however it is spaced, is its end', () => {
    const value = fc.jsonValue({ stringUnit: 'binary' })
    fc.assert(
      fc.property(value, fc.constantFrom(0, 1, '\t'), fc.constantFrom(...behinds), (value, indent, behind) => {
        const token = JSON.stringify(value, null, indent)
        const cursor = cursorAt(token, behind)
        const rest = Buffer.from(token + behind)
        const isContainer = typeof value === 'object' && value !== null
        const spaces = isContainer ? 0 : behind.length - behind.trimStart().length
        expect(cursor.endOfValue() - cursor.at).toBe(rest.length - Buffer.byteLength(behind.slice(spaces)))
      }),
      { numRuns: 1_000 }
    )
  })

  test('bytes that end anywhere, read from anywhere, are read, in doubt, or refused', () => {
    const text = `{"a\\u0041":"\u00e9\\"","b" : [-1.5e3, 12 ,null],"t":"2024-05-06T07:08:09.123+01:30","d":12345678901234567}`
    const bytes = Buffer.from(text)
    const methods = ['readText', 'readNumber', 'readInteger', 'readDigits', 'readInstant', 'endOfValue'] as const
    for (let end = 0; end <= bytes.length; end += 1) {
      const cursor = new JsonCursor(bytes.subarray(0, end))
      for (const method of methods)
        for (let at = 0; at <= end; at += 1) {
          cursor.at = at
          errorOf(() => cursor[method]())
          if (cursor.at < at || cursor.at > end) throw new Error(`${method}: ${at} of ${end}, then ${cursor.at}`)
        }
    }
  })
})
