/** What can be told of a store's health through the contract. */
import type { InboxEntry, StorageAdapter } from '@thryve-webhook/middleware'
import { entriesOf } from './entries-of'

/** What is still healthy. A limit left out is not checked. */
export interface HealthLimits {
  /** How long a delivery may wait, in milliseconds. */
  readonly maxAge?: number
  readonly maxDead?: number
  readonly maxQuarantined?: number
}

/** What was found; a figure the adapter cannot give is absent. Ages are in seconds. */
export interface Health {
  readonly missingIndexes?: string
  readonly ready?: number
  readonly leased?: number
  readonly dead?: number
  readonly oldestPendingSeconds?: number
  /** How long ago the delivery with the lease that ends first was received. */
  readonly oldestLeaseSeconds?: number
  /** When that lease ends, from now; below 0 it has run out and nobody has taken over. */
  readonly oldestLeaseEndsInSeconds?: number
  /** Counted up to 10,000. */
  readonly quarantined?: number
  readonly problems: readonly string[]
}

/** Adapters over a database may tell which of their indexes are missing. */
interface Indexed {
  missingIndexes?(): Promise<readonly string[]>
}

const COUNTED_UP_TO = 10_000

const secondsSince = (date: Date, now: number): number => Math.round((now - date.getTime()) / 1_000)

const endOf = ({ availableAt, receivedAt }: InboxEntry): number => (availableAt ?? receivedAt).getTime()

const inboxFigures = async ({ inbox }: StorageAdapter, now: number) => {
  if (inbox === undefined) return {}
  const { ready, leased, dead, oldestPendingAt } = await inbox.stats()
  let oldest: InboxEntry | undefined
  let seen = 0
  for await (const entry of entriesOf((query) => inbox.list({ ...query, state: 'leased' }))) {
    if (oldest === undefined || endOf(entry) < endOf(oldest)) oldest = entry
    if (++seen === COUNTED_UP_TO) break
  }
  return {
    ready,
    leased,
    dead,
    ...(oldestPendingAt && { oldestPendingSeconds: secondsSince(oldestPendingAt, now) }),
    ...(oldest && { oldestLeaseSeconds: secondsSince(oldest.receivedAt, now) }),
    ...(oldest?.availableAt && { oldestLeaseEndsInSeconds: -secondsSince(oldest.availableAt, now) })
  }
}

const countQuarantined = async ({ quarantine }: StorageAdapter): Promise<number | undefined> => {
  if (quarantine === undefined) return undefined
  let count = 0
  for await (const _ of entriesOf((query) => quarantine.list(query))) if (++count === COUNTED_UP_TO) break
  return count
}

const problemsOf = (health: Omit<Health, 'problems'>, { maxAge, maxDead, maxQuarantined }: HealthLimits): string[] => {
  const { missingIndexes, oldestPendingSeconds = 0, dead = 0, quarantined = 0 } = health
  const problems: string[] = []
  if (missingIndexes !== undefined && missingIndexes !== '') problems.push(`indexes are missing: ${missingIndexes}`)
  if (maxAge !== undefined && oldestPendingSeconds * 1_000 > maxAge) {
    problems.push(`a delivery waits since ${oldestPendingSeconds} s, which is more than ${maxAge / 1_000} s`)
  }
  if (maxDead !== undefined && dead > maxDead) problems.push(`${dead} deliveries are dead, more than ${maxDead}`)
  if (maxQuarantined !== undefined && quarantined > maxQuarantined) {
    problems.push(`${quarantined} deliveries are in quarantine, more than ${maxQuarantined}`)
  }
  return problems
}

/** Looks at the store. Indexes first: `check` may make them. Rejects when the store cannot be used. */
export const checkHealth = async (adapter: StorageAdapter, limits: HealthLimits, now = Date.now): Promise<Health> => {
  const missing = await (adapter as Indexed).missingIndexes?.()
  await adapter.check?.()
  const quarantined = await countQuarantined(adapter)
  const figures = {
    ...(missing && { missingIndexes: missing.join(', ') }),
    ...(await inboxFigures(adapter, now())),
    ...(quarantined === undefined ? {} : { quarantined })
  }
  return { ...figures, problems: problemsOf(figures, limits) }
}
