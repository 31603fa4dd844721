/** From a delivery's bytes to stored records: decompress, parse, decode, save; what cannot be understood is kept. */
import { isLeft } from 'fp-ts/lib/Either'
import type { Decoded } from './codecs/delivery'
import { type ReadLimits, readDelivery } from './codecs/read-delivery'
import { contentEncodingOf, type Decompressor } from './decompress'
import type { Emitter } from './emitter'
import { type ErrorCode, ThryveError } from './errors'
import type { DataEvent, ThryveEvent } from './events'
import { createVersioner } from './identity'
import type { Settings } from './options'
import type { createOriginWatch } from './origin-watch'
import type { QuarantineItem, RawDelivery, SaveResult, StorageAdapter, VersionedRecord } from './storage'
import { beginTurns } from './turns'

/** What storing a delivery takes. */
export interface StoreParts {
  readonly settings: Settings
  readonly adapter: StorageAdapter
  readonly emitter: Emitter
  readonly decompress: Decompressor
  readonly watchOrigin: ReturnType<typeof createOriginWatch>
}

/** What is known once a delivery is stored. */
export interface StoredDelivery {
  /** What the listeners are to see; nothing where nothing could be decoded. */
  readonly event?: ThryveEvent
  readonly endUserId?: string
  /** Why all or some of it went to the quarantine, where it did. */
  readonly quarantinedFor?: ErrorCode
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

/** The store's own error stays in `cause`; its message may hold data, so it goes no further. */
const storeFailed = (cause: unknown): ThryveError => new ThryveError('THRYVE_STORE_FAILED', { cause })

const isSaveResult = (result: unknown): result is SaveResult =>
  ['inserted', 'updated', 'unchanged', 'stale'].every((count) =>
    Number.isSafeInteger((result as Record<string, unknown> | null | undefined)?.[count])
  )

const keep = async ({ adapter, emitter }: StoreParts, item: QuarantineItem): Promise<void> => {
  if (adapter.quarantine === undefined) throw new ThryveError('THRYVE_NOT_KEPT', { reason: item.code })
  try {
    await adapter.quarantine.add(item)
  } catch (cause) {
    throw storeFailed(cause)
  }
  const { delivery, scope, code, failures, badRecords } = item
  emitter.signal('quarantined', { deliveryId: delivery.id, scope, code, failures, badRecords })
}

/** Some 0.2 ms. */
const RECORDS_PER_LOOK = 512

const versionInTurns = async (event: DataEvent, settings: Settings, raw: RawDelivery): Promise<VersionedRecord[]> => {
  const versioner = createVersioner(event.type, settings.identity, {
    sentAtMs: (raw.sentAt ?? raw.receivedAt).getTime(),
    reorderWindowMs: settings.reorderWindowSeconds * 1_000
  })
  const turns = beginTurns()
  let count = 0
  for (const record of event.records) {
    versioner.add(record)
    count += 1
    if (count % RECORDS_PER_LOOK === 0 && turns.isOver()) await turns.next()
  }
  return versioner.winners()
}

const save = async (
  { adapter, emitter, settings, watchOrigin }: StoreParts,
  event: DataEvent,
  raw: RawDelivery
): Promise<void> => {
  const records = await versionInTurns(event, settings, raw)
  if (records.length === 0) return
  const hasOrigin = settings.identity === 'origin' ? watchOrigin(event) : undefined
  if (hasOrigin !== undefined) emitter.signal('degraded-identity', { deliveryId: raw.id, hasOrigin })
  let result: SaveResult
  try {
    result = await adapter.save({ deliveryId: raw.id, receivedAt: raw.receivedAt, records })
  } catch (cause) {
    throw storeFailed(cause)
  }
  if (!isSaveResult(result)) throw storeFailed(new TypeError('save() must resolve to its four counts'))
  emitter.signal('stored', { ...result, deliveryId: raw.id, type: event.type })
}

/** A record with every field of the vendor's page has 18 values, an entry of a minimal one 16 bytes a value. */
const VALUES_PER_RECORD = 24
const BYTES_PER_VALUE = 8

const limitsOf = ({ maxRecords, maxBytes }: Settings): ReadLimits => ({
  maxRecords,
  maxValues: Math.min(maxRecords * VALUES_PER_RECORD, maxBytes / BYTES_PER_VALUE)
})

/** Decodes a delivery, or says why it cannot be. */
const decode = async (parts: StoreParts, raw: RawDelivery): Promise<Decoded | Unusable> => {
  const unusable = { delivery: raw, scope: 'delivery', badRecords: 0 } as const
  try {
    const encoding = contentEncodingOf(raw.contentEncoding)
    if (encoding === undefined) return { ...unusable, code: 'THRYVE_UNSUPPORTED_ENCODING', failures: [] }
    const decoded = await readDelivery(await parts.decompress(raw.body, encoding), limitsOf(parts.settings))
    return isLeft(decoded) ? { ...unusable, ...decoded.left } : decoded.right
  } catch (error) {
    if (!(error instanceof ThryveError) || !NOT_UNDERSTOOD.has(error.code)) throw error
    return { ...unusable, code: error.code, failures: [] }
  }
}

/**
 * Stores what a delivery brings. Doing it twice is harmless.
 *
 * @throws ThryveError `THRYVE_STORE_FAILED`: nothing is lost, the same delivery must come again.
 * `THRYVE_NOT_KEPT`: it cannot be understood, and the adapter has no quarantine.
 * With `invalidPayload: 'reject'`, the code that says why it cannot be understood.
 */
export const storeDelivery = async (parts: StoreParts, raw: RawDelivery): Promise<StoredDelivery> => {
  const decoded = await decode(parts, raw)
  if (!('event' in decoded)) {
    const { code: quarantinedFor, endUserId } = decoded
    if (parts.settings.invalidPayload === 'reject') throw new ThryveError(quarantinedFor)
    await keep(parts, decoded)
    return endUserId === undefined ? { quarantinedFor } : { endUserId, quarantinedFor }
  }
  const { event, failures, badRecords } = decoded
  const { endUserId } = event
  if ('records' in event) await save(parts, event, raw)
  if (badRecords === 0) return { event, endUserId }
  const quarantinedFor = 'THRYVE_INVALID_RECORD'
  await keep(parts, { delivery: raw, scope: 'records', code: quarantinedFor, failures, badRecords, endUserId })
  const isEmpty = 'records' in event && event.records.length === 0
  return isEmpty ? { endUserId, quarantinedFor } : { event, endUserId, quarantinedFor }
}
