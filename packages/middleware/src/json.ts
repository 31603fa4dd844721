/** JSON without loss: an integer beyond 2^53 is a `bigint`, never a rounded number. */
import { isAscii, isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { ThryveError } from './errors'
import { createJsonBounds } from './json-bounds'

/** Far beyond any reference (30 digits were considered); a `BigInt` of a million digits would stall the process. */
const MAX_DIGITS = 1_000

const QUOTE = 34
const BACKSLASH = 92
const MINUS = 45

/** What Node's own UTF-8 decoder removes. */
const hasByteOrderMark = (bytes: Uint8Array): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf

/**
 * Bytes as text. Strict: a lenient decoder would write U+FFFD over what it cannot read, and nothing could repair that
 * later. A byte order mark is no part of the text.
 *
 * @throws ThryveError `THRYVE_INVALID_UTF8`
 */
export const decodeUtf8 = (bytes: Uint8Array): string => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // Twice as fast as a TextDecoder: both checks take a few bytes at a time, and ASCII is copied as it is.
  if (isAscii(buffer)) return buffer.toString('latin1')
  if (!isUtf8(buffer)) throw new ThryveError('THRYVE_INVALID_UTF8')
  return buffer.toString('utf8', hasByteOrderMark(bytes) ? 3 : 0)
}

/** The vendor's own example has 16 digits (and is safe), so a run of digits alone proves nothing. */
const hasUnsafeInteger = (text: string): boolean => {
  for (const [digits] of text.matchAll(/\d{16,}/g)) {
    if (!Number.isSafeInteger(Number(digits))) return true
  }
  return false
}

const isUnsafeInteger = (token: string): boolean => {
  if (token.length < 16 || !/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token))) return false
  if (token.length > MAX_DIGITS) throw new RangeError('integer too long')
  return true
}

const endOfString = (text: string, start: number): number => {
  let at = start + 1
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at + 1
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** Digits, `.`, `e`, `E`, `+` and `-`. NaN, at the end of the text, is none of them. */
const isNumberPart = (code: number): boolean =>
  isDigit(code) || code === 46 || code === 69 || code === 101 || code === 43 || code === MINUS

const endOfNumber = (text: string, start: number): number => {
  let at = start + 1
  while (isNumberPart(text.charCodeAt(at))) at += 1
  return at
}

/** Expects valid JSON. Linear, and without a regular expression over strings of any length. */
const quoteUnsafeIntegers = (text: string, marker: string): string => {
  const parts: string[] = []
  let copied = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfString(text, at)
    } else if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(text, at)
      const token = text.slice(at, end)
      if (isUnsafeInteger(token)) {
        parts.push(text.slice(copied, at), '"', marker, token, '"')
        copied = end
      }
      at = end
    } else {
      at += 1
    }
  }
  parts.push(text.slice(copied))
  return parts.join('')
}

/** Parses again with the long integers quoted behind a marker that no sender can guess. */
const parseWithBigInts = (text: string): unknown => {
  const marker = randomUUID()
  return JSON.parse(quoteUnsafeIntegers(text, marker), (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(marker) ? BigInt(value.slice(marker.length)) : value
  )
}

/** Parses a text, its long integers as `bigint`s. @throws ThryveError `THRYVE_INVALID_JSON` */
export const parseLossless = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    return hasUnsafeInteger(text) ? parseWithBigInts(text) : value
  } catch {
    throw new ThryveError('THRYVE_INVALID_JSON')
  }
}

/** Limits of {@link parseJson}. */
export interface ParseJsonOptions {
  /** The most values that may be built: texts, numbers, lists, objects and so on, counted together. @default no limit */
  readonly maxValues?: number
}

/**
 * Parses the bytes of a JSON text of at most 64 levels and 4,096 different keys.
 *
 * @returns the value; integers that a number cannot hold exactly are `bigint`s.
 * @throws ThryveError `THRYVE_INVALID_UTF8`, `THRYVE_INVALID_JSON`, `THRYVE_TOO_MANY_RECORDS`. None has a `cause`: the engine's message quotes the payload.
 */
export const parseJson = (bytes: Uint8Array, options: ParseJsonOptions = {}): unknown => {
  createJsonBounds(options.maxValues ?? Number.POSITIVE_INFINITY)(bytes)
  return parseLossless(decodeUtf8(bytes))
}

/** `JSON.stringify` refuses a `bigint`, and `JSON.rawJSON` came only with Node 21. */
const stringifyWithBigInts = (value: unknown): string => {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return `[${value.map((item) => stringifyWithBigInts(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${stringifyWithBigInts(member)}`).join(',')}}`
}

/**
 * Renders a value that {@link parseJson} gave, or one like it, as JSON text. A `bigint` is written digit for digit.
 *
 * @throws RangeError when the value is nested too deeply for the stack.
 */
export const stringifyJson = (value: unknown): string => {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) throw error
    return stringifyWithBigInts(value)
  }
}
