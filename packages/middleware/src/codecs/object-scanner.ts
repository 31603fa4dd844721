/** Reads an object whose fields are known from its JSON bytes, as long as all of it is plainly right. */
import { type Doubt, doubt, type JsonCursor } from './json-cursor'
import { isDay } from './timestamp'

const COMMA = 44
const COLON = 58
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

const MAX_WORD_LENGTH = 1_024

const NULL = Buffer.from('null')
const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
/** Seen in real data where an end is unknown. */
const NULL_TEXT = Buffer.from('"null"')

/** What a field holds. `word`: in upper case; `digits`: an integer of any size; `value`: text, or a number or boolean as text; `rare`: left to the codec. */
export type Kind =
  | 'instant'
  | 'day'
  | 'text'
  | 'word'
  | 'number'
  | 'integer'
  | 'digits'
  | 'boolean'
  | 'value'
  | 'object'
  | 'rare'

/** A field of an object on the wire. */
export interface Field {
  readonly name: string
  readonly key: Buffer
  readonly kind: Kind
  readonly isOptional: boolean
}

export const required = (name: string, kind: Kind): Field => ({
  name,
  key: Buffer.from(`"${name}"`),
  kind,
  isOptional: false
})
export const optional = (name: string, kind: Kind): Field => ({ ...required(name, kind), isOptional: true })

/** More different ones in a delivery are left to the parser, which bounds them. */
const MAX_UNKNOWN_KEYS = 64

/** Reads objects of the given fields. A sender writes the fields of all in one order, and that is learnt. */
export class ObjectScanner {
  /** What the last object held, by field. */
  readonly values: unknown[]
  /** What it held beside that: the vendor adds fields. */
  unknown: Record<string, unknown> | undefined
  readonly #fields: readonly Field[]
  readonly #inner: ObjectScanner | undefined
  /** Which field came after which; after the last in the list stands the first of all. */
  readonly #next: number[]
  /** Where the key of a field was seen; -1 for nowhere. */
  readonly #keyStarts: number[]
  readonly #upperCases = new Map<string, string>()
  readonly #names: ReadonlySet<string>
  readonly #unknownKeys = new Set<string>()

  /** `inner` reads the field that is an object. */
  constructor(fields: readonly Field[], inner?: ObjectScanner) {
    this.#fields = fields
    this.#inner = inner
    this.#names = new Set(fields.map(({ name }) => name))
    this.values = fields.map(() => undefined)
    this.#next = [...fields.map((_, index) => (index + 1) % fields.length), 0]
    this.#keyStarts = fields.map(() => -1)
  }

  /** @returns whether it is plainly right. */
  read(cursor: JsonCursor): boolean {
    this.#clear()
    if (!cursor.take(OPEN_OBJECT)) return false
    cursor.skipSpace()
    if (cursor.take(CLOSE_OBJECT)) return true
    let seen = 0
    let last = this.#fields.length
    do {
      cursor.skipSpace()
      const index = this.#readKey(cursor, last)
      if (index < 0) {
        if (!this.#readUnknown(cursor)) return false
      } else {
        if ((seen & (1 << index)) !== 0 || !takeColon(cursor)) return false
        seen |= 1 << index
        last = index
        const value = this.#readValue(cursor, this.#fields[index] as Field)
        if (value === doubt) return false
        this.values[index] = value
      }
      cursor.skipSpace()
    } while (cursor.take(COMMA))
    return cursor.take(CLOSE_OBJECT)
  }

  #clear(): void {
    for (let index = 0; index < this.values.length; index += 1) this.values[index] = undefined
    this.unknown = undefined
    if (this.#inner !== undefined) this.#inner.#clear()
  }

  /** @returns which field's; -1 for an unknown one, which is not read. */
  #readKey(cursor: JsonCursor, last: number): number {
    const expected = this.#next[last] as number
    const start = this.#keyStarts[expected] as number
    if (start >= 0 && cursor.takeAgain(start, (this.#fields[expected] as Field).key.length)) return expected
    const { at } = cursor
    const index = this.#fields.findIndex(({ key }) => cursor.takeWord(key))
    if (index < 0) return -1
    this.#next[last] = index
    this.#keyStarts[index] = at
    return index
  }

  /** A field that is not known, with a plain value. */
  #readUnknown(cursor: JsonCursor): boolean {
    const key = cursor.readText()
    // A known name may be written with escapes.
    if (key === doubt || key === '__proto__' || this.#names.has(key) || !takeColon(cursor)) return false
    this.#unknownKeys.add(key)
    if (this.#unknownKeys.size > MAX_UNKNOWN_KEYS) return false
    const value = readPlain(cursor)
    if (value === doubt || (this.unknown !== undefined && Object.hasOwn(this.unknown, key))) return false
    this.unknown ??= {}
    this.unknown[key] = value
    return true
  }

  #readValue(cursor: JsonCursor, { kind, isOptional }: Field): unknown {
    if (isOptional && cursor.takeWord(NULL)) return undefined
    switch (kind) {
      case 'text':
        return cursor.readText()
      case 'instant':
        return isOptional && cursor.takeWord(NULL_TEXT) ? undefined : cursor.readInstant()
      case 'integer':
        return cursor.readInteger()
      case 'number':
        return cursor.readNumber()
      case 'digits':
        return cursor.readDigits()
      case 'value':
        return readValueText(cursor)
      case 'word':
        return this.#readWord(cursor)
      case 'boolean':
        return readBoolean(cursor)
      case 'day':
        return readDay(cursor)
      case 'rare':
        return doubt
      case 'object':
        return this.#inner?.read(cursor) ? undefined : doubt
    }
  }

  #readWord(cursor: JsonCursor): string | Doubt {
    const text = cursor.readText()
    if (text === doubt || text === '' || text.length > MAX_WORD_LENGTH) return doubt
    let word = this.#upperCases.get(text)
    if (word === undefined) {
      word = text.toUpperCase()
      this.#upperCases.set(text, word)
    }
    return word
  }
}

const takeColon = (cursor: JsonCursor): boolean => {
  cursor.skipSpace()
  const isThere = cursor.take(COLON)
  cursor.skipSpace()
  return isThere
}

/** Text, a number, a boolean or null. */
const readPlain = (cursor: JsonCursor): string | number | boolean | null | Doubt => {
  if (cursor.takeWord(NULL)) return null
  const text = cursor.readText()
  if (text !== doubt) return text
  const number = cursor.readNumber()
  return number === doubt ? readBoolean(cursor) : number
}

const readBoolean = (cursor: JsonCursor): boolean | Doubt => {
  if (cursor.takeWord(FALSE)) return false
  return cursor.takeWord(TRUE) ? true : doubt
}

const readDay = (cursor: JsonCursor): string | Doubt => {
  const text = cursor.readText()
  return isDay(text) ? text : doubt
}

/** A bare number or boolean as text, written as the codec writes it. */
const readValueText = (cursor: JsonCursor): string | Doubt => {
  const text = cursor.readText()
  if (text !== doubt) return text
  const number = cursor.readNumber()
  if (number !== doubt) return String(number)
  const boolean = readBoolean(cursor)
  return boolean === doubt ? doubt : String(boolean)
}
