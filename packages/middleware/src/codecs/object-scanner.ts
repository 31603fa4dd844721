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

/** What a field holds. `word`: in upper case; `digits`: an integer of any size; `value`: text, or a number or boolean as text. */
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

/** A field of an object on the wire. */
export interface Field {
  readonly key: Buffer
  readonly kind: Kind
  readonly isOptional: boolean
}

export const required = (name: string, kind: Kind): Field => ({
  key: Buffer.from(`"${name}"`),
  kind,
  isOptional: false
})
export const optional = (name: string, kind: Kind): Field => ({ ...required(name, kind), isOptional: true })

/** Reads objects of the given fields. A sender writes the fields of all in one order, and that is learnt. */
export class ObjectScanner {
  /** What the last object held, by field. */
  readonly values: unknown[]
  readonly #fields: readonly Field[]
  readonly #inner: ObjectScanner | undefined
  /** Which field came after which; after the last in the list stands the first of all. */
  readonly #next: number[]
  /** Where the key of a field was seen; -1 for nowhere. */
  readonly #keyStarts: number[]
  readonly #upperCases = new Map<string, string>()

  /** `inner` reads the field that is an object. */
  constructor(fields: readonly Field[], inner?: ObjectScanner) {
    this.#fields = fields
    this.#inner = inner
    this.values = fields.map(() => undefined)
    this.#next = [...fields.map((_, index) => (index + 1) % fields.length), 0]
    this.#keyStarts = fields.map(() => -1)
  }

  /** @returns whether it is plainly right. */
  read(cursor: JsonCursor): boolean {
    this.#clear()
    if (!cursor.take(OPEN_OBJECT)) return false
    cursor.skipSpace()
    let isEnd = cursor.take(CLOSE_OBJECT)
    let seen = 0
    let index = this.#fields.length
    while (!isEnd) {
      index = this.#readKey(cursor, index)
      if (index < 0 || (seen & (1 << index)) !== 0) return false
      seen |= 1 << index
      const value = this.#readValue(cursor, this.#fields[index] as Field)
      if (value === doubt) return false
      this.values[index] = value
      cursor.skipSpace()
      isEnd = cursor.take(CLOSE_OBJECT)
      if (isEnd) return true
      if (!cursor.take(COMMA)) return false
      cursor.skipSpace()
    }
    return true
  }

  #clear(): void {
    for (let index = 0; index < this.values.length; index += 1) this.values[index] = undefined
    if (this.#inner !== undefined) this.#inner.#clear()
  }

  #readKey(cursor: JsonCursor, previous: number): number {
    let index = this.#next[previous] as number
    const start = this.#keyStarts[index] as number
    if (start < 0 || !cursor.takeAgain(start, (this.#fields[index] as Field).key.length)) {
      const { at } = cursor
      index = this.#fields.findIndex(({ key }) => cursor.takeWord(key))
      if (index < 0) return -1
      this.#next[previous] = index
      this.#keyStarts[index] = at
    }
    cursor.skipSpace()
    if (!cursor.take(COLON)) return -1
    cursor.skipSpace()
    return index
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
