/** The delivery as a zod 4 schema. */
const { z } = require('zod')

const timestamp = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

const details = z.object({
  creationTimestamp: timestamp.optional(),
  dataTypeName: z.string().optional(),
  valueType: z.string().optional(),
  thirdPartyDataSourceId: z.number().int().optional(),
  thirdPartyDataSourceName: z.string().optional(),
  measurementReference: z.number().int().optional(),
  generationType: z.string().optional(),
  trustworthiness: z.string().optional(),
  medicalGrade: z.boolean().optional(),
  chronologicalExactness: z.number().int().optional()
})

const epochRecord = z.object({
  startTimestamp: timestamp,
  endTimestamp: timestamp.optional(),
  timezoneOffset: z.number().int().optional(),
  dataTypeId: z.number().int(),
  value: z.string(),
  additionalDetails: details.optional()
})

const delivery = z.object({
  endUserId: z.string(),
  endUserAlias: z.string().optional(),
  timestampType: z.string(),
  type: z.enum(['event.data.epoch.create', 'event.data.epoch.update']),
  data: z.object({
    dataSourceId: z.number().int(),
    dataSourceName: z.string().optional(),
    epochData: z.array(epochRecord)
  })
})

module.exports = { delivery }
