/** What must be stored at the end: for every key the winning version and a digest of its content, some 400 bytes a record (measured). */
import { createHash } from 'node:crypto'
import { type Identity, recordKey, recordVersion, stringifyJson, type ThryveRecord } from '@thryve-webhook/middleware'

/** What decides between versions. */
export interface LedgerOptions {
  readonly identity: Identity
  readonly reorderWindowMs: number
}

/** How a delivery's records came. */
export interface Arrival {
  readonly isUpdate: boolean
  readonly sentAtMs: number
  /** Whether the sender knows that they were accepted; else they may have been. */
  readonly isCertain: boolean
}

/** How a stored record stands to the ledger. */
export type Verdict = 'same' | 'different' | 'unexpected'

/** What must be stored for one key. */
interface Entry {
  /** Empty where no certain delivery brought the key. */
  version: string
  /** More than one where the sender cannot know which has won. */
  digests: string
  isCertain: boolean
  isSeen: boolean
}

/** 72 bits: two contents of one key never meet in one digest. */
const DIGEST_BYTES = 9
const DIGEST_LENGTH = 12

/** Fields in one order, dates as text: equal records have equal digests. */
const digestOf = (record: ThryveRecord): string => {
  const fields = Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('shake128', { outputLength: DIGEST_BYTES }).update(stringifyJson(fields)).digest('base64')
}

/** The version without what all versions of the ledger share: its text is kept for every record. */
const compact = (version: string): string => version.replace(/0+(?=\d{13})/g, '')

/** Keeps what was sent. Users are apart, so that a key need not name its user. */
export const createLedger = ({ identity, reorderWindowMs }: LedgerOptions) => {
  const users = new Map<string, Map<string, Entry>>()
  let size = 0

  const keyOf = (record: ThryveRecord): string => recordKey({ ...record, endUserId: '' }, identity)

  const entriesOf = (endUserId: string): Map<string, Entry> => {
    const entries = users.get(endUserId) ?? new Map<string, Entry>()
    users.set(endUserId, entries)
    return entries
  }

  const apply = (record: ThryveRecord, version: string, isCertain: boolean): void => {
    const entries = entriesOf(record.endUserId)
    const key = keyOf(record)
    const digest = digestOf(record)
    const entry = entries.get(key)
    if (entry === undefined) {
      size += 1
      entries.set(key, { version: isCertain ? version : '', digests: digest, isCertain, isSeen: false })
      return
    }
    if (!isCertain) {
      // It may win, or a certain one may: both are right. One that is older than a certain one never wins.
      if (version >= entry.version && !entry.digests.includes(digest)) entry.digests += digest
      return
    }
    if (version < entry.version) return
    const isAlone = entry.isCertain && entry.digests.length === DIGEST_LENGTH
    if (version > entry.version && isAlone) entry.digests = digest
    else if (!entry.digests.includes(digest)) entry.digests += digest
    entry.version = version
    entry.isCertain = true
  }

  return {
    /** How many keys there are. */
    size: (): number => size,

    /** Takes a delivery's records in. Of several versions of a key in it the winner counts, in a tie the last. */
    add(records: readonly ThryveRecord[], { isUpdate, sentAtMs, isCertain }: Arrival): void {
      const winners = new Map<string, { readonly record: ThryveRecord; readonly version: string }>()
      for (const record of records) {
        const version = compact(recordVersion(record, { isUpdate, sentAtMs, reorderWindowMs }))
        const key = keyOf(record)
        const rival = winners.get(key)
        if (rival === undefined || rival.version <= version) winners.set(key, { record, version })
      }
      for (const { record, version } of winners.values()) apply(record, version, isCertain)
    },

    /** Holds a stored record against the ledger, and ticks it off. */
    judge(record: ThryveRecord): Verdict {
      const entry = users.get(record.endUserId)?.get(keyOf(record))
      if (entry === undefined) return 'unexpected'
      entry.isSeen = true
      const digest = digestOf(record)
      for (let at = 0; at < entry.digests.length; at += DIGEST_LENGTH) {
        if (entry.digests.slice(at, at + DIGEST_LENGTH) === digest) return 'same'
      }
      return 'different'
    },

    /** Keys of a user that must be stored and were not seen. */
    *missing(endUserId: string): Generator<string> {
      for (const [key, { isCertain, isSeen }] of users.get(endUserId) ?? []) if (isCertain && !isSeen) yield key
    }
  }
}

/** A ledger. */
export type Ledger = ReturnType<typeof createLedger>
