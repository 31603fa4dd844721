/** The receivers of this repository over a memory store. */
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

/** Makes a receiver that lives as long as the server, as in an app: its users are erased between two rounds. */
const openReceiver = (given) => {
  const adapter = memoryAdapter()
  const webhook = thryveWebhook('bench-secret', adapter, { ...PATIENCE, ...given })
  return {
    handler: webhook,
    store: {
      count: (userIds) => countRecords(adapter, userIds),
      idle: () => webhook.idle(),
      async reset(userIds) {
        for (const endUserId of userIds) await adapter.deleteUser(endUserId)
      }
    }
  }
}

module.exports = { openReceiver }
