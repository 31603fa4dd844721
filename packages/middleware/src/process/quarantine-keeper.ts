/** Keeps what cannot be understood, and the quarantine within its bounds. */

import { storeFailed, ThryveError } from '../errors'
import type { Settings } from '../options/options'
import type { QuarantineBounds, QuarantineItem } from '../storage/quarantine'
import type { StorageAdapter } from '../storage/storage'
import type { Emitter } from './emitter'

/** Keeps an item. Rejects when the store failed, or with `THRYVE_NOT_KEPT` where there is no quarantine. */
export type QuarantineKeeper = (item: QuarantineItem) => Promise<void>

/** What keeping takes. */
export interface KeeperParts {
  readonly settings: Settings
  readonly adapter: StorageAdapter
  readonly emitter: Pick<Emitter, 'signal'>
}

/** Counting a quarantine reads an index of it, so that is done once for every hundredth of a bound. */
const OVERSHOOT = 100

/** Makes a keeper. */
export const createQuarantineKeeper = ({ settings, adapter, emitter }: KeeperParts): QuarantineKeeper => {
  const { quarantine } = adapter
  const bounds: QuarantineBounds = { maxEntries: settings.maxQuarantined, maxBytes: settings.maxQuarantinedBytes }
  // Another process may have filled it: the first item is always followed by a count.
  let entries = Number.POSITIVE_INFINITY
  let bytes = 0

  const trim = async (): Promise<void> => {
    if (quarantine === undefined) return
    if (entries < bounds.maxEntries / OVERSHOOT && bytes < bounds.maxBytes / OVERSHOOT) return
    entries = 0
    bytes = 0
    const dropped = await quarantine.trim(bounds)
    if (dropped.length > 0) emitter.signal('quarantine-overflow', { dropped })
  }

  return async (item) => {
    if (quarantine === undefined) throw new ThryveError('THRYVE_NOT_KEPT', { reason: item.code })
    try {
      await quarantine.add(item)
    } catch (cause) {
      throw storeFailed(cause)
    }
    const { delivery, scope, code, failures, badRecords } = item
    emitter.signal('quarantined', { deliveryId: delivery.id, scope, code, failures, badRecords })
    entries += 1
    bytes += delivery.body.length
    // The item is safe. What does not fall out now falls out later.
    await trim().catch((cause) => emitter.signal('error', storeFailed(cause)))
  }
}
