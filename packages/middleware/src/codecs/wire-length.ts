/** How short JSON can be. What is longer than that may hide something that parsing dropped: a key that came twice. */

/** `100` has no shorter form, but `1000` is also `1e3`. */
const leastDigits = (integer: number): number => {
  let digits = 1
  for (let power = 10; power <= integer; power *= 10) digits += 1
  if (digits <= 3 || integer % 1_000 !== 0) return digits
  let zeros = 0
  for (let rest = integer; rest % 10 === 0; rest /= 10) zeros += 1
  return digits - zeros + 2
}

const leastNumber = (number: number): number => {
  const size = Math.abs(number)
  const sign = number < 0 ? 1 : 0
  return sign + (Number.isSafeInteger(size) ? leastDigits(size) : 3)
}

/**
 * The least characters that a JSON text of a value without lists has: never more than it was written in.
 *
 * @example leastLength({ value: '53.0' }) // 16
 */
export const leastLength = (value: unknown): number => {
  if (typeof value === 'string') return value.length + 2
  if (typeof value === 'number') return leastNumber(value)
  if (typeof value !== 'object' || value === null) return 4
  const object = value as Readonly<Record<string, unknown>>
  let length = 1
  for (const key in object) length += key.length + 4 + leastLength(object[key])
  return length
}
