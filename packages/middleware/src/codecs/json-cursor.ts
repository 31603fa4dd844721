/**
 * Reads JSON from its bytes, value by value, for a reader that knows what to expect: no object is built, and a text that
 * comes again is made only once. What it reads is what `JSON.parse` gives; what is unusual it leaves to it.
 *
 * A class, since V8 forgets the compiled code of closures that come and go with a delivery: compiling anew was a third of
 * the cost.
 */
import { decodeUtf8 } from '../json'
import { scanInstant } from './scan-instant'
import { TextTable } from './text-table'
import { isInstantMs } from './timestamp'

const QUOTE = 34
const COMMA = 44
const MINUS = 45
const DOT = 46
const ZERO = 48
const NINE = 57
const UPPER_E = 69
const OPEN_LIST = 91
const BACKSLASH = 92
const CLOSE_LIST = 93
const LOWER_E = 101
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

/** Stands for what is not plainly right: no value is ever this. */
export const doubt: unique symbol = Symbol('doubt')
export type Doubt = typeof doubt

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** An integer of so many digits is safe, whichever they are. */
const MAX_PLAIN_DIGITS = 15
/** A longer integer refers to nothing. */
const MAX_DIGITS = 30

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE

/** What makes a number of an integer's digits. */
const goesOn = (code: number): boolean => code === DOT || code === LOWER_E || code === UPPER_E

export class JsonCursor {
  /** Where the next byte stands. What is read stands before it. */
  at = 0
  readonly #bytes: Buffer
  readonly #texts: TextTable

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength)
    this.#texts = new TextTable(this.#bytes)
  }

  skipSpace(): void {
    let at = this.at
    let code = this.#bytes[at]
    while (code === 32 || code === 10 || code === 13 || code === 9) {
      at += 1
      code = this.#bytes[at]
    }
    this.at = at
  }

  /** Takes a byte, if it comes next. */
  take(code: number): boolean {
    if (this.#bytes[this.at] !== code) return false
    this.at += 1
    return true
  }

  /** Takes a word, if it comes next. */
  takeWord(word: Uint8Array): boolean {
    for (let index = 0; index < word.length; index += 1) {
      if (this.#bytes[this.at + index] !== word[index]) return false
    }
    this.at += word.length
    return true
  }

  /** Takes what stood elsewhere, if it comes next. */
  takeAgain(start: number, length: number): boolean {
    if (!this.#texts.isSame(start, this.at, length)) return false
    this.at += length
    return true
  }

  readText(): string | Doubt {
    const bytes = this.#bytes
    if (bytes[this.at] !== QUOTE) return doubt
    const start = this.at + 1
    const known = this.#texts.find(start)
    if (known !== undefined) {
      this.at = start + known.length + 1
      return known
    }
    let end = start
    let code = bytes[end] as number
    while (code !== QUOTE) {
      if (!(code >= 32 && code < 128) || code === BACKSLASH) return this.#parseText()
      end += 1
      code = bytes[end] as number
    }
    this.at = end + 1
    return this.#texts.add(start, end)
  }

  /** A number that is finite and, where it is an integer, safe: others are not what was written. */
  readNumber(): number | Doubt {
    const bytes = this.#bytes
    const isNegative = bytes[this.at] === MINUS
    const start = isNegative ? this.at + 1 : this.at
    let at = start
    let number = 0
    let code = bytes[at] as number
    while (isDigit(code)) {
      number = number * 10 + (code - ZERO)
      at += 1
      code = bytes[at] as number
    }
    const digits = at - start
    const isPlain = digits > 0 && digits <= MAX_PLAIN_DIGITS && !goesOn(code) && (bytes[start] !== ZERO || digits === 1)
    if (!isPlain) return this.#parseNumber()
    this.at = at
    return isNegative ? 0 - number : number
  }

  /** A safe integer. */
  readInteger(): number | Doubt {
    const number = this.readNumber()
    return Number.isSafeInteger(number) ? number : doubt
  }

  /** An integer of any size, as its digits. */
  readDigits(): string | Doubt {
    const bytes = this.#bytes
    const start = this.at
    let at = start
    while (isDigit(bytes[at] as number)) at += 1
    const digits = at - start
    if (digits === 0 || digits > MAX_DIGITS || goesOn(bytes[at] as number)) return doubt
    if (bytes[start] === ZERO && digits > 1) return doubt
    this.at = at
    return bytes.toString('latin1', start, at)
  }

  /** ISO 8601 text with a zone in a usual spelling, or unix milliseconds. */
  readInstant(): Date | Doubt {
    if (this.#bytes[this.at] !== QUOTE) {
      const ms = this.readNumber()
      return isInstantMs(ms) ? new Date(ms) : doubt
    }
    const ms = scanInstant(this.#bytes, this.at + 1)
    if (!isInstantMs(ms)) return doubt
    let end = this.at + 21
    while (this.#bytes[end] !== QUOTE) end += 1
    this.at = end + 1
    return new Date(ms)
  }

  /** Where the value ends that comes next, whatever it is. It need not be valid. */
  endOfValue(): number {
    const bytes = this.#bytes
    let depth = 0
    for (let at = this.at; at < bytes.length; at += 1) {
      const code = bytes[at]
      if (code === QUOTE) {
        at = this.#endOfText(at) - 1
      } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
        depth += 1
      } else if (depth === 0 && code === COMMA) {
        return at
      } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
        if (depth === 0) return at
        depth -= 1
        if (depth === 0) return at + 1
      }
    }
    return bytes.length
  }

  /** The bytes from here to a place. */
  slice(end: number): Uint8Array {
    return this.#bytes.subarray(this.at, end)
  }

  /** Where a text ends that begins with the quote at `start`. */
  #endOfText(start: number): number {
    const bytes = this.#bytes
    let at = start + 1
    while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
    return at + 1
  }

  /** A text with escapes, or beyond ASCII. */
  #parseText(): string | Doubt {
    const end = this.#endOfText(this.at)
    const text = JSON.parse(decodeUtf8(this.slice(end))) as string
    if (!text.isWellFormed()) return doubt
    this.at = end
    return text
  }

  #parseNumber(): number | Doubt {
    const end = this.endOfValue()
    const text = this.#bytes.toString('latin1', this.at, end).trimEnd()
    if (!JSON_NUMBER.test(text)) return doubt
    const number = Number(text) + 0
    if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number))) return doubt
    this.at += text.length
    return number
  }
}
