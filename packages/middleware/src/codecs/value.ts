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
    const isPlain = typeof u === 'boolean' || typeof u === 'bigint' || Number.isFinite(u)
    return isPlain ? t.success(String(u)) : t.failure(u, context)
  },
  t.identity
)

const TEXT_LIMIT = 15

/** Powers of ten that a number holds exactly. */
const POWERS_OF_TEN = Array.from({ length: TEXT_LIMIT }, (_, exponent) => 10 ** exponent)

/**
 * Reads plain digits with at most one point. Up to 15 of them are exact, and so is the power of ten they are divided by:
 * one rounding, as in `Number(text)`.
 *
 * @returns NaN for every other text.
 */
const plainDecimal = (text: string): number => {
  const { length } = text
  if (length === 0 || length > TEXT_LIMIT) return Number.NaN
  let digits = 0
  let pointAt = length
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at)
    if (code >= 48 && code <= 57) digits = digits * 10 + (code - 48)
    else if (code === 46 && pointAt === length && at > 0) pointAt = at
    else return Number.NaN
  }
  return pointAt === length ? digits : digits / (POWERS_OF_TEN[length - 1 - pointAt] as number)
}

const exactNumber = (value: string): number | string => {
  const number = Number(value) + 0
  return Number.isSafeInteger(number) ? number : value
}

const finiteNumber = (value: string): number | string => {
  const plain = plainDecimal(value)
  if (!Number.isNaN(plain)) return plain
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
