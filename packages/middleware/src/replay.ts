/** Runs a quarantined delivery again, once a later version or another limit understands it. */
import { asThryveError, ThryveError } from './errors'
import type { QuarantineEntry } from './storage'
import { type StoreParts, storeDelivery } from './store-delivery'
import { runTurn, type Turn, tellListeners } from './turn'

const fromStore = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call()
  } catch (cause) {
    throw new ThryveError('THRYVE_STORE_FAILED', { cause })
  }
}

const storeAndTell = async (parts: StoreParts, turn: Turn): Promise<void> => {
  const { event, quarantinedFor } = await storeDelivery(parts, turn)
  if (quarantinedFor !== undefined) throw new ThryveError(quarantinedFor)
  const error = event === undefined ? undefined : await tellListeners(parts, turn, event)
  if (error !== undefined) throw error
}

/** Listeners have seen the good records of a mixed delivery, and nothing of one that was kept whole. */
const replayEntry = (parts: StoreParts, { delivery, scope }: QuarantineEntry): Promise<void> => {
  const attempt = scope === 'records' ? 2 : 1
  return runTurn(parts, { delivery, attempt, mode: 'replay' }, async (turn) => {
    try {
      await storeAndTell(parts, turn)
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
