/** Random edits of a JSON text, token by token: most leave it JSON, spelt in another way or with another meaning. */
import fc from 'fast-check'

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^"{}[\],:\s]+/g

const numbers = ['0', '-0', '1.0', '1e3', '-1.5E-2', '01', '+1', '1.', '.5', '-', '1e400', '-1e400', '86400000']
const longNumbers = ['9', '-9'].flatMap((head) => [15, 16, 17, 30, 31].map((length) => head.padEnd(length, '0')))
const words = ['null', 'true', 'false', 'nul', 'NaN', '{}', '[]', '{"x":null}', '{"x":[1,{"y":9007199254740993}]}']
const texts = ['', 'null', 'a', '\\u0041', '\\n', '\\x', '\\ud800', '\\ud83d\\ude00', '\\u0000', '\0', '\t', '\u007f']
const wideTexts = [
  '\u00df',
  '\u{1f600}',
  '\ufeffa',
  '2022-09-07',
  '2022-09-07T19:39:32Z',
  '},{',
  ']',
  '"epochData":['.replaceAll('"', '\\"')
]
const marks = ['{', '}', '[', ']', ',', ':', '"', '\\', '{},', '{"x":1},']
const spaces = [' ', '\n', '\t', '\r', ' \n ', '\v', '\f', '\u00a0', '\ufeff', '\0']

const isText = (token: string): boolean => token.startsWith('"')
const isNumber = (token: string): boolean => /^[-\d]/.test(token)

/** A character of a text as its escape. */
const escaped = (token: string, at: number): string => {
  const place = 1 + (at % Math.max(1, token.length - 2))
  if (token.includes('\\') || token.length < 3) return token
  const code = token.charCodeAt(place).toString(16).padStart(4, '0')
  return `${token.slice(0, place)}\\u${code}${token.slice(place + 1)}`
}

/** An edit of the token it picks, given all of them. */
type Edit = (tokens: string[]) => void

/** Edits the token that is `where` of the whole way through those it may edit. */
const at =
  (
    where: number,
    mayEdit: (token: string, next: string | undefined) => boolean,
    run: (tokens: string[], at: number) => void
  ): Edit =>
  (tokens) => {
    const places = tokens.flatMap((token, place) => (mayEdit(token, tokens[place + 1]) ? [place] : []))
    const place = places[Math.floor(where * places.length)]
    if (place !== undefined) run(tokens, place)
  }

const where = fc.double({ min: 0, max: 0.9999, noNaN: true })
const anyToken = (): boolean => true
const isValue = (token: string, next: string | undefined): boolean => next !== ':' && !/^[{}[\],:]$/.test(token)
const isKey = (token: string, next: string | undefined): boolean => isText(token) && next === ':'
const piece = fc.constantFrom(
  ...numbers,
  ...longNumbers,
  ...words,
  ...[...texts, ...wideTexts].map((text) => `"${text}"`)
)

const editValue = fc.tuple(where, piece).map(([place, piece]) =>
  at(place, isValue, (tokens, index) => {
    tokens[index] = piece
  })
)
const editNumber = fc.tuple(where, fc.constantFrom(...numbers, ...longNumbers)).map(([place, number]) =>
  at(place, isNumber, (tokens, index) => {
    tokens[index] = number
  })
)
const addSpace = fc.tuple(where, fc.constantFrom(...spaces)).map(([place, space]) =>
  at(place, anyToken, (tokens, index) => {
    tokens.splice(index, 0, space)
  })
)
const addMark = fc.tuple(where, fc.constantFrom(...marks)).map(([place, mark]) =>
  at(place, anyToken, (tokens, index) => {
    tokens.splice(index, 0, mark)
  })
)
const escapeOne = fc.tuple(where, fc.nat()).map(([place, character]) =>
  at(place, isText, (tokens, index) => {
    tokens[index] = escaped(tokens[index] as string, character)
  })
)
/** Another member before the one there, of the same key or of an unknown one. */
const addMember = fc.tuple(where, piece, fc.boolean()).map(([place, value, isTwice]) =>
  at(place, isKey, (tokens, index) => {
    tokens.splice(index, 0, isTwice ? (tokens[index] as string) : '"x"', ':', value, ',')
  })
)
/** Two keys change places. */
const swapKeys = fc.tuple(where, where).map(
  ([one, other]): Edit =>
    (tokens) => {
      const keys = tokens.flatMap((token, place) => (isKey(token, tokens[place + 1]) ? [place] : []))
      const a = keys[Math.floor(one * keys.length)]
      const b = keys[Math.floor(other * keys.length)]
      if (a === undefined || b === undefined) return
      const key = tokens[a] as string
      tokens[a] = tokens[b] as string
      tokens[b] = key
    }
)
const drop = where.map((place) =>
  at(place, anyToken, (tokens, index) => {
    tokens.splice(index, 1)
  })
)
const spaceOut = fc.constantFrom(' ', '\n', '\t').map(
  (space): Edit =>
    (tokens) => {
      tokens.push(...tokens.splice(0).flatMap((token) => [space, token, space]))
    }
)

/** One edit of any kind. */
export const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: editValue },
  { weight: 3, arbitrary: editNumber },
  { weight: 3, arbitrary: addMember },
  { weight: 2, arbitrary: escapeOne },
  { weight: 2, arbitrary: swapKeys },
  addSpace,
  addMark,
  drop,
  spaceOut
)

/** The text after its edits. */
export const applyEdits = (text: string, edits: readonly Edit[]): string => {
  const tokens = text.match(TOKEN) ?? []
  const edited = [...tokens]
  for (const run of edits) run(edited)
  return edited.join('')
}
