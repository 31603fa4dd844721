/** Real processes that are killed, stopped and cut off under load: whatever was acknowledged is stored in the end. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from '../storm/aftermath'
import { type Fleet, startFleet } from '../storm/fleet'
import { type Answer, type LedgerEntry, startSender } from '../storm/sender'
import { startTestMongo, type TestMongo } from '../test-mongo'
import { describeWithMongo } from '../test-mongo/jest'

const SECRET = 'synthetic-secret'
const RECEIVERS = 3
const LEASE_SECONDS = 2
const STORM_MS = Number(process.env['STORM_SECONDS'] ?? 42) * 1_000
const DRAIN_MS = 60_000

const folder = mkdtempSync(join(tmpdir(), 'storm-'))
const dataFile = join(folder, 'data')

/** Not `console.log`: the line counts, not where it was printed. */
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const anyIndex = (): number => Math.floor(Math.random() * RECEIVERS)

/** Kills receivers at random times, and now and then deploys one, until told to stop. */
const killReceivers = async (fleet: Fleet, isOver: () => boolean): Promise<void> => {
  while (!isOver()) {
    await sleep(500 + 1_500 * Math.random())
    const index = anyIndex()
    if (Math.random() < 0.3) await fleet.stop(index)
    else await fleet.kill(index)
    await sleep(100 + 1_000 * Math.random())
    await fleet.start(index)
  }
}

const countAnswers = (ledger: readonly LedgerEntry[]): Record<string, number> => {
  const counts: Partial<Record<Answer, number>> = {}
  for (const answer of ledger.flatMap(({ answers }) => answers)) counts[answer] = (counts[answer] ?? 0) + 1
  return counts as Record<string, number>
}

describeWithMongo(
  'storm',
  (mongo) => {
    let server: TestMongo
    let fleet: Fleet | undefined

    afterAll(async () => {
      await fleet?.end()
      await server?.kill('SIGCONT')
      await server?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    const restartDatabase = async (): Promise<void> => {
      const port = Number(new URL(server.uri).port)
      await server.kill('SIGKILL')
      await sleep(1_000 * Math.random())
      server = await startTestMongo({ backend: 'file', dataFile, port })
    }
    const pauseDatabase = async (ms: number): Promise<void> => {
      await server.kill('SIGSTOP')
      await sleep(ms)
      await server.kill('SIGCONT')
    }
    const pauseReceiver = async (receivers: Fleet): Promise<void> => {
      const index = anyIndex()
      receivers.signal(index, 'SIGSTOP')
      await sleep(2.5 * LEASE_SECONDS * 1_000)
      receivers.signal(index, 'SIGCONT')
    }

    test(
      'storm: receivers and the database killed and paused under load, nothing acknowledged is lost',
      async () => {
        server = mongo.server()
        const database = mongo.freshDatabase()
        const { uri } = server
        const receivers = await startFleet({
          ...{ uri, database, folder },
          size: RECEIVERS,
          secret: SECRET,
          leaseSeconds: LEASE_SECONDS
        })
        fleet = receivers
        const sender = startSender({ secret: SECRET, ports: receivers.ports, deliveriesPerSecond: 12 })

        let isOver = false
        const killing = killReceivers(receivers, () => isOver)
        const outages = [
          () => pauseReceiver(receivers),
          () => pauseDatabase(10_000),
          restartDatabase,
          () => pauseReceiver(receivers),
          restartDatabase
        ]
        const stormEndsAtMs = Date.now() + STORM_MS
        for (const outage of outages) {
          await sleep(STORM_MS / 12)
          await outage()
        }
        await sleep(Math.max(0, stormEndsAtMs - Date.now()))
        isOver = true
        await killing
        await sender.stop()

        const { ledger } = sender
        const { states, ...found } = await inspect({ uri, database, drainMs: DRAIN_MS }, ledger)
        const acknowledged = ledger.filter(({ isAcknowledged }) => isAcknowledged)
        const answers = countAnswers(ledger)
        const heard = receivers.heard()
        const heardIds = new Set(heard)
        const counts = {
          deliveries: ledger.length,
          acknowledged: acknowledged.length,
          givenUp: ledger.filter(({ isGivenUp }) => isGivenUp).length,
          answers,
          kills: receivers.kills,
          stops: receivers.stops,
          outages: outages.length,
          ...found,
          listenerCalls: heard.length
        }
        say(`storm: ${JSON.stringify(counts)}`)

        expect(found).toMatchObject({ lost: 0, duplicates: 0, stale: 0, unknown: 0 })
        expect(acknowledged.filter(({ id }) => states.get(id) !== 'done')).toEqual([])
        expect([...states].filter(([, state]) => state !== 'done')).toEqual([])
        expect(acknowledged.filter(({ id }) => !heardIds.has(id))).toEqual([])
        expect(ledger.filter(({ isAcknowledged, isGivenUp }) => isAcknowledged === isGivenUp)).toEqual([])
        expect(Object.keys(answers).filter((answer) => /^\d/.test(answer) && answer !== '204')).toEqual(['503'])
        expect(acknowledged.length).toBeGreaterThan(ledger.length / 4)
      },
      STORM_MS + DRAIN_MS + 60_000
    )
  },
  { backend: 'file', dataFile }
)
