import * as t from 'io-ts'
import type { ParsedValue } from '../records'
import { Text } from './text'
import { parseIsoInstant } from './timestamp'

const INTEGER = /^[+-]?\d+(?:\.0*)?$/
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

/**
 * A measured value: text; a bare number or boolean, as some senders write it, becomes text.
 *
 * @example Value.decode('53.0')
 */
export const Value: t.Type<string, string, unknown> = new t.Type(
  'text, number or boolean',
  Text.is,
  (u, context) => {
    if (Text.is(u)) return t.success(u)
    const isPlain = typeof u === 'boolean' || typeof u === 'bigint' || (typeof u === 'number' && Number.isFinite(u))
    return isPlain ? t.success(String(u)) : t.failure(u, context)
  },
  t.identity
)

const exactNumber = (value: string): number | string => {
  const number = Number(value) + 0
  return Number.isSafeInteger(number) ? number : value
}

const finiteNumber = (value: string): number | string => {
  const number = DECIMAL.test(value) ? Number(value) + 0 : Number.NaN
  return Number.isFinite(number) ? number : value
}

const booleanOf = (value: string): boolean | string => {
  const word = value.toLowerCase()
  if (word === 'true' || word === '1') return true
  return word === 'false' || word === '0' ? false : value
}

const dateOf = (value: string): Date | string => {
  const ms = parseIsoInstant(value)
  return ms === undefined ? value : new Date(ms)
}

/**
 * Reads a value by its `valueType`. What does not fit its type stays text: nothing is guessed and nothing is lost.
 * Without a `valueType` (details switched off) decimal text is a number.
 *
 * @example parseValue('53.0', 'DOUBLE') // 53
 */
export const parseValue = (value: string, valueType: string | undefined): ParsedValue => {
  if (valueType === undefined) return INTEGER.test(value) ? exactNumber(value) : finiteNumber(value)
  switch (valueType.toUpperCase()) {
    case 'LONG':
    case 'INTEGER':
      return INTEGER.test(value) ? exactNumber(value) : value
    case 'DOUBLE':
    case 'FLOAT':
      return finiteNumber(value)
    case 'BOOLEAN':
      return booleanOf(value)
    case 'DATE':
      return dateOf(value)
    default:
      return value
  }
}
