/**
 * Keys and versions of a delivery's records. What stands before and after the time is the same for many of them, so it is
 * written once. Classes, and one of each that is kept: see `EntryScanner`.
 */
import type { DataEvent } from '../events'
import { type Identity, recordKey, recordVersion, type VersionContext, versionEnding } from '../identity'
import type { ThryveRecord } from '../records'
import type { VersionedRecord } from '../storage/storage'

const ZERO = 48
const DIGITS = 13
const LOW_DIGITS = 6

/** Whether the unix milliseconds have 13 digits: September 2001 to November 2286. */
const isUsual = (ms: number | undefined): ms is number =>
  Number.isInteger(ms) && (ms as number) >= 1e12 && (ms as number) < 1e13

const putDigits = (bytes: Uint8Array, from: number, to: number, number: number): void => {
  let rest = number
  for (let at = to - 1; at >= from; at -= 1) {
    const tens = Math.floor(rest / 10)
    bytes[at] = ZERO + rest - tens * 10
    rest = tens
  }
}

/**
 * A text with a gap for a time of 13 digits. What comes out is one flat text: what `+` puts together is a tree of six
 * objects, and lives as long as the record.
 */
class TimeTemplate {
  readonly #bytes: Buffer
  readonly #gapAt: number
  readonly #encoding: 'latin1' | 'utf8'
  #high = 0

  constructor(before: string, after: string) {
    const text = before + '0'.repeat(DIGITS) + after
    this.#bytes = Buffer.from(text)
    this.#gapAt = Buffer.byteLength(before)
    this.#encoding = this.#bytes.length === text.length ? 'latin1' : 'utf8'
  }

  write(ms: number): string {
    const lowAt = this.#gapAt + DIGITS - LOW_DIGITS
    const high = Math.floor(ms / 1e6)
    if (high !== this.#high) putDigits(this.#bytes, this.#gapAt, lowAt, high)
    this.#high = high
    putDigits(this.#bytes, lowAt, lowAt + LOW_DIGITS, ms - high * 1e6)
    return this.#bytes.toString(this.#encoding)
  }
}

/** Of one delivery few types and origins are known at once; one that has more of them starts over. */
const MAX_ORIGINS = 256

/** The keys of records of one type and origin. */
interface OriginKeys {
  readonly thirdPartyDataSourceId: number | undefined
  readonly generationType: string | undefined
  readonly template: TimeTemplate
}

/** The keys of one type. */
class TypeKeys {
  readonly origins: OriginKeys[] = []
  /** The latest time that was written. */
  lastMs = 0
}

/** Writes {@link recordKey}s. */
class KeyWriter {
  /** Whether all keys so far are different, told without comparing any: of each type, every record began later than the last. */
  areDistinct = true
  readonly #identity: Identity
  readonly #types = new Map<number, TypeKeys>()
  #origins = 0
  #user: string | undefined
  #source: number | undefined

  constructor(identity: Identity) {
    this.#identity = identity
  }

  write(record: ThryveRecord): string {
    const startMs = record.dimension === 'epoch' ? record.startTimestamp.getTime() : undefined
    if (!isUsual(startMs)) {
      this.areDistinct = false
      return recordKey(record, this.#identity)
    }
    const type = this.#typeOf(record)
    if (startMs <= type.lastMs) this.areDistinct = false
    type.lastMs = startMs
    return this.#templateOf(type, record).write(startMs)
  }

  #typeOf({ endUserId, dataSourceId, dataTypeId }: ThryveRecord): TypeKeys {
    const isSame = endUserId === this.#user && dataSourceId === this.#source
    if (!isSame || this.#origins > MAX_ORIGINS) {
      if (this.#types.size > 0) this.areDistinct = false
      this.#types.clear()
      this.#origins = 0
      this.#user = endUserId
      this.#source = dataSourceId
    }
    let type = this.#types.get(dataTypeId)
    if (type === undefined) {
      type = new TypeKeys()
      this.#types.set(dataTypeId, type)
    }
    return type
  }

  #templateOf({ origins }: TypeKeys, record: ThryveRecord): TimeTemplate {
    const { endUserId, dataTypeId, dataSourceId, thirdPartyDataSourceId, generationType } = record
    for (const origin of origins) {
      if (origin.generationType === generationType && origin.thirdPartyDataSourceId === thirdPartyDataSourceId)
        return origin.template
    }
    const before = JSON.stringify(['epoch', endUserId, dataTypeId]).slice(0, -1)
    const origin = this.#identity === 'source' ? [] : [thirdPartyDataSourceId ?? null, generationType ?? null]
    const after = JSON.stringify([dataSourceId, ...origin]).slice(1)
    const template = new TimeTemplate(`${before},`, `,${after}`)
    origins.push({ thirdPartyDataSourceId, generationType, template })
    this.#origins += 1
    return template
  }
}

/** Writes {@link recordVersion}s of one delivery. */
class VersionWriter {
  readonly #context: VersionContext
  readonly #template: TimeTemplate
  #lastMs: number | undefined
  #last: string | undefined

  constructor(context: VersionContext) {
    this.#context = context
    this.#template = new TimeTemplate('00', versionEnding(context))
  }

  write(record: ThryveRecord): string {
    const whenMs = record.creationTimestamp?.getTime()
    if (this.#last !== undefined && whenMs === this.#lastMs) return this.#last
    this.#lastMs = whenMs
    this.#last = isUsual(whenMs) ? this.#template.write(whenMs) : recordVersion(record, this.#context)
    return this.#last
  }
}

/**
 * Gives records their key and version, as many at a time as is wanted; of several versions of a key in one delivery the
 * winner stays, in a tie the last.
 */
export class Versioner {
  static readonly kept = Versioner.#readSample()
  readonly #keys: KeyWriter
  readonly #versions: VersionWriter
  readonly #all: VersionedRecord[] = []
  #byKey: Map<string, VersionedRecord> | undefined

  constructor(type: DataEvent['type'], identity: Identity, context: Omit<VersionContext, 'isUpdate'>) {
    this.#keys = new KeyWriter(identity)
    this.#versions = new VersionWriter({ ...context, isUpdate: type.endsWith('.update') })
  }

  add(record: ThryveRecord): void {
    const versioned = { key: this.#keys.write(record), version: this.#versions.write(record), record }
    if (this.#keys.areDistinct) {
      this.#all.push(versioned)
      return
    }
    this.#byKey ??= new Map(this.#all.map((earlier) => [earlier.key, earlier]))
    const rival = this.#byKey.get(versioned.key)
    if (rival === undefined || rival.version <= versioned.version) this.#byKey.set(versioned.key, versioned)
  }

  winners(): VersionedRecord[] {
    return this.#byKey === undefined ? this.#all : [...this.#byKey.values()]
  }

  static #readSample(): unknown[] {
    const versioner = new Versioner('event.data.epoch.create', 'origin', { sentAtMs: 0, reorderWindowMs: 0 })
    const time = { startTimestamp: new Date(2e12), creationTimestamp: new Date(2e12) }
    versioner.add({
      dimension: 'epoch',
      endUserId: '',
      dataSourceId: 0,
      dataTypeId: 0,
      value: '',
      parsedValue: '',
      ...time
    })
    return [versioner]
  }
}
