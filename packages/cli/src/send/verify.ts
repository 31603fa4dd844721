/** Holds the store against the ledger, once the inbox is drained. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { MongoAdapter } from '@thryve-webhook/adapter-mongo'
import { onDatabase } from '../options/mongo'
import { startProgress } from '../output/progress'
import { CommandError, type Terminal } from '../terminal'
import type { Ledger } from './ledger'

/** What to verify. */
export interface VerifyOptions {
  readonly adapter: MongoAdapter
  readonly ledger: Ledger
  readonly userIds: readonly string[]
  /** Deliveries that must be in the quarantine. */
  readonly quarantinedIds: readonly string[]
  /** How long the inbox may take to be drained. */
  readonly drainTimeoutMs: number
}

/** How the store differs from what was sent. */
export interface Verification {
  /** Records that must be stored. */
  readonly expected: number
  readonly stored: number
  readonly missing: number
  /** Stored, although nothing that was accepted brings them. */
  readonly unexpected: number
  /** Stored with another content than the winning version's. */
  readonly different: number
  readonly quarantined: number
  readonly missingInQuarantine: number
  /** The first keys with a difference, of synthetic users. */
  readonly examples: readonly string[]
}

const MAX_EXAMPLES = 10
const POLL_MS = 200

/** Waits until nothing is pending in the inbox. */
const drain = async (terminal: Terminal, { adapter, drainTimeoutMs }: VerifyOptions): Promise<void> => {
  const until = performance.now() + drainTimeoutMs
  const pendingNow = async (): Promise<number> => {
    const { ready, leased } = await onDatabase(() => adapter.inbox.stats())
    return ready + leased
  }
  const first = await pendingNow()
  const progress = startProgress(terminal, { format: 'inbox     {bar} {value} of {total} worked off', total: first })
  try {
    for (let pending = first; pending > 0; pending = await pendingNow()) {
      if (performance.now() > until) {
        throw new CommandError(
          `the inbox still holds ${pending} deliveries: is the receiver up? --drain-timeout sets how long to wait.`
        )
      }
      progress.update(Math.max(0, first - pending))
      await sleep(POLL_MS, undefined, { signal: terminal.signal })
    }
    progress.update(first)
  } finally {
    progress.stop()
  }
}

/**
 * Compares.
 *
 * @throws CommandError when the inbox is not drained in time, or the database fails.
 */
export const verifyStore = async (terminal: Terminal, options: VerifyOptions): Promise<Verification> => {
  const { adapter, ledger, userIds, quarantinedIds } = options
  await drain(terminal, options)
  const counts = { stored: 0, missing: 0, unexpected: 0, different: 0, quarantined: 0, missingInQuarantine: 0 }
  const examples: string[] = []
  const note = (difference: string): void => {
    if (examples.length < MAX_EXAMPLES) examples.push(difference)
  }
  const total = ledger.size()
  const progress = startProgress(terminal, { format: 'verifying {bar} {percentage}% · {value} records', total })
  try {
    for (const endUserId of userIds) {
      for (const dimension of ['epoch', 'daily'] as const) {
        await onDatabase(async () => {
          for await (const record of adapter.find({ dimension, endUserId })) {
            terminal.signal.throwIfAborted()
            counts.stored += 1
            const verdict = ledger.judge(record)
            if (verdict === 'same') continue
            counts[verdict] += 1
            const time = record.dimension === 'epoch' ? record.startTimestamp.toISOString() : record.day
            note(`${verdict} ${dimension} ${endUserId} type ${record.dataTypeId} at ${time}`)
          }
        })
        progress.update(Math.min(total, counts.stored))
      }
      for (const key of ledger.missing(endUserId)) {
        counts.missing += 1
        note(`missing ${endUserId} ${key}`)
      }
    }
    for (const deliveryId of quarantinedIds) {
      terminal.signal.throwIfAborted()
      const isThere = (await onDatabase(() => adapter.quarantine.get(deliveryId))) !== undefined
      counts[isThere ? 'quarantined' : 'missingInQuarantine'] += 1
      if (!isThere) note(`missing in the quarantine ${deliveryId}`)
    }
  } finally {
    progress.stop()
  }
  return { expected: ledger.size(), ...counts, examples }
}

/** How many differences there are. */
export const differencesOf = ({ missing, unexpected, different, missingInQuarantine }: Verification): number =>
  missing + unexpected + different + missingInQuarantine
