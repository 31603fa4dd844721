/** Captures the requests of a receiver, as its `capture` option says. */

import { createRecorder } from '../capture/recorder'
import type { Settings } from '../options/options'
import type { Headers } from '../signature/signature'
import type { IncomingDelivery } from './receive'

const pairsOf = (headers: Headers): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((text): [string, string] => [name, text]))

const secretHeadersOf = ({ authenticate }: Settings): string[] =>
  typeof authenticate === 'object' && authenticate.type === 'header' ? [authenticate.name.toLowerCase()] : []

/**
 * Opens the folder, says so, and gives what captures a request: it never rejects, and the answer does not wait for it.
 *
 * @returns `undefined` unless `capture` is set.
 */
export const createRequestRecorder = (
  settings: Settings
): ((delivery: IncomingDelivery) => Promise<void>) | undefined => {
  const { capture, clock, logger } = settings
  if (capture === undefined) return undefined
  const { folder, record } = createRecorder(capture)
  const secretHeaders = secretHeadersOf(settings)
  const told = new Set<string>()
  logger.warn({ folder }, 'Requests are captured, and captures hold health data. Unset "capture" when you are done.')

  return async function recordRequest({ headers, path, body }) {
    const receivedAt = new Date(clock.now())
    const given = path === undefined ? {} : { path }
    const request = { receivedAt, ...given, headers: pairsOf(headers), body, isComplete: true }
    const result = await record(request, secretHeaders)
    if (result.outcome === 'captured' || told.has(result.outcome)) return
    told.add(result.outcome)
    const code = 'cause' in result ? (result.cause as NodeJS.ErrnoException).code : undefined
    logger.warn({ folder, outcome: result.outcome, code }, 'A request was not captured.')
  }
}
