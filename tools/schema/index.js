/** JSON Schema (draft 2020-12) of deliveries and records, made from the codecs. */
const { deliverySchema } = require('./delivery-schema')
const { recordSchema } = require('./record-schema')

/** By file name. */
exports.schemasOf = (codecs) => ({ 'delivery.json': deliverySchema(codecs), 'record.json': recordSchema(codecs) })

exports.fieldsOf = require('./fields-of').fieldsOf
