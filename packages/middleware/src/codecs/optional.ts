import * as t from 'io-ts'

/**
 * A field that may be missing. Absent and `null` are the same: the vendor says "not returned if null".
 *
 * @example optional(Text).decode(null)
 */
export const optional = <A, O>(codec: t.Type<A, O, unknown>) =>
  new t.Type<A | undefined, O | undefined, unknown>(
    codec.name,
    (u): u is A | undefined => u === undefined || codec.is(u),
    (u, context) => (u === undefined || u === null ? t.success(undefined) : codec.validate(u, context)),
    (value) => (value === undefined ? undefined : codec.encode(value))
  )

/**
 * A timestamp that may be missing. The text `"null"` is seen in real data where an end is unknown.
 *
 * @example optionalTimestamp(instant.ISO).decode('null')
 */
export const optionalTimestamp = <A, O>(codec: t.Type<A, O, unknown>) => {
  const inner = optional(codec)
  return new t.Type<A | undefined, O | undefined, unknown>(
    inner.name,
    inner.is,
    (u, context) => (u === 'null' ? t.success(undefined) : inner.validate(u, context)),
    inner.encode
  )
}
