/** What a storm left in the database, looked at through the plain driver and held against the sender's ledger. */
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { type LedgerEntry, ledgerKey } from './sender'

/** What was found. */
export interface Aftermath {
  /** The state of each inbox entry. */
  readonly states: ReadonlyMap<string, string>
  readonly recordsChecked: number
  /** Records that an acknowledged delivery brought and the store does not hold. */
  readonly lost: number
  /** Records that the store holds twice. */
  readonly duplicates: number
  /** Records whose version is not the greatest of those that were stored. */
  readonly stale: number
  /** Records that no delivery brought. */
  readonly unknown: number
}

const POLL_MS = 200

/** Waits until the inbox is drained, and looks. */
export const inspect = async (
  { uri, database, drainMs }: { readonly uri: string; readonly database: string; readonly drainMs: number },
  ledger: readonly LedgerEntry[]
): Promise<Aftermath> => {
  const client = new MongoClient(uri)
  try {
    const db = client.db(database)
    const inbox = db.collection<{ _id: string; state: string }>('inbox')
    const isPending = { state: { $in: ['ready', 'leased'] } }
    const endsAtMs = Date.now() + drainMs
    while ((await inbox.countDocuments(isPending)) > 0 && Date.now() < endsAtMs) await sleep(POLL_MS)

    const entries = await inbox.find({}, { projection: { state: 1 } }).toArray()
    const states = new Map(entries.map(({ _id, state }) => [_id, state]))
    const stored = ledger.filter(({ id }) => states.get(id) === 'done')
    const winners = new Map<string, number>()
    for (const { keys, version } of stored) {
      for (const key of keys) winners.set(key, Math.max(version, winners.get(key) ?? 0))
    }
    const promised = new Set(ledger.filter(({ isAcknowledged }) => isAcknowledged).flatMap(({ keys }) => keys))

    const found = new Set<string>()
    let duplicates = 0
    let stale = 0
    let unknown = 0
    for (const { endUserId, dataTypeId, startTimestamp, value } of await db.collection('epoch').find().toArray()) {
      const key = ledgerKey(endUserId, dataTypeId, startTimestamp.getTime())
      const winner = winners.get(key)
      if (found.has(key)) duplicates += 1
      if (winner === undefined) unknown += 1
      else if (Number(value) !== winner) stale += 1
      found.add(key)
    }
    const lost = [...promised].filter((key) => !found.has(key)).length
    return { states, recordsChecked: found.size, lost, duplicates, stale, unknown }
  } finally {
    await client.close()
  }
}
