/** Deliveries of every fate, with marks in every place where data or a secret can be. */
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import type { StorageAdapter, ThryveOptions } from '../src/index'
import { receive, thryveWebhook } from '../src/index'
import { signedDelivery } from '../src/testing/signed-delivery'

/** Found nowhere but in the deliveries. */
export const MARK = 'zqmark'
const secret = `${MARK}-secret`
/** Health data have numbers, too. */
export const MARKED_NUMBER = '7391846205'

const record = (fields: object = {}) => ({
  startTimestamp: '2026-01-05T08:00:00Z',
  dataTypeId: 1000,
  value: `${MARKED_NUMBER}.5`,
  [`${MARK}Unknown`]: MARK,
  ...fields
})

const payload = (items: readonly object[], fields: object = {}) => ({
  endUserId: `${MARK}-user`,
  endUserAlias: `${MARK}-alias`,
  type: 'event.data.epoch.create',
  data: { dataSourceId: 5, dataSourceName: `${MARK}-source`, epochData: items },
  ...fields
})

/** A store whose driver puts what it could not write into its messages. */
export const talkative = (isDown: () => boolean): StorageAdapter => {
  const adapter = memoryAdapter()
  const refuse = () => {
    throw new Error(`E11000 duplicate key { endUserId: "${MARK}-user", value: "${MARKED_NUMBER}" }`)
  }
  return {
    ...adapter,
    save: async (batch) => (isDown() ? refuse() : adapter.save(batch)),
    check: async () => (isDown() ? refuse() : undefined)
  }
}

/** A receiver that sees it all happen. Attach what observes, then `run()`. */
export const createObserved = (options: ThryveOptions = {}) => {
  let isDown = false
  const adapter = talkative(() => isDown)
  const webhook = thryveWebhook(secret, adapter, options)
  const send = async (body: object | string, headers: Record<string, string> = {}, signedWith = secret) => {
    const delivery = await signedDelivery(body, { secret: signedWith })
    const answer = await receive(webhook, { headers: { ...delivery.headers, ...headers }, body: delivery.body })
    await webhook.idle()
    return answer.status
  }
  const run = async (): Promise<number[]> => {
    const statuses = [
      await send(payload([record()])),
      await send(payload([record(), record({ startTimestamp: `${MARK}`, dataTypeId: MARK })])),
      await send(payload([record({ dataTypeId: MARK })])),
      await send(payload([], { type: `event.${MARK}` })),
      await send(`{"${MARK}": `),
      await send(payload([record()]), { 'content-encoding': MARK }),
      await send(payload([record()]), { 'x-hmac-signature': MARK }),
      await send(payload([record()]), {}, `${MARK}-other`),
      await send({
        endUserId: `${MARK}-user`,
        type: 'notification.source.connect',
        data: { dataSourceId: 5, timestamp: '2026-01-05T08:00:00Z' }
      })
    ]
    webhook.once('event.*', () => Promise.reject(new Error(`${MARK} of the listener`)))
    statuses.push(await send(payload([record({ value: `${MARKED_NUMBER}.6` })])))
    isDown = true
    statuses.push(await send(payload([record({ value: `${MARKED_NUMBER}.7` })])))
    await webhook.health()
    isDown = false
    return statuses
  }
  return { webhook, adapter, run }
}
