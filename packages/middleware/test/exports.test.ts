import * as index from '../src/index'
import * as testing from '../src/testing/index'

test('the public values, are exactly these', () => {
  expect(Object.keys(index).sort()).toMatchInlineSnapshot(`
[
  "Delivery",
  "ThryveError",
  "contentEncodingOf",
  "createDecompressor",
  "createReceiver",
  "dailyItem",
  "day",
  "decodeDelivery",
  "decompress",
  "defaultScheme",
  "encodeDelivery",
  "epochItem",
  "errorCodes",
  "eventNames",
  "healthHandler",
  "instant",
  "notification",
  "parseJson",
  "parseValue",
  "receive",
  "recordKey",
  "recordVersion",
  "sign",
  "statusOf",
  "stringifyJson",
  "thryveWebhook",
  "verify",
]
`)
  expect(Object.keys(testing).sort()).toMatchInlineSnapshot(`
[
  "adapterSuite",
  "dailyRecord",
  "epochRecord",
  "quarantineItem",
  "rawDelivery",
  "saveBatch",
  "signedDelivery",
  "versioned",
]
`)
})
