/** A sender like the vendor: 2 s of patience, three retries, then it gives up. It keeps a ledger of every answer. */
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { signedDelivery } from '@thryve-webhook/middleware/testing'

/** What came of one try: a status, or that none came. */
export type Answer = number | 'timeout' | 'refused' | 'cut off'

/** One delivery of the ledger. */
export interface LedgerEntry {
  readonly id: string
  /** By record: `user/type/start`. */
  readonly keys: readonly string[]
  /** The creation time of all its records: the greater wins. Unique. */
  readonly version: number
  readonly answers: Answer[]
  isAcknowledged: boolean
  isGivenUp: boolean
}

/** How to send. */
export interface SenderOptions {
  readonly secret: string
  readonly ports: readonly number[]
  readonly deliveriesPerSecond: number
}

const PATIENCE_MS = 2_000
const TRIES = 4
/** Where versions of one record meet. */
const SHARED_KEYS = 40
const FIRST_START_MS = Date.UTC(2026, 0, 5)

/** A record's key, as the ledger writes it. */
export const ledgerKey = (endUserId: string, dataTypeId: number, startMs: number): string =>
  `${endUserId}/${dataTypeId}/${startMs}`

const post = (port: number, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Answer> =>
  new Promise((resolve) => {
    const sent = request({ port, host: '127.0.0.1', path: '/webhooks/thryve', method: 'POST', headers, agent: false })
    const timer = setTimeout(() => {
      resolve('timeout')
      sent.destroy()
    }, PATIENCE_MS)
    const settle = (answer: Answer): void => {
      clearTimeout(timer)
      resolve(answer)
    }
    sent.on('response', (response) => {
      response.resume()
      settle(response.statusCode ?? 0)
    })
    sent.on('error', ({ code }: NodeJS.ErrnoException) => settle(code === 'ECONNREFUSED' ? 'refused' : 'cut off'))
    sent.end(body)
  })

/** A sender that runs until it is told to stop. */
export const startSender = ({ secret, ports, deliveriesPerSecond }: SenderOptions) => {
  const ledger: LedgerEntry[] = []
  const running = new Set<Promise<void>>()
  let isStopped = false

  const versionOf = (index: number): number => {
    // Not in the order of sending: a bijection of 0…9999.
    const shuffled = (index * 7_919) % 10_000
    return FIRST_START_MS + shuffled * 1_000
  }

  const records = (index: number): readonly { readonly dataTypeId: number; readonly startTimestamp: number }[] => {
    const shared = { dataTypeId: 1_000, startTimestamp: FIRST_START_MS + (index % SHARED_KEYS) * 60_000 }
    // One in fifteen is large, so that a kill in the middle of a save is likely.
    const own = Array.from({ length: index % 15 === 0 ? 80 : 2 }, (_, at) => ({
      dataTypeId: 2_000 + at,
      startTimestamp: FIRST_START_MS + index * 60_000
    }))
    return [shared, ...own]
  }

  const deliver = async (index: number): Promise<void> => {
    const endUserId = `synthetic-user-${index % 3}`
    const version = versionOf(index)
    const items = records(index)
    const payload = {
      endUserId,
      timestampType: 'UNIX',
      type: `event.data.epoch.${index % 2 === 0 ? 'create' : 'update'}`,
      data: {
        dataSourceId: 5,
        epochData: items.map((item) => ({
          ...item,
          value: String(version),
          additionalDetails: { creationTimestamp: version }
        }))
      }
    }
    const timestamp = String(Date.now())
    const { headers, body } = await signedDelivery(payload, { secret, timestamp })
    const entry: LedgerEntry = {
      id: createHash('sha256').update(timestamp).update(body).digest('hex'),
      keys: items.map(({ dataTypeId, startTimestamp }) => ledgerKey(endUserId, dataTypeId, startTimestamp)),
      version,
      answers: [],
      isAcknowledged: false,
      isGivenUp: false
    }
    ledger.push(entry)
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const port = ports[Math.floor(Math.random() * ports.length)] as number
      const answer = await post(port, headers, body)
      entry.answers.push(answer)
      if (answer === 204) entry.isAcknowledged = true
      // One in ten sends again all the same, as if the answer had been lost on its way.
      const isContent = answer === 204 && Math.random() > 0.1
      if (isContent) return
      await sleep(300 + 1_700 * Math.random())
    }
    entry.isGivenUp = !entry.isAcknowledged
  }

  const run = async (): Promise<void> => {
    for (let index = 0; !isStopped; index += 1) {
      const delivery = deliver(index).finally(() => running.delete(delivery))
      running.add(delivery)
      await sleep((2_000 / deliveriesPerSecond) * Math.random())
    }
  }
  const sending = run()

  return {
    ledger: ledger as readonly LedgerEntry[],
    /** Begins no more deliveries. Resolves once the last one was acknowledged or given up. */
    async stop(): Promise<void> {
      isStopped = true
      await sending
      await Promise.all(running)
    }
  }
}
