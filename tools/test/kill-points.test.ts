/** A receiver killed at each step of a delivery's way: its next life finishes what the first began. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from '../storm/aftermath'
import { steps } from '../storm/dying'
import { startFleet } from '../storm/fleet'
import { startSender } from '../storm/sender'
import { describeWithMongo } from '../test-mongo/jest'

const SECRET = 'synthetic-secret'
const DRAIN_MS = 30_000

describeWithMongo('kill points', (mongo) => {
  test.each(steps)(
    'receiver: killed %s, what it acknowledged is stored, told and settled',
    async (dieAt) => {
      const folder = mkdtempSync(join(tmpdir(), 'kill-points-'))
      const place = { uri: mongo.uri(), database: mongo.freshDatabase() }
      const fleet = await startFleet({ ...place, size: 1, secret: SECRET, leaseSeconds: 2, folder, dieAt })
      try {
        const sender = startSender({ secret: SECRET, ports: fleet.ports, deliveriesPerSecond: 1 })
        const sent = sender.stop()
        await fleet.ended(0)
        await fleet.start(0)
        await sent
        const { states, ...found } = await inspect({ ...place, drainMs: DRAIN_MS }, sender.ledger)
        const [entry] = sender.ledger
        const isInInbox = entry?.isAcknowledged || dieAt !== 'before put'
        expect(sender.ledger).toHaveLength(1)
        expect(states).toEqual(new Map(isInInbox ? [[entry?.id, 'done']] : []))
        expect(found).toEqual({
          recordsChecked: isInInbox ? entry?.keys.length : 0,
          ...{ lost: 0, duplicates: 0, stale: 0, unknown: 0 }
        })
        expect(new Set(fleet.heard())).toEqual(new Set(states.keys()))
      } finally {
        await fleet.end()
        rmSync(folder, { recursive: true, force: true })
      }
    },
    90_000
  )
})
