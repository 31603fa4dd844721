/** What parsing a JSON text may build, judged by its bytes in one linear pass. */
import { randomInt } from 'node:crypto'
import { ThryveError } from './errors'

/** A delivery has 6 levels, and its unknown fields at most 32 more. 5,000 overflow the stack of `JSON.stringify`. */
const MAX_DEPTH = 64

const QUOTE = 34
const BACKSLASH = 92
const COMMA = 44
const COLON = 58
const OPEN_LIST = 91
const CLOSE_LIST = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

const isSpace = (code: number | undefined): boolean => code === 32 || code === 10 || code === 13 || code === 9

const tooMany = (reason: 'values' | 'keys'): ThryveError => new ThryveError('THRYVE_TOO_MANY_RECORDS', { reason })

/** Of all names together; Thryve's are some 40. */
const MAX_DISTINCT_KEYS = 4_096
const KEY_SLOTS = 16_384
/** 2^32 divided by the golden ratio, as Knuth advises for multiplicative hashing. */
const HASH_FACTOR = 0x9e3779b1

/** Unknown to senders, so that none can make keys that look like one. */
const KEY_SEED = randomInt(2 ** 31)

/** Counts different texts by their hash, in a table that its limit leaves three quarters empty. */
const createKeyCounter = () => {
  const seen = new Int32Array(KEY_SLOTS)
  let distinct = 0
  return (view: DataView, start: number, end: number): number => {
    let hash = KEY_SEED
    let at = start
    for (; at + 4 <= end; at += 4) hash = Math.imul(hash ^ view.getInt32(at, true), HASH_FACTOR)
    for (; at < end; at += 1) hash = Math.imul(hash ^ view.getInt8(at), HASH_FACTOR)
    hash = (hash ^ (hash >>> 15)) | 1
    let slot = (hash >>> 1) % KEY_SLOTS
    while (seen[slot] !== 0 && seen[slot] !== hash) slot = (slot + 1) % KEY_SLOTS
    if (seen[slot] === 0) distinct += 1
    seen[slot] = hash
    return distinct
  }
}

/** A key of a text takes `"":0,` at the least. */
const BYTES_PER_KEY = 5

/**
 * Bounds what parsing may build before it builds it: 64 MiB of `{},{},…` are more than 1 GB of objects, and every new key
 * costs a hidden class (4 MiB of them took 1.3 s and 100 MB). Every value is the root, the first of a list or object, or
 * follows a comma, so openings and commas are never fewer than values. No byte of a longer UTF-8 character equals one of
 * ASCII, so bytes will do; up to its first error the parser sees the same structure.
 *
 * @returns a check of a text, or of one part of it after another: values and keys of all parts count together. `level` is
 * how deep in the whole text a part stands. It throws `THRYVE_INVALID_JSON` beyond 64 levels, `THRYVE_TOO_MANY_RECORDS`
 * beyond `maxValues` or 4,096 keys.
 */
export const createJsonBounds = (maxValues: number): ((bytes: Uint8Array, level?: number) => void) => {
  let countKey: ReturnType<typeof createKeyCounter> | undefined
  let checkedBytes = 0
  let values = 0
  return (bytes, level = 0) => {
    checkedBytes += bytes.length
    // What is too short for so many keys need not have them counted; the table alone costs more than parsing a record.
    if (checkedBytes > MAX_DISTINCT_KEYS * BYTES_PER_KEY) countKey ??= createKeyCounter()
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let depth = level
    values += 1
    for (let at = 0; at < bytes.length; at += 1) {
      const code = bytes[at]
      if (code === QUOTE) {
        const start = at + 1
        at = start
        while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
        if (countKey === undefined) continue
        const end = Math.min(at, bytes.length)
        while (isSpace(bytes[at + 1])) at += 1
        if (bytes[at + 1] === COLON && countKey(view, start, end) > MAX_DISTINCT_KEYS) throw tooMany('keys')
      } else if (code === COMMA) {
        values += 1
      } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
        values += 1
        depth += 1
        if (depth > MAX_DEPTH) throw new ThryveError('THRYVE_INVALID_JSON', { reason: 'too-deep' })
      } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
        depth -= 1
      }
    }
    if (values > maxValues) throw tooMany('values')
  }
}
