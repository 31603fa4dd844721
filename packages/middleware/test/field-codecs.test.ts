/** The codecs of single fields: what each takes, what it makes of it, and what it expects instead of the rest. */
import { isLeft, right } from 'fp-ts/lib/Either'
import type * as t from 'io-ts'
import { renderFailures } from '../src/codecs/failures'
import { Digits, FiniteNumber, Integer } from '../src/codecs/number'
import { optional, optionalTimestamp } from '../src/codecs/optional'
import { List } from '../src/codecs/shape'
import { EndUserId, Text, UpperCaseWord } from '../src/codecs/text'
import { day, instant } from '../src/codecs/timestamp'
import { Value } from '../src/codecs/value'

const id = 'x'.repeat(1_024)
const digits = '1'.repeat(1_000)
const at = (ms: number) => new Date(ms)
const [first, last] = [-62_167_219_200_000, 253_402_300_799_999]
const instantName = 'ISO 8601 instant with zone, or unix milliseconds'
const dayName = 'day as YYYY-MM-DD, or unix milliseconds of midnight UTC'

/** `good`: the wire form, the value, what that is encoded to. `wrong` is no value; by default all that is `bad`. */
type Field = [
  label: string,
  codec: unknown,
  expected: string,
  good: [wire: unknown, value?: unknown, encoded?: unknown][],
  bad: unknown[],
  wrong?: unknown[]
]

const fields: Field[] = [
  ['Text', Text, 'text', [[''], ['a'], ['\u{1f600}']], ['\ud800', 7, ['a']]],
  ['EndUserId', EndUserId, 'text of 1 to 1024 characters', [['a'], [id]], ['', `${id}x`, '\ud800', 7, ['a']]],
  [
    'UpperCaseWord',
    UpperCaseWord,
    'text of 1 to 1024 characters',
    [['A_1'], ['a_1', 'A_1', 'A_1'], [id, id.toUpperCase(), id.toUpperCase()]],
    ['', `${id}x`, '\ud800', 7],
    ['a_1', '', 7]
  ],
  ['Integer', Integer, 'integer', [[0], [-0, 0, 0], [2 ** 53 - 1], [1 - 2 ** 53]], [2 ** 53, 0.5, Number.NaN, '1', 1n]],
  [
    'FiniteNumber',
    FiniteNumber,
    'number',
    [[0.5], [-0, 0, 0], [1e300], [-7]],
    [Number.POSITIVE_INFINITY, Number.NaN, '1', 1n]
  ],
  [
    'Digits',
    Digits,
    'integer',
    [
      [5, '5'],
      [-0, '0', 0],
      ['-12', '-12', -12],
      [2n ** 64n, '18446744073709551616'],
      ['9007199254740991', '9007199254740991', 2 ** 53 - 1],
      ['-9007199254740992', '-9007199254740992', -(2n ** 53n)],
      [digits, digits, BigInt(digits)]
    ],
    [0.5, 2 ** 53, '', '-', '01', '-0', '+1', '1.5', ' 1', 'x1', '1x', `${digits}1`, ['1']]
  ],
  [
    'Value',
    Value,
    'text, number or boolean',
    [['53.0'], [''], [53.5, '53.5', '53.5'], [true, 'true', 'true'], [-7n, '-7', '-7']],
    [Number.POSITIVE_INFINITY, Number.NaN, '\ud800', ['1'], {}]
  ],
  ['List', List, 'list', [[[]], [[1, null]]], [{ length: 0 }, 'text', 7]],
  [
    'instant.ISO',
    instant.ISO,
    instantName,
    [
      ['2022-09-07T19:39:32Z', at(1_662_579_572_000)],
      ['2022-09-07T19:39:32.25+01:00', at(1_662_575_972_250), '2022-09-07T18:39:32.250Z'],
      [first, at(first), '0000-01-01T00:00:00Z'],
      [last, at(last), '9999-12-31T23:59:59.999Z']
    ],
    [first - 1, last + 1, 0.5, '0', 'null', '0000-01-01T00:00:00+00:01', true, 0n, at(0)],
    [at(first - 1), at(last + 1), at(Number.NaN), 0, '2022-09-07T19:39:32Z', { getTime: () => 0 }]
  ],
  [
    'instant.UNIX',
    instant.UNIX,
    instantName,
    [
      [0, at(0)],
      ['1970-01-01T00:00:00.001Z', at(1), 1]
    ],
    ['0', null]
  ],
  [
    'day.ISO',
    day.ISO,
    dayName,
    [
      ['2024-02-29'],
      ['0000-01-01'],
      ['0099-12-31'],
      [first, '0000-01-01', '0000-01-01'],
      [86_400_000, '1970-01-02', '1970-01-02']
    ],
    [
      86_400_001,
      first - 86_400_000,
      last + 1,
      '86400000',
      '2023-02-29',
      '2022-04-31',
      '2022-01-32',
      '2022-13-01',
      '2022-00-10',
      '2022-10-00',
      '12022-01-01',
      '2022-01-011',
      0n,
      at(0)
    ],
    [0, '2023-02-29', at(0)]
  ],
  [
    'day.UNIX',
    day.UNIX,
    dayName,
    [
      ['1970-01-02', '1970-01-02', 86_400_000],
      [0, '1970-01-01']
    ],
    ['1970-1-2', null]
  ],
  [
    'optional(Text)',
    optional(Text),
    'text',
    [[undefined], [null, undefined, undefined], ['a']],
    [7, '\ud800'],
    [null, 7]
  ],
  ['optional(instant.UNIX)', optional(instant.UNIX), instantName, [[undefined], [7, at(7)]], ['null'], [null, 7]],
  [
    'optionalTimestamp(instant.UNIX)',
    optionalTimestamp(instant.UNIX),
    instantName,
    [[undefined], [null, undefined, undefined], ['null', undefined, undefined], [7, at(7)]],
    ['', 'NULL', 'undefined', 0.5],
    [null, 'null', 7]
  ]
]

describe.each(fields)('%s', (_label, codec, expected, good, bad, wrong = bad) => {
  const { decode, is, encode } = codec as t.Type<unknown, unknown, unknown>
  const anywhere = [Symbol('text'), () => 'text']

  test('what it takes, is decoded to a value, and that is encoded', () => {
    for (const [wire, ...others] of good) {
      const [value, encoded] = [...others, ...[wire, wire].slice(others.length)]
      expect([wire, decode(wire), is(value), encode(value)]).toEqual([wire, right(value), true, encoded])
    }
  })

  test('anything else, is refused with what is expected', () => {
    for (const wire of [...bad, ...anywhere]) {
      const result = decode(wire)
      expect([wire, isLeft(result) && renderFailures(result.left)]).toEqual([wire, [{ path: '', expected }]])
    }
  })

  test('anything else, is no value', () => {
    for (const value of [...wrong, ...anywhere]) expect([value, is(value)]).toEqual([value, false])
  })
})
