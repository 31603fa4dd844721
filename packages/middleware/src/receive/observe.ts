/** Keeps what fails the signature, and says how it would pass. None of it is authentic: nothing of it is looked at. */
import { createHash } from 'node:crypto'
import { isCredential } from '../capture/capture'
import type { ThryveError } from '../errors'
import { safeLogger } from '../log/throttled-logger'
import type { Settings } from '../options/options'
import type { QuarantineKeeper } from '../process/quarantine-keeper'
import { matchedScheme, writeOptions } from '../signature/matched-scheme'
import type { Headers } from '../signature/signature'
import { signatureCandidates, timestampCandidates } from '../signature/signature-candidates'
import { type SignatureFindings, searchSignature } from '../signature/signature-search'
import type { QuarantineItem } from '../storage/quarantine'
import { beforeDeadline } from './deadline'
import type { IncomingDelivery } from './receive'

/** What observing takes. */
export interface ObserveParts {
  readonly settings: Settings
  readonly quarantine: QuarantineKeeper
}

/** Anyone can send what fails: a search may cost so much and no more, and one runs at once. */
const MAX_SEARCHED_BYTES = 1_024 * 1_024
const MAX_HASHED_BYTES = 16 * 1_024 * 1_024
const MAX_KEPT_CHARACTERS = 4_096
/** A full quarantine drops what it saw first. Strangers must not push out what is authentic, so they get a share of it. */
const SHARE_OF_QUARANTINE = 0.1
const MAX_OBSERVED = 1_000

/** The headers with which it can be verified later. */
const headersToKeep = (headers: Headers, { signature }: Settings): [string, string][] => {
  const names = new Set([
    signature.signatureHeader,
    ...(signature.timestampHeader === null ? [] : [signature.timestampHeader]),
    ...signatureCandidates(headers).map(({ header }) => header),
    ...timestampCandidates(headers).map(({ header }) => header)
  ])
  let characters = 0
  return [...names].flatMap((name): [string, string][] => {
    const value = headers[name]
    if (typeof value !== 'string' || isCredential(name)) return []
    characters += name.length + value.length
    return characters > MAX_KEPT_CHARACTERS ? [] : [[name, value]]
  })
}

/** Never that of an authentic delivery, whose entry it could replace. */
const unverifiedId = (headers: readonly (readonly [string, string])[], body: Uint8Array): string =>
  createHash('sha256').update('unverified').update(JSON.stringify(headers)).update(body).digest('hex')

const explain = ({ match, signatureHeaders, isCutShort }: SignatureFindings): string => {
  if (match !== undefined) {
    const { options, obstacle } = matchedScheme(match)
    if (options === undefined) return `signed in a way that cannot be verified here (${obstacle}): see the doctor`
    return `the options ${writeOptions(options)}, with which the signature matches`
  }
  if (isCutShort) return 'a smaller body: this one is too large to search for its scheme here'
  if (signatureHeaders.length === 0) return 'a header that carries a signature: there is none'
  return `another secret, or bytes that nothing changed on their way: ${signatureHeaders.join(', ')} fits no scheme`
}

/** Whether the scheme is right and only the time is not. */
const explainStale = (headers: Headers, { signature }: Settings, nowMs: number): string => {
  const [timestamp] = timestampCandidates(headers).filter(({ header }) => header === signature.timestampHeader)
  const seconds = Math.round((nowMs - (timestamp?.timeMs ?? nowMs)) / 1_000)
  return `a timestamp of now: it is ${Math.abs(seconds)} s ${seconds < 0 ? 'ahead of' : 'behind'} this clock`
}

/** Makes what a delivery that failed the signature is handed to. It resolves once the delivery is kept. */
export const createObserver = ({ settings, quarantine }: ObserveParts) => {
  const { clock } = settings
  const logger = safeLogger(settings.logger)
  const secrets = typeof settings.secrets === 'function' ? [] : settings.secrets
  const maxEntries = Math.min(MAX_OBSERVED, Math.ceil(settings.maxQuarantined * SHARE_OF_QUARANTINE))
  const maxBytes = settings.maxQuarantinedBytes * SHARE_OF_QUARANTINE
  let isSearching = false
  let entries = 0
  let bytes = 0
  logger.warn(
    {},
    'What fails the signature is accepted and quarantined, not processed. Unset "observe" once deliveries verify.'
  )

  const search = async (headers: Headers, body: Uint8Array): Promise<string> => {
    if (isSearching) return 'its turn: another one was being searched'
    if (body.length > MAX_SEARCHED_BYTES) return explain({ signatureHeaders: [], isCutShort: true })
    isSearching = true
    try {
      const forms = [
        { name: 'received', bytes: body },
        { name: 'base64 of it', bytes: Buffer.from(Buffer.from(body).toString('base64')) }
      ]
      return explain(await searchSignature({ headers, forms, secrets, maxHashedBytes: MAX_HASHED_BYTES }))
    } finally {
      isSearching = false
    }
  }

  return async function observe(delivery: IncomingDelivery, error: ThryveError, deadlineMs: number): Promise<void> {
    const { headers, body } = delivery
    if (entries >= maxEntries || bytes + body.length > maxBytes) {
      logger.warn({ entries, bytes }, 'As much as may be observed was observed: what fails the signature is refused.')
      throw error
    }
    entries += 1
    bytes += body.length
    const nowMs = clock.now()
    const kept = headersToKeep(headers, settings)
    const expected = error.reason === 'stale' ? explainStale(headers, settings, nowMs) : await search(headers, body)
    const contentEncoding = headers['content-encoding']
    const item: QuarantineItem = {
      delivery: {
        id: unverifiedId(kept, body),
        body,
        ...(typeof contentEncoding === 'string' ? { contentEncoding: contentEncoding.trim().toLowerCase() } : {}),
        receivedAt: new Date(nowMs)
      },
      scope: 'delivery',
      code: 'THRYVE_UNVERIFIED',
      failures: [{ path: 'signature', expected }],
      badRecords: 0,
      headers: kept
    }
    await beforeDeadline(quarantine(item), { clock, deadlineMs, code: 'THRYVE_STORE_TIMEOUT' })
    const fields = { code: item.code, deliveryId: item.delivery.id, reason: error.reason, expected }
    logger.warn(fields, 'A delivery failed the signature and was accepted all the same, since "observe" is set.')
  }
}
