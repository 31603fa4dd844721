/** What a codec of an object says of itself when it is asked the right questions. */

const accepts = (codec, value) => codec.decode(value)._tag === 'Right'

/**
 * Reads the fields of a codec that `shape` made: their names from what it looks up, their codecs from what it complains of.
 * A field whose codec accepts everything has none.
 *
 * @returns {import('./index').Field[]} in the codec's own order
 */
exports.fieldsOf = (codec) => {
  const unacceptable = Symbol('no JSON value')
  const names = []
  const object = new Proxy(
    {},
    {
      get: () => unacceptable,
      getOwnPropertyDescriptor: (_target, name) => {
        if (!names.includes(name)) names.push(name)
        return { value: unacceptable, configurable: true, enumerable: true }
      }
    }
  )
  const { left = [] } = codec.decode(object)
  const codecs = new Map(left.map(({ context }) => [context.at(-1).key, context.at(-1).type]))
  return names.map((name) => {
    const own = codecs.get(name)
    return {
      name,
      codec: own,
      isOptional: own === undefined || accepts(own, undefined),
      isNullable: own === undefined || accepts(own, null)
    }
  })
}

exports.accepts = accepts
