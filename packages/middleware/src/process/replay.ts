/** Runs a quarantined delivery again, once a later version or another limit understands it. */
import { asThryveError, storeFailed, ThryveError } from '../errors'
import { verifyDelivery } from '../receive/receive'
import { secretsOf } from '../receive/secrets'
import type { QuarantineEntry } from '../storage/quarantine'
import type { RawDelivery } from '../storage/raw-delivery'
import { type StoreParts, storeDelivery } from './store-delivery'
import { runTurn, type Turn, tellListeners } from './turn'

const fromStore = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call()
  } catch (cause) {
    throw storeFailed(cause)
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

const storeAndTell = async (parts: StoreParts, turn: Turn, entry: QuarantineEntry): Promise<void> => {
  const { event, quarantinedFor } = await storeDelivery(parts, turn)
  // Once authentic it is kept under its own id; the unverified entry has done its duty.
  if (quarantinedFor !== undefined && turn.delivery.id !== entry.delivery.id) {
    await fromStore(async () => parts.adapter.quarantine?.remove(entry.delivery.id))
  }
  if (quarantinedFor !== undefined) throw new ThryveError(quarantinedFor)
  const error = event === undefined ? undefined : await tellListeners(parts, turn, event)
  if (error !== undefined) throw error
}

/** Listeners have seen the good records of a mixed delivery, and nothing of one that was kept whole. */
const replayEntry = async (parts: StoreParts, entry: QuarantineEntry): Promise<void> => {
  const delivery = await authenticDelivery(parts, entry)
  const attempt = entry.scope === 'records' ? 2 : 1
  return runTurn(parts, { delivery, attempt, mode: 'replay' }, async (turn) => {
    try {
      await storeAndTell(parts, turn, entry)
      turn.end('stored')
    } catch (error) {
      turn.end('quarantined', asThryveError(error).code)
      throw error
    }
  })
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
  await replayEntry(parts, entry)
  await fromStore(() => quarantine.remove(deliveryId))
  return true
}
