/** From a delivery's bytes to stored records: decompress, parse, decode, save; what cannot be understood is kept. */
import { isLeft } from 'fp-ts/lib/Either'
import { contentEncodingOf, type Decompressor } from '../body/decompress'
import type { Decoded } from '../codecs/delivery'
import { createPauses } from '../codecs/pauses'
import { type ReadLimits, readDelivery } from '../codecs/read-delivery'
import { type ErrorCode, storeFailed, ThryveError } from '../errors'
import type { DataEvent, ThryveEvent } from '../events'
import type { Settings } from '../options/options'
import type { TurnOutcome } from '../signals'
import type { Steps } from '../steps'
import type { QuarantineItem } from '../storage/quarantine'
import type { RawDelivery } from '../storage/raw-delivery'
import type { SaveResult, StorageAdapter, VersionedRecord } from '../storage/storage'
import type { Emitter } from './emitter'
import type { OneAtATime } from './one-at-a-time'
import type { createOriginWatch } from './origin-watch'
import type { QuarantineKeeper } from './quarantine-keeper'
import type { Turn } from './turn'
import { Versioner } from './versioner'

/** What storing a delivery takes. */
export interface StoreParts {
  readonly settings: Settings
  readonly adapter: StorageAdapter
  readonly emitter: Emitter
  readonly steps: Steps
  readonly decompress: Decompressor
  readonly quarantine: QuarantineKeeper
  readonly watchOrigin: ReturnType<typeof createOriginWatch>
  /** Long deliveries are decoded one after the other: taken by turns, all that is half read is alive when garbage is collected. */
  readonly oneAtATime: OneAtATime
}

/** What is known once a delivery is stored. */
export interface StoredDelivery {
  /** What the listeners are to see; nothing where nothing could be decoded. */
  readonly event?: ThryveEvent
  readonly endUserId?: string
  /** Why all or some of it went to the quarantine, where it did. */
  readonly quarantinedFor?: ErrorCode
}

/** How a turn ends that met no failure of ours. */
export const outcomeOf = ({ event, quarantinedFor }: StoredDelivery): TurnOutcome => {
  if (quarantinedFor === undefined) return 'stored'
  return event === undefined ? 'quarantined' : 'partly-quarantined'
}

/** Codes that say a delivery is authentic and cannot be understood; anything else thrown is a failure of ours. */
const NOT_UNDERSTOOD: ReadonlySet<ErrorCode> = new Set([
  'THRYVE_DECOMPRESSION_FAILED',
  'THRYVE_DECOMPRESSED_TOO_LARGE',
  'THRYVE_INVALID_UTF8',
  'THRYVE_INVALID_JSON',
  'THRYVE_TOO_MANY_RECORDS'
] satisfies ErrorCode[])

/** A delivery of which nothing can be used. */
type Unusable = QuarantineItem & { readonly code: ErrorCode }

const SAVE_COUNTS = ['inserted', 'updated', 'unchanged', 'stale'] as const

const isSaveResult = (result: unknown): result is SaveResult =>
  SAVE_COUNTS.every((count) => Number.isSafeInteger((result as Record<string, unknown> | null | undefined)?.[count]))

/** The time need not be looked at after every record. */
const RECORDS_PER_LOOK = 512

const versionAll = async (event: DataEvent, settings: Settings, raw: RawDelivery): Promise<VersionedRecord[]> => {
  const versioner = new Versioner(event.type, settings.identity, {
    sentAtMs: (raw.sentAt ?? raw.receivedAt).getTime(),
    reorderWindowMs: settings.reorderWindowSeconds * 1_000
  })
  const pauses = createPauses()
  let count = 0
  for (const record of event.records) {
    versioner.add(record)
    count += 1
    if (count % RECORDS_PER_LOOK === 0 && pauses.isDue()) await pauses.take()
  }
  return versioner.winners()
}

const save = async (
  { adapter, emitter, settings, watchOrigin }: StoreParts,
  event: DataEvent,
  turn: Turn
): Promise<void> => {
  const raw = turn.delivery
  const records = await versionAll(event, settings, raw)
  if (records.length === 0) return
  const hasOrigin = settings.identity === 'origin' ? watchOrigin(event) : undefined
  if (hasOrigin !== undefined) emitter.signal('degraded-identity', { deliveryId: raw.id, hasOrigin })
  let result: SaveResult
  try {
    result = await turn.run('save', async (step) => {
      const saved = await adapter.save({ deliveryId: raw.id, receivedAt: raw.receivedAt, records })
      if (isSaveResult(saved)) step.records = saved
      return saved
    })
  } catch (cause) {
    throw storeFailed(cause)
  }
  if (!isSaveResult(result)) throw storeFailed(new TypeError('save() must resolve to its four counts'))
  turn.found.records = result
  emitter.signal('stored', { ...result, deliveryId: raw.id, type: event.type })
}

/** A record with every field of the vendor's page has 18 values, an entry of a minimal one 16 bytes a value. */
const VALUES_PER_RECORD = 24
const BYTES_PER_VALUE = 8

const limitsOf = ({ maxRecords, maxBytes }: Settings): ReadLimits => ({
  maxRecords,
  maxValues: Math.min(maxRecords * VALUES_PER_RECORD, maxBytes / BYTES_PER_VALUE)
})

/** Some 500 records, which take a millisecond or two. */
const LONG_BYTES = 262_144

/** Decodes a delivery, or says why it cannot be. */
const decode = async (parts: StoreParts, turn: Turn): Promise<Decoded | Unusable> => {
  const raw = turn.delivery
  const unusable = { delivery: raw, scope: 'delivery', badRecords: 0 } as const
  try {
    const encoding = contentEncodingOf(raw.contentEncoding)
    if (encoding === undefined) return { ...unusable, code: 'THRYVE_UNSUPPORTED_ENCODING', failures: [] }
    const bytes = await turn.run('decompress', async (step) => {
      const output = await parts.decompress(raw.body, encoding)
      step.decompressedBytes = output.byteLength
      turn.found.decompressedBytes = output.byteLength
      return output
    })
    const read = () => turn.run('decode', () => readDelivery(bytes, limitsOf(parts.settings)))
    const decoded = await (bytes.length < LONG_BYTES ? read() : parts.oneAtATime(read))
    return isLeft(decoded) ? { ...unusable, ...decoded.left } : decoded.right
  } catch (error) {
    if (!(error instanceof ThryveError) || !NOT_UNDERSTOOD.has(error.code)) throw error
    return { ...unusable, code: error.code, failures: [] }
  }
}

/** More are not told, so that a sender that invents sources makes nothing long. */
const MAX_TOLD_SOURCES = 20

const sourcesOf = (event: ThryveEvent): readonly number[] => {
  if (!('records' in event)) return [event.dataSourceId]
  const sources = new Set<number>()
  let last: number | undefined
  for (const { dataSourceId } of event.records) {
    if (dataSourceId !== last && sources.size < MAX_TOLD_SOURCES) sources.add(dataSourceId)
    last = dataSourceId
  }
  return [...sources]
}

/**
 * Stores what a delivery brings. Doing it twice is harmless.
 *
 * @throws ThryveError `THRYVE_STORE_FAILED`: nothing is lost, the same delivery must come again.
 * `THRYVE_NOT_KEPT`: it cannot be understood, and the adapter has no quarantine.
 * With `invalidPayload: 'reject'`, the code that says why it cannot be understood.
 */
export const storeDelivery = async (parts: StoreParts, turn: Turn): Promise<StoredDelivery> => {
  const raw = turn.delivery
  const decoded = await decode(parts, turn)
  if (!('event' in decoded)) {
    const { code: quarantinedFor, endUserId } = decoded
    if (parts.settings.invalidPayload === 'reject') throw new ThryveError(quarantinedFor)
    await parts.quarantine(decoded)
    return endUserId === undefined ? { quarantinedFor } : { endUserId, quarantinedFor }
  }
  const { event, failures, badRecords } = decoded
  const { endUserId } = event
  turn.found.type = event.type
  turn.found.dataSourceIds = sourcesOf(event)
  turn.found.badRecords = badRecords
  if ('records' in event) await save(parts, event, turn)
  if (badRecords === 0) return { event, endUserId }
  const quarantinedFor = 'THRYVE_INVALID_RECORD'
  await parts.quarantine({ delivery: raw, scope: 'records', code: quarantinedFor, failures, badRecords, endUserId })
  const isEmpty = 'records' in event && event.records.length === 0
  return isEmpty ? { endUserId, quarantinedFor } : { event, endUserId, quarantinedFor }
}
