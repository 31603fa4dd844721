/** Runs a quarantined delivery again, once a later version or another limit understands it. */
import { ThryveError } from './errors'
import { verifyDelivery } from './receive'
import { secretsOf } from './secrets'
import type { QuarantineEntry, RawDelivery } from './storage'
import { type StoreParts, storeDelivery } from './store-delivery'

const fromStore = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call()
  } catch (cause) {
    throw new ThryveError('THRYVE_STORE_FAILED', { cause })
  }
}

/**
 * What failed the signature when it came must pass it now, by the clock of its receipt: under another scheme, secret or
 * tolerance. There is no way around it.
 */
const authenticDelivery = async (
  { settings }: StoreParts,
  { code, headers, delivery }: QuarantineEntry
): Promise<RawDelivery> => {
  if (code !== 'THRYVE_UNVERIFIED') return delivery
  const { body, contentEncoding, receivedAt } = delivery
  if (settings.allowUnsigned || headers === undefined) throw new ThryveError(code)
  try {
    const given = { ...Object.fromEntries(headers), ...(contentEncoding && { 'content-encoding': contentEncoding }) }
    const secret = await secretsOf(settings, { headers: given }, settings.clock.now() + settings.ackDeadlineMs)
    return verifyDelivery(settings, { headers: given, body }, { secret, nowMs: receivedAt.getTime() })
  } catch (error) {
    throw new ThryveError(code, error instanceof ThryveError && error.reason ? { reason: error.reason } : {})
  }
}

/** Listeners have seen the good records of a mixed delivery, and nothing of one that was kept whole. */
const storeAndTell = async (parts: StoreParts, entry: QuarantineEntry): Promise<void> => {
  const { scope } = entry
  const delivery = await authenticDelivery(parts, entry)
  const { event, quarantinedFor } = await storeDelivery(parts, delivery)
  // Once authentic it is kept under its own id; the unverified entry has done its duty.
  if (quarantinedFor !== undefined && delivery.id !== entry.delivery.id) {
    await fromStore(async () => parts.adapter.quarantine?.remove(entry.delivery.id))
  }
  if (quarantinedFor !== undefined) throw new ThryveError(quarantinedFor)
  if (event === undefined) return
  const { id: deliveryId, receivedAt, sentAt } = delivery
  const context = { deliveryId, receivedAt, attempt: scope === 'records' ? 2 : 1, ...(sentAt && { sentAt }) }
  const [error] = await parts.emitter.emit({ ...event, ...context })
  if (error !== undefined) throw error
}

/**
 * Stores a quarantined delivery, tells the listeners, and takes it out of the quarantine. It does not pass the inbox:
 * the quarantine keeps it until it is through, and the inbox would take it for a duplicate of what it has done.
 */
export const replayDelivery = async (parts: StoreParts, deliveryId: string): Promise<boolean> => {
  const { quarantine } = parts.adapter
  if (quarantine === undefined) throw new ThryveError('THRYVE_NO_QUARANTINE')
  const entry = await fromStore(() => quarantine.get(deliveryId))
  if (entry === undefined) return false
  await storeAndTell(parts, entry)
  await fromStore(() => quarantine.remove(deliveryId))
  return true
}
