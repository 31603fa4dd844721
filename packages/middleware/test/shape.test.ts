import { isLeft, right } from 'fp-ts/lib/Either'
import type * as t from 'io-ts'
import { renderFailures } from '../src/codecs/failures'
import { FiniteNumber, Integer } from '../src/codecs/number'
import { optional } from '../src/codecs/optional'
import { isObject, shape } from '../src/codecs/shape'
import { Text } from '../src/codecs/text'

const point = shape('point', { x: Integer, label: optional(Text) })
const line = shape('line', { from: point, to: optional(point) })
const failuresOf = (codec: t.Decoder<unknown, unknown>, wire: unknown) => {
  const result = codec.decode(wire)
  return isLeft(result) ? renderFailures(result.left) : result
}
/** A value in `depth` lists, or in as many objects. */
const nested = (depth: number, wrap: (inner: unknown) => unknown = (inner) => [inner]): unknown =>
  depth === 0 ? 1 : wrap(nested(depth - 1, wrap))

describe('shape', () => {
  test.each<[string, unknown, unknown]>([
    ['all fields', { x: 1, label: 'a' }, { x: 1, label: 'a' }],
    ['an optional field that is missing', { x: 1 }, { x: 1 }],
    ['an optional field that is null', { x: 1, label: null }, { x: 1 }],
    ['unknown fields', { z: [1], x: 1, y: false }, { x: 1, unknown: { z: [1], y: false } }],
    ['unknown fields that are null', { x: 1, y: null, z: null }, { x: 1 }],
    ['an unknown field that is undefined', { x: 1, y: undefined }, { x: 1, unknown: { y: undefined } }]
  ])('decode: %s, are what it makes', (_name, wire, value) => {
    expect(point.decode(wire)).toStrictEqual(right(value))
  })

  test('decode: a __proto__ field, is a plain unknown one', () => {
    const result = point.decode(JSON.parse('{"x":1,"__proto__":{"label":"a"}}'))
    const unknown = (result as { right: { unknown: object } }).right.unknown
    expect(Object.entries(unknown)).toEqual([['__proto__', { label: 'a' }]])
    expect(Object.getPrototypeOf(unknown)).toBe(Object.prototype)
  })

  test.each<[string, unknown, string[]]>([
    ['no object', 'x', [': line']],
    ['null', null, [': line']],
    ['a list', [], [': line']],
    ['a missing field', {}, ['from: point']],
    ['a field of a field', { from: { x: 'a', label: 7 } }, ['from.x: integer', 'from.label: text']],
    ['two bad fields', { from: {}, to: [] }, ['from.x: integer', 'to: point']],
    ['an inherited field', Object.create({ from: { x: 1 } }), ['from: point']]
  ])('decode: %s, fails at its place', (_name, wire, failures) => {
    expect(failuresOf(line, wire)).toEqual(
      failures.map((failure) => ({ path: failure.split(': ')[0], expected: failure.split(': ')[1] }))
    )
  })

  test.each([
    ['lists', (inner: unknown) => [0, inner]],
    ['objects', (inner: unknown) => ({ inner, other: null })]
  ])('decode: unknown fields, may be %s nested 31 deep in their object', (_name, wrap) => {
    expect(failuresOf(point, { x: 1, deep: nested(31, wrap) })).toHaveProperty('right')
    expect(failuresOf(point, { x: 1, deep: nested(32, wrap) })).toEqual([
      { path: '', expected: 'unknown fields nested at most 32 deep' }
    ])
  })

  test('is: what it decodes to, and nothing else', () => {
    for (const value of [{ x: 1 }, { x: 1, label: 'a' }, { x: 1, label: undefined, unknown: { y: 1 } }])
      expect(point.is(value)).toBe(true)
    const inherited = Object.create({ x: 1 }) as object
    for (const value of [null, undefined, 7, [], {}, { x: 'a' }, { x: 1, label: 7 }, inherited])
      expect(point.is(value)).toBe(false)
  })

  test('encode: fields in the order of the shape, then the unknown ones; none that is absent', () => {
    const encoded = line.encode({
      to: { x: 2 },
      from: { label: 'a', x: 1, unknown: { y: 3 } },
      unknown: { z: 4 }
    } as never)
    expect(JSON.stringify(encoded)).toBe('{"from":{"x":1,"label":"a","y":3},"to":{"x":2},"z":4}')
    expect(Object.keys(point.encode({ x: 1 }))).toEqual(['x'])
    expect(point.encode(Object.assign(Object.create({ label: 'a' }), { x: 1 }))).toEqual({ x: 1 })
  })

  test('its name, is in what it expects', () => {
    expect([point.name, line.name]).toEqual(['point', 'line'])
  })
})

describe('isObject', () => {
  test.each([
    [{}, true],
    [Object.create(null), true],
    [[], false],
    [null, false],
    [undefined, false],
    ['text', false],
    [() => 1, false]
  ])('%p, is one: %p', (u, isOne) => expect(isObject(u)).toBe(isOne))
})

describe('renderFailures', () => {
  const at = (...keys: string[]) => keys.map((key) => ({ key, type: FiniteNumber, actual: 1 }))

  test.each([
    [at(''), ''],
    [at('', 'data', '', 'x'), 'data.x'],
    [at('', 'data', '12', 'x'), 'data[12].x'],
    [at('', '0', '1', 'x1', '1x'), '[0][1].x1.1x'],
    [at('', '-1', '1.5'), '-1.1.5']
  ])('a path of %#, is written with its indices', (context, path) => {
    expect(renderFailures([{ value: 1, context }])).toEqual([{ path, expected: 'number' }])
  })

  test('what is expected, is the message, else the last type, else nothing in particular', () => {
    expect(
      renderFailures([
        { value: 1, context: at('x'), message: 'a pause' },
        { value: 1, context: at('x', 'y') },
        { value: 1, context: [] }
      ])
    ).toEqual([
      { path: 'x', expected: 'a pause' },
      { path: 'x.y', expected: 'number' },
      { path: '', expected: 'something else' }
    ])
  })
})
