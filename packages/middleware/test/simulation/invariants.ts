/** What must be true of a world once it has healed. Each violation begins with the name of what is broken. */
import type { StorageAdapter } from '../../src/index'
import { everyUser, expectedRecords, keyOf, type Sent } from './synthetic-sender'
import type { Witness } from './witness'

/** What is looked at. */
export interface Aftermath {
  readonly sent: readonly Sent[]
  readonly watch: Witness
  /** Ids of dead entries. */
  readonly dead: ReadonlySet<string>
  readonly maxAttempts: number
}

/** One failure: a second of backoff, a poll of six at most, the ways there and back. */
const LONGEST_CALM_RETRY_MS = 9_000

/** Every promised delivery ends done, or dead by its own poison; every listener heard it; nobody tried for ever. */
export function* checkDeliveries({ sent, watch, dead, maxAttempts }: Aftermath): Generator<string> {
  for (const { id, isPromised, poison, heard } of sent) {
    const isDone = watch.completedAtMs.has(id)
    if (isPromised && !isDone && !dead.has(id)) yield `lost: ${id}`
    if (dead.has(id) && poison === undefined) yield `dead without a reason: ${id}`
    if (isDone && poison !== undefined) yield `done in spite of its poison: ${id}`
    if (isDone && heard === 0) yield `never told: ${id}`
    if ((watch.attempts.get(id) ?? 0) > maxAttempts + 1) yield `tried too often: ${id}`
  }
}

/** Where nothing fails but listeners, work can be counted: as many attempts as failures and one, and each in time. */
export function* checkCalm({ sent, watch }: Aftermath): Generator<string> {
  for (const { id, sentAtMs, told, failures, slowMs } of sent) {
    if (told !== failures + 1 || watch.attempts.get(id) !== failures + 1) yield `worked on too often: ${id}`
    const tookMs = (watch.completedAtMs.get(id) ?? Number.POSITIVE_INFINITY) - sentAtMs
    if (tookMs > slowMs + 1_000 + failures * LONGEST_CALM_RETRY_MS) yield `too late: ${id} after ${tookMs} ms`
  }
}

/** The store holds the winners of all that was stored, and nothing else. */
export async function* checkRecords(
  { sent, watch, dead }: Aftermath,
  find: Required<StorageAdapter>['find']
): AsyncGenerator<string> {
  const stored = sent.filter(({ id, poison }) => watch.completedAtMs.has(id) || (dead.has(id) && poison === 'listener'))
  const expected = expectedRecords(stored)
  for (const endUserId of everyUser) {
    for await (const { dataTypeId, value } of find({ dimension: 'epoch', endUserId })) {
      const key = keyOf(endUserId, dataTypeId)
      if (!expected.has(key)) yield `not sent, or twice: ${key}`
      else if (expected.get(key) !== value) yield `stale: ${key} is ${value}, not ${expected.get(key)}`
      expected.delete(key)
    }
  }
  for (const key of expected.keys()) yield `record lost: ${key}`
}
