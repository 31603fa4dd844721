/** Which records are the same one, and which version of it wins. */
import type { ThryveRecord } from './records'

/**
 * What makes up a record's key. `origin`: the vendor's own uniqueness, with third-party source and generation type.
 * `source`: without these two, for accounts whose details are switched off.
 */
export type Identity = 'origin' | 'source'

/** What versions are made from beside the record itself. */
export interface VersionContext {
  /** Whether the delivery's type ends in `.update`. */
  readonly isUpdate: boolean
  /** When the sender signed the delivery (unsigned: when it was received), in unix milliseconds. */
  readonly sentAtMs: number
  /** How long an update outranks a create that was signed after it, in milliseconds. */
  readonly reorderWindowMs: number
}

/**
 * The natural key as one text: a JSON list, so that no id can run into its neighbour. `endTimestamp` is never part of it.
 *
 * @see the vendor's documentation of data uniqueness: user, source, third-party source, type, start and generation type.
 */
export const recordKey = (record: ThryveRecord, identity: Identity): string => {
  const { endUserId, dataTypeId, dataSourceId } = record
  if (record.dimension === 'daily') return JSON.stringify(['daily', endUserId, dataTypeId, record.day, dataSourceId])
  const key = ['epoch', endUserId, dataTypeId, record.startTimestamp.getTime(), dataSourceId]
  if (identity === 'source') return JSON.stringify(key)
  return JSON.stringify([...key, record.thirdPartyDataSourceId ?? null, record.generationType ?? null])
}

/** 15 digits hold every instant up to the year 9999. */
const sortable = (ms: number): string => String(Math.max(0, Math.trunc(ms))).padStart(15, '0')

/** What stands behind the time in all versions of one delivery. */
export const versionEnding = ({ isUpdate, sentAtMs }: VersionContext): string =>
  `.${isUpdate ? 1 : 0}.${sortable(sentAtMs)}`

/**
 * The version as one text that compares by code unit: when, update before create, when signed.
 * `creationTimestamp` moved with every change in all data seen; without it the signature's time stands in.
 */
export const recordVersion = (record: ThryveRecord, context: VersionContext): string => {
  const { isUpdate, sentAtMs, reorderWindowMs } = context
  const whenMs = record.creationTimestamp?.getTime() ?? sentAtMs + (isUpdate ? reorderWindowMs : 0)
  return sortable(whenMs) + versionEnding(context)
}
