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

const isThirteenDigits = (ms: number): boolean => Number.isInteger(ms) && ms >= 1e12 && ms < 1e13

const ZERO = 48

const putDigits = (bytes: Uint8Array, from: number, count: number, number: number): void => {
  let rest = number
  for (let at = from + count - 1; at >= from; at -= 1) {
    const tens = Math.floor(rest / 10)
    bytes[at] = ZERO + rest - tens * 10
    rest = tens
  }
}

/** A text with a gap for the 13 digits of a time. */
interface Template {
  readonly bytes: Buffer
  readonly gapAt: number
  lastHead: number
}

/** @returns nothing for a text that does not stand in bytes one for one. */
const createTemplate = (before: string, after: string): Template | undefined => {
  const text = `${before}${'0'.repeat(13)}${after}`
  const bytes = Buffer.from(text, 'latin1')
  return bytes.toString('latin1') === text ? { bytes, gapAt: before.length, lastHead: 0 } : undefined
}

/** One flat text: put together by `+`, it would be a tree of six that lives as long as the record. */
const fill = (template: Template, ms: number): string => {
  const { bytes, gapAt } = template
  const head = Math.floor(ms / 1e6)
  if (head !== template.lastHead) putDigits(bytes, gapAt, 7, head)
  template.lastHead = head
  putDigits(bytes, gapAt + 7, 6, ms - head * 1e6)
  return bytes.toString('latin1')
}

/** Of one delivery few types and origins are known at once; one that has more of them starts over. */
const MAX_REMEMBERED = 256

/** What the keys of one type share, and the latest time that was written. */
interface TypeKeys {
  readonly templates: Map<string | undefined, Template | undefined>
  lastMs: number
}

/** Writes {@link recordKey}s: what stands before and after the time is the same for many records of a delivery. */
const createKeyWriter = (identity: Identity) => {
  const types = new Map<number, TypeKeys>()
  let templates = 0
  let user: string | undefined
  let source: number | undefined
  let thirdParty: number | undefined
  let isRising = true

  const typeOf = ({ endUserId, dataTypeId, dataSourceId, thirdPartyDataSourceId }: ThryveRecord): TypeKeys => {
    const isKnown = endUserId === user && dataSourceId === source && thirdPartyDataSourceId === thirdParty
    if (!isKnown || templates > MAX_REMEMBERED) {
      isRising &&= types.size === 0
      types.clear()
      templates = 0
    }
    user = endUserId
    source = dataSourceId
    thirdParty = thirdPartyDataSourceId
    let type = types.get(dataTypeId)
    if (type === undefined) {
      type = { templates: new Map(), lastMs: 0 }
      types.set(dataTypeId, type)
    }
    return type
  }

  const templateOf = (type: TypeKeys, record: ThryveRecord): Template | undefined => {
    const { generationType } = record
    const known = type.templates.get(generationType)
    if (known !== undefined) return known
    const { endUserId, dataTypeId, dataSourceId, thirdPartyDataSourceId } = record
    const origin = identity === 'source' ? [] : [thirdPartyDataSourceId ?? null, generationType ?? null]
    const before = `${JSON.stringify(['epoch', endUserId, dataTypeId]).slice(0, -1)},`
    const template = createTemplate(before, `,${JSON.stringify([dataSourceId, ...origin]).slice(1)}`)
    type.templates.set(generationType, template)
    templates += 1
    return template
  }

  return {
    write: (record: ThryveRecord): string => {
      const startMs = record.dimension === 'epoch' ? record.startTimestamp.getTime() : Number.NaN
      if (!isThirteenDigits(startMs)) {
        isRising = false
        return recordKey(record, identity)
      }
      const type = typeOf(record)
      isRising &&= startMs > type.lastMs
      type.lastMs = startMs
      const template = templateOf(type, record)
      return template === undefined ? recordKey(record, identity) : fill(template, startMs)
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
  const template = createTemplate('00', `.${context.isUpdate ? 1 : 0}.${sortable(context.sentAtMs)}`) as Template
  let last: { readonly whenMs: number | undefined; readonly version: string } | undefined
  return (record) => {
    const whenMs = record.creationTimestamp?.getTime()
    if (last !== undefined && last.whenMs === whenMs) return last.version
    const isUsual = whenMs !== undefined && isThirteenDigits(whenMs)
    const version = isUsual ? fill(template, whenMs) : recordVersion(record, context)
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
