/** Cursors at a token, in the midst of other JSON. */
import { isDeepStrictEqual } from 'node:util'
import { doubt, JsonCursor } from '../src/codecs/json-cursor'
import { ThryveError } from '../src/errors'

export type Method = 'readText' | 'readNumber' | 'readInteger' | 'readDigits' | 'readInstant'

/** What may stand behind a value. */
export const behinds = ['', ',', '}', ']', ' ,', '\n}', '\t\r]', ',"x":[1]}', ' ,{"y":"]"}]']

/** A cursor at a text that stands behind another and before something else. */
export const cursorAt = (text: string, behind = '') => {
  const cursor = new JsonCursor(Buffer.from(`["\u00e9", ${text}${behind}`))
  cursor.at = '["e", '.length + 1
  return cursor
}

/** What a method makes of a token whatever stands behind it; the cursor must then stand behind it, too. */
export const read = (method: Method, token: string): unknown => {
  const results = behinds.map((behind) => {
    const cursor = cursorAt(token, behind)
    const start = cursor.at
    const value = cursor[method]()
    const rest = cursor.slice(Number.POSITIVE_INFINITY).toString()
    const isBehind = rest === behind
    // What an integer or an instant is not, may be a number all the same.
    const mayMove = method === 'readInteger' || method === 'readInstant'
    if (value === doubt ? cursor.at !== start && !mayMove : !isBehind)
      throw new Error(`${method}: ${token}${behind}: ${String(value)} at ${cursor.at}`)
    return value
  })
  // Jest's own comparison is a hundred times slower; it is asked for its report alone.
  for (const value of results) if (!isDeepStrictEqual(value, results[0])) expect(value).toEqual(results[0])
  return results[0]
}

/** What a method throws, as a name. */
export const errorOf = (run: () => unknown): string => {
  try {
    run()
    return 'none'
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ThryveError) return error.constructor.name
    throw error
  }
}
