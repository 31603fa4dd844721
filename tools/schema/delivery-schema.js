/** The schema of a delivery: what Thryve posts, once it is decompressed. */
const { fieldsOf } = require('./fields-of')
const { wireDefinitions, wireField } = require('./wire-words')

const objectSchema = (codec, replaced = {}) => {
  const fields = fieldsOf(codec)
  const properties = Object.fromEntries(fields.map((field) => [field.name, replaced[field.name] ?? wireField(field)]))
  const required = fields.filter(({ isOptional }) => !isOptional).map(({ name }) => name)
  return { type: 'object', ...(required.length > 0 && { required }), properties }
}

const ref = (name) => ({ $ref: `#/$defs/${name}` })

/** A source has one of the two lists, or both. */
const sourceSchema = (codec, item) => {
  const list = { type: 'array', items: ref(item) }
  const optionalList = { anyOf: [list, { type: 'null' }] }
  return {
    ...objectSchema(codec, { epochData: optionalList, dailyData: optionalList }),
    anyOf: ['epochData', 'dailyData'].map((name) => ({ required: [name], properties: { [name]: { type: 'array' } } }))
  }
}

const oneOrMore = (name) => ({ anyOf: [ref(name), { type: 'array', items: ref(name) }] })

const titleOf = (eventName) => eventName.replaceAll('.', ' ')

exports.deliverySchema = ({ envelope, source, epochItem, dailyItem, details, notifications, eventNames }) => {
  const dataOf = (eventName) => {
    if (eventName.startsWith('event.data.epoch')) return oneOrMore('epochSource')
    if (eventName.startsWith('event.data.daily')) return oneOrMore('dailySource')
    return objectSchema(notifications[eventName])
  }
  const deliveryOf = (eventName) => {
    const { required, ...rest } = objectSchema(envelope, { type: { const: eventName }, data: dataOf(eventName) })
    return { title: titleOf(eventName), ...rest, required: [...required, 'data'] }
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:thryve-webhook:schema:delivery',
    title: 'Delivery',
    description: 'What Thryve posts, once it is decompressed. Unknown fields are allowed everywhere.',
    oneOf: eventNames.map(deliveryOf),
    $defs: {
      ...wireDefinitions,
      additionalDetails: objectSchema(details),
      epochItem: objectSchema(epochItem),
      dailyItem: objectSchema(dailyItem),
      epochSource: sourceSchema(source, 'epochItem'),
      dailySource: sourceSchema(source, 'dailyItem')
    }
  }
}
