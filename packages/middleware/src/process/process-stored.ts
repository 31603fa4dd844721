/** One turn of work where the answer waits for the records to be stored. */
import { asThryveError, type ErrorCode } from '../errors'
import type { RawDelivery } from '../storage/raw-delivery'
import { outcomeOf, type StoreParts, storeDelivery } from './store-delivery'
import { runTurn, type Turn, tellListeners } from './turn'

const storeAndTell = async (parts: StoreParts, turn: Turn, onStored: () => void): Promise<void> => {
  const stored = await storeDelivery(parts, turn)
  onStored()
  const error = stored.event === undefined ? undefined : await tellListeners(parts, turn, stored.event)
  turn.end(outcomeOf(stored), error?.code ?? stored.quarantinedFor)
}

/** A sender that is told 503 comes again; one that is told 422 had better not. */
const OURS: ReadonlySet<ErrorCode> = new Set(['THRYVE_STORE_FAILED', 'THRYVE_INTERNAL'])

/**
 * Stores a delivery, then tells the listeners.
 *
 * @returns `stored` settles once the records are, or are not; `told` resolves when the turn is over.
 */
export const processStored = (
  parts: StoreParts,
  delivery: RawDelivery
): { readonly stored: Promise<void>; readonly told: Promise<void> } => {
  let told = Promise.resolve()
  const stored = new Promise<void>((resolve, reject) => {
    told = runTurn(parts, { delivery, attempt: 1, mode: 'stored' }, async (turn) => {
      try {
        await storeAndTell(parts, turn, resolve)
      } catch (error) {
        const { code } = asThryveError(error)
        turn.end(OURS.has(code) ? 'retried' : 'refused', code)
        reject(error)
      }
    })
  })
  return { stored, told }
}
