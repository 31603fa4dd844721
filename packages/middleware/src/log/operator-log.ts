/** One log line per noteworthy thing, with its code. Never a user, a value, a secret or a path of a payload. */
import type { ErrorCode } from '../errors'
import type { Settings } from '../options/options'
import type { SignalMap, SignalName } from '../signals'
import type { StorageAdapter } from '../storage/storage'
import { safeLogger, throttledLogger } from './throttled-logger'

/** Writes what the receiver's signals tell. */
export interface OperatorLog {
  started(adapter: StorageAdapter): void
  signal<Name extends SignalName>(name: Name, argument: SignalMap[Name]): void
}

/** Something that begins and ends; between the two no line is written. */
interface Trouble {
  begin(code: ErrorCode): void
  /** It has gone well once; that is the end when nothing failed for a while. */
  goneWell(): void
}

/** A trouble that comes and goes within this time is one. */
const CALM_MS = 10_000

const OVERLOAD: ReadonlySet<ErrorCode> = new Set(['THRYVE_OVERLOADED', 'THRYVE_BACKLOG_FULL'])
const STORE_AWAY: ReadonlySet<ErrorCode> = new Set(['THRYVE_STORE_FAILED', 'THRYVE_STORE_TIMEOUT'])
/** A shutdown is no trouble; the others have a line of their own. */
const TOLD_ELSEWHERE: ReadonlySet<ErrorCode> = new Set([
  'THRYVE_CLOSED',
  'THRYVE_BODY_ALREADY_READ',
  'THRYVE_BODY_MANGLED',
  'THRYVE_INTERNAL'
])

/** Makes the log. */
export const createOperatorLog = (settings: Settings): OperatorLog => {
  const { clock } = settings
  const log = safeLogger(settings.logger)
  const isDebugging = settings.logger.debug !== undefined
  const thinned = throttledLogger(settings.logger, clock)

  const createTrouble = (begins: string, ends: string): Trouble => {
    let failures = 0
    let beganAtMs = 0
    let failedAtMs = 0
    return {
      begin: (code) => {
        failedAtMs = clock.now()
        failures += 1
        if (failures > 1) return
        beganAtMs = failedAtMs
        log.error({ code }, begins)
      },
      goneWell: () => {
        if (failures === 0 || clock.now() - failedAtMs < CALM_MS) return
        log.warn({ failures, seconds: Math.round((failedAtMs - beganAtMs) / 1_000) }, ends)
        failures = 0
      }
    }
  }

  const overload = createTrouble(
    'Overload: deliveries are answered 503 until it ends.',
    'The overload is over: deliveries are taken again.'
  )
  const outage = createTrouble(
    'The store is away or too slow: deliveries are answered 503, or wait.',
    'The store is back.'
  )

  const logAnswer = ({ deliveryId, status, code, durationMs, bytes }: SignalMap['answered']): void => {
    if (isDebugging) log.debug({ deliveryId, status, code, durationMs, bytes }, 'Answered.')
    if (status < 300) {
      overload.goneWell()
      if (settings.acknowledgeAfter === 'stored') outage.goneWell()
    } else if (code !== undefined && OVERLOAD.has(code)) overload.begin(code)
    else if (code !== undefined && STORE_AWAY.has(code)) outage.begin(code)
    else if (code === undefined || !TOLD_ELSEWHERE.has(code)) thinned.warn({ code, status }, 'A request was refused.')
  }

  const logTurn = (turn: SignalMap['processed']): void => {
    const { deliveryId, code, attempt, badRecords, outcome, type, durationMs } = turn
    if (outcome === 'outage') {
      outage.begin(code ?? 'THRYVE_STORE_FAILED')
      return
    }
    if (outcome === 'buried') {
      log.error({ deliveryId, code, attempt }, 'A delivery was given up and is a dead letter now.')
    } else if (outcome === 'retried') {
      if (settings.acknowledgeAfter === 'durable')
        thinned.warn({ deliveryId, code, attempt }, 'A delivery will be tried again.')
    } else if (outcome === 'quarantined' || outcome === 'partly-quarantined') {
      thinned.warn({ deliveryId, code, badRecords }, 'A delivery, or a part of it, went to the quarantine.')
    } else if (outcome === 'lost') thinned.info({ deliveryId, attempt }, 'Another worker has taken a delivery over.')
    else if (isDebugging) log.debug({ deliveryId, outcome, type, code, attempt, durationMs }, 'Worked on a delivery.')
    if (outcome !== 'retried' && outcome !== 'lost') outage.goneWell()
  }

  const logHealth = ({ state, previous, reasons }: SignalMap['health']): void => {
    const fields = { state, previous, reasons: reasons.map(({ code, text }) => `${code}: ${text}`) }
    if (state === 'ok') log.info(fields, 'The webhook is healthy again.')
    else if (state === 'degraded') log.warn(fields, 'The webhook is degraded.')
    else log.error(fields, 'The webhook is failing: Thryve may switch it off when this goes on.')
  }

  const logOverflow = ({ dropped }: SignalMap['quarantine-overflow']): void => {
    const bounds = { maxEntries: settings.maxQuarantined, maxBytes: settings.maxQuarantinedBytes }
    log.warn({ entries: dropped.length, ...bounds }, 'The quarantine is full: its oldest deliveries are gone.')
  }

  return {
    started: (adapter) => {
      const { acknowledgeAfter, allowUnsigned, path } = settings
      const offers = (['inbox', 'quarantine', 'find', 'deleteUser', 'check', 'close'] as const).filter(
        (member) => adapter[member] !== undefined
      )
      const answers = acknowledgeAfter === 'durable' && adapter.inbox !== undefined ? 'once durable' : 'once stored'
      log.info(
        { path, answers, isSigned: !allowUnsigned, adapter: adapter.name ?? 'custom', offers },
        'The webhook is up.'
      )
      if (allowUnsigned) log.warn({}, 'Deliveries are not verified: allowUnsigned is on, and anyone can post data.')
      if (adapter.quarantine === undefined) {
        log.warn({ code: 'THRYVE_NOT_KEPT' }, 'The adapter has no quarantine: what cannot be understood is not kept.')
      }
    },
    signal: (name, argument) => {
      if (name === 'answered') logAnswer(argument as SignalMap['answered'])
      else if (name === 'processed') logTurn(argument as SignalMap['processed'])
      else if (name === 'health') logHealth(argument as SignalMap['health'])
      else if (name === 'quarantine-overflow') logOverflow(argument as SignalMap['quarantine-overflow'])
      else if (name === 'degraded-identity') {
        const { deliveryId, hasOrigin } = argument as SignalMap['degraded-identity']
        thinned.warn({ deliveryId, hasOrigin }, 'Records come with and without the origin parts of their key.')
      }
    }
  }
}
