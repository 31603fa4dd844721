import * as E from 'fp-ts/lib/Either'
import * as t from 'io-ts'

/** Nothing of the sender comes near; a stack does not bear what a parser does. */
const MAX_UNKNOWN_DEPTH = 32

/** The codecs of an object's fields, by name. */
type Fields = Readonly<Record<string, t.Mixed>>

type OptionalKey<F extends Fields> = { [K in keyof F]: undefined extends t.TypeOf<F[K]> ? K : never }[keyof F]

/** What a shape decodes to: its fields, and under `unknown` those it does not know. */
export type Shaped<F extends Fields> = { readonly [K in Exclude<keyof F, OptionalKey<F>>]: t.TypeOf<F[K]> } & {
  readonly [K in OptionalKey<F>]?: Exclude<t.TypeOf<F[K]>, undefined>
} & { readonly unknown?: UnknownFields }

/** Fields that a shape does not know, as they came. */
export type UnknownFields = Readonly<Record<string, unknown>>

/** A JSON object on the wire. */
export type WireObject = Readonly<Record<string, unknown>>

/** Whether a parsed JSON value is an object, and no list. */
export const isObject = (u: unknown): u is WireObject => typeof u === 'object' && u !== null && !Array.isArray(u)

const ownValue = (object: object, key: string): unknown =>
  Object.hasOwn(object, key) ? (object as WireObject)[key] : undefined

const failuresAt = (codec: t.Mixed, value: unknown, context: t.Context): t.Errors => {
  const result = codec.validate(value, context)
  return E.isLeft(result) ? result.left : []
}

/** `fromEntries` defines properties, so that `__proto__` stays a plain key. */
const unknownFields = (object: WireObject, known: ReadonlySet<string>): UnknownFields | undefined => {
  let keys: string[] | undefined
  for (const key of Object.keys(object)) {
    if (known.has(key) || object[key] === null) continue
    keys ??= []
    keys.push(key)
  }
  return keys === undefined ? undefined : Object.fromEntries(keys.map((key) => [key, ownValue(object, key)]))
}

const isShallow = (u: unknown, depth: number): boolean => {
  if (typeof u !== 'object' || u === null) return true
  return depth > 0 && Object.values(u).every((member) => isShallow(member, depth - 1))
}

const tooDeep = (value: unknown, context: t.Context): t.ValidationError => ({
  value,
  context,
  message: `unknown fields nested at most ${MAX_UNKNOWN_DEPTH} deep`
})

/**
 * An object of known fields, each read as an own property. Unknown fields that are not null are kept apart under `unknown`.
 * io-ts's own `type` copies by assignment, where a `__proto__` key becomes the prototype and lends its members.
 *
 * @example shape('point', { x: Integer, label: optional(Text) })
 */
export const shape = <F extends Fields>(name: string, fields: F): t.Type<Shaped<F>, WireObject, unknown> => {
  const entries = Object.entries(fields)
  const known = new Set(Object.keys(fields))
  return new t.Type<Shaped<F>, WireObject, unknown>(
    name,
    (u): u is Shaped<F> => isObject(u) && entries.every(([key, codec]) => codec.is(ownValue(u, key))),
    (u, context) => {
      if (!isObject(u)) return t.failure(u, context)
      const shaped: Record<string, unknown> = {}
      const errors: t.Errors = []
      for (const [key, codec] of entries) {
        const value = ownValue(u, key)
        const result = codec.validate(value, context)
        // Only what fails needs its path: a path for every field was two thirds of the cost of decoding.
        if (E.isLeft(result)) errors.push(...failuresAt(codec, value, t.appendContext(context, key, codec, value)))
        else if (result.right !== undefined) shaped[key] = result.right
      }
      const unknown = unknownFields(u, known)
      if (!isShallow(unknown, MAX_UNKNOWN_DEPTH)) errors.push(tooDeep(u, context))
      if (errors.length > 0) return t.failures(errors)
      if (unknown !== undefined) shaped['unknown'] = unknown
      return t.success(shaped as Shaped<F>)
    },
    (shaped) => {
      const encoded = entries.map(([key, codec]) => [key, codec.encode(ownValue(shaped, key))] as const)
      const present = encoded.filter(([, value]) => value !== undefined)
      return Object.fromEntries([...present, ...Object.entries(shaped.unknown ?? {})])
    }
  )
}

/**
 * A list whose members are decoded one by one, so that a bad one does not take the others with it.
 *
 * @example List.decode([])
 */
export const List: t.Type<readonly unknown[], readonly unknown[], unknown> = new t.Type(
  'list',
  (u): u is readonly unknown[] => Array.isArray(u),
  (u, context) => (Array.isArray(u) ? t.success(u) : t.failure(u, context)),
  t.identity
)
