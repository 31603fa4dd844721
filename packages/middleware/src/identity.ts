/** Which records are the same one, and which version of it wins. */
import type { DataEvent } from './events'
import type { ThryveRecord } from './records'
import type { VersionedRecord } from './storage/storage'

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

/** `000` to `999`. */
const THREE_DIGITS = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'))

const isThirteenDigits = (ms: number): boolean => Number.isInteger(ms) && ms >= 1e12 && ms < 1e13

/** V8 writes 13 digits in 100 ns; neighbours share the first seven, and the others are looked up. */
const createMsWriter = (): ((ms: number) => string) => {
  let lastHead = 0
  let lastText = ''
  return (ms) => {
    const head = Math.floor(ms / 1e6)
    const rest = ms - head * 1e6
    if (head !== lastHead) {
      lastHead = head
      lastText = String(head)
    }
    return `${lastText}${THREE_DIGITS[Math.floor(rest / 1_000)]}${THREE_DIGITS[rest % 1_000]}`
  }
}

/** Of one delivery few types and origins are known at once; one that has more of them starts over. */
const MAX_REMEMBERED = 256

/** What stands before the time in the keys of one type, and the latest time that was written behind it. */
interface KeyHead {
  readonly text: string
  lastMs: number
}

/** Writes {@link recordKey}s: what stands before and after the time is the same for many records of a delivery. */
const createKeyWriter = (identity: Identity) => {
  const writeMs = createMsWriter()
  const heads = new Map<number, KeyHead>()
  const tails = new Map<string | undefined, string>()
  let user: string | undefined
  let source: number | undefined
  let thirdParty: number | undefined
  let isRising = true

  const headOf = ({ endUserId, dataTypeId }: ThryveRecord): KeyHead => {
    if (endUserId !== user || heads.size > MAX_REMEMBERED) {
      isRising &&= heads.size === 0
      heads.clear()
    }
    user = endUserId
    let head = heads.get(dataTypeId)
    if (head === undefined) {
      const text = `${JSON.stringify(['epoch', endUserId, dataTypeId]).slice(0, -1)},`
      head = { text, lastMs: 0 }
      heads.set(dataTypeId, head)
    }
    return head
  }

  const tailOf = ({ dataSourceId, thirdPartyDataSourceId, generationType }: ThryveRecord): string => {
    const isKnown = dataSourceId === source && thirdPartyDataSourceId === thirdParty && tails.size <= MAX_REMEMBERED
    if (!isKnown) tails.clear()
    source = dataSourceId
    thirdParty = thirdPartyDataSourceId
    let tail = tails.get(generationType)
    if (tail === undefined) {
      const origin = identity === 'source' ? [] : [thirdPartyDataSourceId ?? null, generationType ?? null]
      tail = `,${JSON.stringify([dataSourceId, ...origin]).slice(1)}`
      tails.set(generationType, tail)
    }
    return tail
  }

  return {
    write: (record: ThryveRecord): string => {
      const startMs = record.dimension === 'epoch' ? record.startTimestamp.getTime() : Number.NaN
      if (!isThirteenDigits(startMs)) {
        isRising = false
        return recordKey(record, identity)
      }
      const head = headOf(record)
      isRising &&= startMs > head.lastMs
      head.lastMs = startMs
      return head.text + writeMs(startMs) + tailOf(record)
    },
    /** Whether all keys so far are different, told without comparing any: of each type, every record began later than the last. */
    areDistinct: (): boolean => isRising
  }
}

/** 15 digits hold every instant up to the year 9999. */
const sortable = (ms: number): string => String(Math.max(0, Math.trunc(ms))).padStart(15, '0')

/**
 * The version as one text that compares by code unit: when, update before create, when signed.
 * `creationTimestamp` moved with every change in all data seen; without it the signature's time stands in.
 */
export const recordVersion = (record: ThryveRecord, context: VersionContext): string => {
  const { isUpdate, sentAtMs, reorderWindowMs } = context
  const whenMs = record.creationTimestamp?.getTime() ?? sentAtMs + (isUpdate ? reorderWindowMs : 0)
  return `${sortable(whenMs)}.${isUpdate ? 1 : 0}.${sortable(sentAtMs)}`
}

/** Writes {@link recordVersion}s of one delivery. */
const createVersionWriter = (context: VersionContext): ((record: ThryveRecord) => string) => {
  const writeMs = createMsWriter()
  const ending = `.${context.isUpdate ? 1 : 0}.${sortable(context.sentAtMs)}`
  let last: { readonly whenMs: number | undefined; readonly version: string } | undefined
  return (record) => {
    const whenMs = record.creationTimestamp?.getTime()
    if (last !== undefined && last.whenMs === whenMs) return last.version
    const isUsual = whenMs !== undefined && isThirteenDigits(whenMs)
    const version = isUsual ? `00${writeMs(whenMs)}${ending}` : recordVersion(record, context)
    last = { whenMs, version }
    return version
  }
}

/**
 * Gives records their key and version, as many at a time as is wanted; of several versions of a key in one delivery the
 * winner stays, in a tie the last.
 */
export const createVersioner = (
  type: DataEvent['type'],
  identity: Identity,
  context: Omit<VersionContext, 'isUpdate'>
) => {
  const keys = createKeyWriter(identity)
  const versionOf = createVersionWriter({ ...context, isUpdate: type.endsWith('.update') })
  const all: VersionedRecord[] = []
  let byKey: Map<string, VersionedRecord> | undefined
  return {
    add: (record: ThryveRecord): void => {
      const key = keys.write(record)
      const version = versionOf(record)
      if (keys.areDistinct()) {
        all.push({ key, version, record })
        return
      }
      byKey ??= new Map(all.map((versioned) => [versioned.key, versioned]))
      const rival = byKey.get(key)
      if (rival === undefined || rival.version <= version) byKey.set(key, { key, version, record })
    },
    winners: (): VersionedRecord[] => (byKey === undefined ? all : [...byKey.values()])
  }
}

/** Gives each record its key and version; of several versions of a key in one delivery the winner stays, in a tie the last. */
export const versionRecords = (
  event: DataEvent,
  identity: Identity,
  context: Omit<VersionContext, 'isUpdate'>
): VersionedRecord[] => {
  const versioner = createVersioner(event.type, identity, context)
  for (const record of event.records as readonly ThryveRecord[]) versioner.add(record)
  return versioner.winners()
}
