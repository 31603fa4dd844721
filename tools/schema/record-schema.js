/** The schema of a flat record as JSON: what a listener and a store have, written by `JSON.stringify`. */
const { fieldsOf } = require('./fields-of')
const { patterns, wireField } = require('./wire-words')

/** `Date` is written so by `JSON.stringify`, also in an export of the command line. */
const instant = { type: 'string', format: 'date-time' }

/** What a field is once it is decoded, where that is not what it was on the wire. */
const decoded = {
  startTimestamp: instant,
  endTimestamp: instant,
  creationTimestamp: instant,
  day: { type: 'string', pattern: patterns.DAY, format: 'date' },
  value: { description: 'The text as delivered.', type: 'string' },
  measurementReference: {
    description: 'Decimal digits: it can exceed 2^53.',
    type: 'string',
    pattern: patterns.DIGITS
  },
  generationType: { description: 'In upper case.', type: 'string', minLength: 1 }
}

/** Absent fields are absent here: nothing is null. */
const schemaOf = (field) => decoded[field.name] ?? wireField({ ...field, isNullable: false })

/** Fields that become others, or lists of records. */
const dissolved = ['timestampType', 'type', 'data', 'epochData', 'dailyData', 'additionalDetails', 'generation']

const recordOf = (dimension, codecs) => {
  const fields = codecs.flatMap(fieldsOf).filter(({ name }) => !dissolved.includes(name))
  return {
    title: `${dimension} record`,
    type: 'object',
    required: ['dimension', ...fields.filter(({ isOptional }) => !isOptional).map(({ name }) => name), 'parsedValue'],
    properties: {
      dimension: { const: dimension },
      ...Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)])),
      parsedValue: {
        description:
          'The value by its valueType: LONG, DOUBLE, FLOAT a number; BOOLEAN a boolean; DATE an instant; the rest text.',
        anyOf: [{ type: 'number' }, { type: 'boolean' }, { type: 'string' }]
      },
      extra: { description: 'Unknown fields by the place they were found at, as JSON text.', type: 'string' }
    },
    additionalProperties: false
  }
}

exports.recordSchema = ({ envelope, source, epochItem, dailyItem, details }) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:thryve-webhook:schema:record',
  title: 'Record',
  description: 'One measured value, as listeners and stores have it, written as JSON.',
  oneOf: [
    recordOf('epoch', [envelope, source, epochItem, details]),
    recordOf('daily', [envelope, source, dailyItem, details])
  ]
})
