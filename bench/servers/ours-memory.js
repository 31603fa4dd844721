/** The receivers of this repository over a memory store, each made anew to forget its records. */
const { memoryAdapter } = require('@thryve-webhook/adapter-memory')
const { thryveWebhook } = require('@thryve-webhook/middleware')

const countRecords = async (adapter, userIds) => {
  let count = 0
  for (const endUserId of userIds) {
    for await (const _record of adapter.find({ dimension: 'epoch', endUserId })) count++
  }
  return count
}

/** A laden machine must not turn a measurement into a refusal: what is measured is work, not patience. */
const PATIENCE = { ackDeadlineMs: 600_000 }

/** Makes a receiver; its `handler` stays the same when the store is made anew. */
const openReceiver = (given) => {
  const options = { ...PATIENCE, ...given }
  let adapter = memoryAdapter()
  let webhook = thryveWebhook('bench-secret', adapter, options)
  return {
    handler: (request, response, next) => webhook(request, response, next),
    store: {
      count: (userIds) => countRecords(adapter, userIds),
      idle: () => webhook.idle(),
      async reset() {
        await webhook.close()
        await adapter.close()
        adapter = memoryAdapter()
        webhook = thryveWebhook('bench-secret', adapter, options)
      }
    }
  }
}

module.exports = { openReceiver }
