/** The way to the database fails under load: answers come in time all the same, and nothing acknowledged is lost. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from '../storm/aftermath'
import { startFleet } from '../storm/fleet'
import { startProxy } from '../storm/proxy'
import { startSender } from '../storm/sender'
import { describeWithMongo, type SuiteMongo } from '../test-mongo/jest'

const SECRET = 'synthetic-secret'
const FAULT_MS = 4_000
const DRAIN_MS = 45_000
/** A monitor that looks every second, so that the test need not wait for the default of ten. */
const DRIVER = 'directConnection=true&heartbeatFrequencyMS=1000&connectTimeoutMS=2000'

const serverFolder = mkdtempSync(join(tmpdir(), 'network-server-'))
afterAll(() => rmSync(serverFolder, { recursive: true, force: true }))

const suite = (mongo: SuiteMongo): void => {
  test.each(['slow', 'refuse', 'cut', 'half-open'] as const)(
    'network: %s, answers are in time, nothing acknowledged is lost',
    async (weather) => {
      const folder = mkdtempSync(join(tmpdir(), 'network-'))
      const database = mongo.freshDatabase()
      const proxy = await startProxy(Number(new URL(mongo.uri()).port))
      const uri = `mongodb://127.0.0.1:${proxy.port}/?${DRIVER}`
      const fleet = await startFleet({ uri, database, size: 1, secret: SECRET, leaseSeconds: 2, folder })
      try {
        const sender = startSender({ secret: SECRET, ports: fleet.ports, deliveriesPerSecond: 10 })
        await sleep(1_000)
        proxy.change(weather)
        await sleep(FAULT_MS)
        proxy.change('pass')
        await sleep(1_000)
        await sender.stop()

        const { ledger } = sender
        const { states, ...found } = await inspect({ uri: mongo.uri(), database, drainMs: DRAIN_MS }, ledger)
        const answers = new Set(ledger.flatMap((entry) => entry.answers))
        const acknowledged = ledger.filter(({ isAcknowledged }) => isAcknowledged)
        const counts = { deliveries: ledger.length, acknowledged: acknowledged.length, faults: proxy.faults, ...found }
        process.stdout.write(`network, ${weather}: ${JSON.stringify(counts)}\n`)

        expect(found).toMatchObject({ lost: 0, duplicates: 0, stale: 0, unknown: 0 })
        expect([...states].filter(([, state]) => state !== 'done')).toEqual([])
        expect(acknowledged.filter(({ id }) => !states.has(id))).toEqual([])
        expect([...answers].filter((answer) => answer !== 204 && answer !== 503)).toEqual([])
        const heard = new Set(fleet.heard())
        expect(acknowledged.filter(({ id }) => !heard.has(id))).toEqual([])
      } finally {
        await fleet.end()
        await proxy.end()
        rmSync(folder, { recursive: true, force: true })
      }
    },
    120_000
  )
}

// A file of its own makes it a server of its own, behind which a proxy is the only way; `MONGODB_URI` may name several.
describeWithMongo('network', suite, { backend: 'file', dataFile: join(serverFolder, 'data') })
