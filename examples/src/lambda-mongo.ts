/** The receiver as a function of AWS Lambda, with records and inbox in MongoDB: `handler` takes API Gateway's events. */
import { mongoAdapter } from '@thryve-webhook/adapter-mongo'
import { type LambdaEvent, lambdaHandler, thryveWebhook } from '@thryve-webhook/middleware'

// Made once for each instance of the function, and used again by its later invocations.
const adapter = mongoAdapter({ url: process.env['MONGODB_URI'] ?? 'mongodb://127.0.0.1:27017/thryve' })
const webhook = thryveWebhook(process.env['THRYVE_HMAC_SECRET'] ?? '', adapter)
webhook.on('event.data.*', ({ type, records }) => console.log(type, `${records.length} records`))

const receiveRequest = lambdaHandler(webhook)

/** Receives deliveries, and works the inbox off when a schedule (EventBridge, once a minute) calls. */
export const handler = async (event: LambdaEvent & { readonly source?: string }) => {
  if (event.source === 'aws.events') return webhook.idle()
  return receiveRequest(event)
}
