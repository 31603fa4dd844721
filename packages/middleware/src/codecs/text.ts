import * as t from 'io-ts'

/** MongoDB refuses no long key, but an index of them is a burden: real ids have some dozen characters. */
const MAX_ID_LENGTH = 1_024

/**
 * Text that every store can keep: a lone surrogate has no UTF-8 form, so two different texts could become one.
 *
 * @example Text.decode('53.0')
 */
export const Text: t.Type<string, string, unknown> = new t.Type(
  'text',
  (u): u is string => typeof u === 'string' && u.isWellFormed(),
  (u, context) => (Text.is(u) ? t.success(u) : t.failure(u, context)),
  t.identity
)

/**
 * A user's id: text of 1 to 1,024 characters.
 *
 * @example EndUserId.decode('123accessToken')
 */
export const EndUserId: t.Type<string, string, unknown> = new t.Type(
  'text of 1 to 1024 characters',
  (u): u is string => Text.is(u) && u.length > 0 && u.length <= MAX_ID_LENGTH,
  (u, context) => (EndUserId.is(u) ? t.success(u) : t.failure(u, context)),
  t.identity
)

/**
 * A word of one of the sender's open sets, such as `MANUAL_ENTRY`, in upper case: both cases are seen for one meaning.
 *
 * @example UpperCaseWord.decode('manual_entry')
 */
export const UpperCaseWord: t.Type<string, string, unknown> = new t.Type(
  'text of 1 to 1024 characters',
  (u): u is string => EndUserId.is(u) && u === u.toUpperCase(),
  (u, context) => (EndUserId.is(u) ? t.success(u.toUpperCase()) : t.failure(u, context)),
  t.identity
)
