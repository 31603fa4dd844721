/**
 * A receiver's process as the concurrency tests start it: it takes the batches, saves them one after the other at a
 * word, and sends the results. It runs on the build, as a process of its own must.
 */
const { mongoAdapter } = require('../dist/index.js')

const [, , url, dbName] = process.argv
const adapter = mongoAdapter({ url, dbName })
let batches = []

process.on('message', async (message) => {
  try {
    if (message.batches) {
      batches = message.batches
      await adapter.check()
      process.send('ready')
      return
    }
    const results = []
    for (const batch of batches) results.push(await adapter.save(batch))
    await adapter.close()
    process.send({ results })
    process.disconnect()
  } catch (error) {
    process.send({ error: String(error) })
    process.exit(1)
  }
})
