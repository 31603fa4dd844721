import * as t from 'io-ts'

/**
 * An integer that a JavaScript number holds exactly, such as an id.
 *
 * @example Integer.decode(1000)
 */
export const Integer: t.Type<number, number, unknown> = new t.Type(
  'integer',
  (u): u is number => Number.isSafeInteger(u),
  (u, context) => (Integer.is(u) ? t.success(u + 0) : t.failure(u, context)),
  t.identity
)

/**
 * A number that is not infinite: `1e400` is legal JSON, and no value.
 *
 * @example FiniteNumber.decode(-120)
 */
export const FiniteNumber: t.Type<number, number, unknown> = new t.Type(
  'number',
  (u): u is number => Number.isFinite(u),
  (u, context) => (FiniteNumber.is(u) ? t.success(u + 0) : t.failure(u, context)),
  t.identity
)

/**
 * An integer of any size, as decimal digits: `measurementReference` is known to come close to 2^53.
 *
 * @example Digits.decode(9007163812253719)
 */
export const Digits: t.Type<string, number | bigint, unknown> = new t.Type(
  'integer',
  (u): u is string => typeof u === 'string' && /^-?\d{1,1000}$/.test(u) && BigInt(u).toString() === u,
  (u, context) => {
    if (typeof u === 'bigint') return t.success(u.toString())
    if (Integer.is(u)) return t.success(u.toString())
    return Digits.is(u) ? t.success(u) : t.failure(u, context)
  },
  (digits) => (Number.isSafeInteger(Number(digits)) ? Number(digits) : BigInt(digits))
)
