/** The JSON Schema of each codec of a single value, by the codec's name. */
const { accepts } = require('./fields-of')

/** A pattern cannot know which days exist: every month has 31. */
const DAY = '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
const HOUR_MINUTE = '([01][0-9]|2[0-3]):[0-5][0-9]'
const ZONE = '(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])'
const INSTANT = `^${DAY}T${HOUR_MINUTE}(:[0-5][0-9]([.,][0-9]{1,9})?)?${ZONE}$`

const MIN_INSTANT_MS = -62_167_219_200_000
const MAX_INSTANT_MS = 253_402_300_799_999
const DAY_MS = 86_400_000

const unixMs = { type: 'integer', minimum: MIN_INSTANT_MS, maximum: MAX_INSTANT_MS }
const safeInteger = { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }
const DIGITS = '^(0|-?[1-9][0-9]{0,999})$'

/** Definitions that others refer to. */
exports.wireDefinitions = {
  instant: {
    description: 'ISO 8601 with a zone, or unix milliseconds. The JSON type decides which, not timestampType.',
    anyOf: [{ type: 'string', pattern: INSTANT }, unixMs]
  },
  day: {
    description: 'YYYY-MM-DD, or the unix milliseconds of the midnight UTC that begins the day.',
    anyOf: [
      { type: 'string', pattern: `^${DAY}$` },
      { ...unixMs, multipleOf: DAY_MS }
    ]
  },
  reference: {
    description: 'An integer of any size. Read it without rounding: it can exceed 2^53.',
    anyOf: [{ type: 'integer' }, { type: 'string', pattern: DIGITS }]
  },
  value: {
    description: 'Text; some senders write it bare.',
    anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }]
  }
}

const reference = (name) => ({ $ref: `#/$defs/${name}` })

/** By the name that failures call a codec. */
const byName = {
  text: { type: 'string' },
  'text of 1 to 1024 characters': { type: 'string', minLength: 1, maxLength: 1024 },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  list: { type: 'array' },
  'list of integers': { type: 'array', items: safeInteger },
  'text, number or boolean': reference('value'),
  'ISO 8601 instant with zone, or unix milliseconds': reference('instant'),
  'day as YYYY-MM-DD, or unix milliseconds of midnight UTC': reference('day'),
  'additional details': reference('additionalDetails')
}

/** The schema of one codec of a value. @throws when nobody has said yet what it is in JSON Schema. */
const wireWord = (codec) => {
  // Ids and references are called integers alike; only a reference may be text.
  if (codec.name === 'integer') return accepts(codec, '7') ? reference('reference') : safeInteger
  const schema = byName[codec.name]
  if (schema === undefined) throw new Error(`tools/schema does not know the codec "${codec.name}"`)
  return schema
}

/** The schema of a field: what its codec takes, and how it says that there is nothing. */
exports.wireField = ({ codec, isNullable }) => {
  if (codec === undefined) return {}
  const word = wireWord(codec)
  if (!isNullable) return word
  const nothing = accepts(codec, 'null') && word.$ref === '#/$defs/instant' ? [{ const: 'null' }] : []
  return { anyOf: [word, ...nothing, { type: 'null' }] }
}

exports.patterns = { DAY: `^${DAY}$`, DIGITS }
