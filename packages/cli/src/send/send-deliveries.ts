/** Sends what was planned: so many a second, so many at once, and keeps the ledger. */
import { setTimeout as sleep } from 'node:timers/promises'
import { startProgress } from '../output/progress'
import { CommandError, type Terminal } from '../terminal'
import type { Ledger } from './ledger'
import { type Packed, type PackOptions, pack } from './pack'
import type { PlannedDelivery } from './planned-delivery'
import { createPoster, describeConnectionError, type Outcome } from './post'
import { createStatistics, type SendReport, type Statistics } from './statistics'
import { createVendor, type Fate } from './vendor'

/** How to send. */
export interface SendOptions {
  readonly url: URL
  readonly plan: Iterable<PlannedDelivery> | AsyncIterable<PlannedDelivery>
  readonly pack: PackOptions
  /** Deliveries a second; absent: as fast as the answers come. */
  readonly rate?: number
  readonly concurrency: number
  readonly timeoutMs: number
  readonly retryDelayMs: number
  readonly disableAfter: number
  /** What the plan's `progress` comes to at its end. */
  readonly total: number
  /** Where the sender notes what must be stored. */
  readonly ledger?: Ledger
}

/** How the sending ended. */
export interface SendResult {
  readonly report: SendReport
  readonly isInterrupted: boolean
  readonly isDisabled: boolean
  /** Ids of accepted deliveries that must be, at least in part, in the quarantine. */
  readonly quarantinedIds: readonly string[]
  /** Why it ended early, where it did by itself. */
  readonly failure?: unknown
}

const payloadOfProgress = ({ counts, answers, report }: Statistics) => {
  const { recordsPerSecond, latencyMs } = report()
  return {
    sent: counts.deliveries,
    ok: answers['2xx'],
    refused: answers['3xx'] + answers['4xx'],
    failed: answers['5xx'],
    silent: answers.timeout + answers.noAnswer,
    p50: latencyMs.p50,
    p99: latencyMs.p99,
    speed: recordsPerSecond
  }
}

const PROGRESS_FORMAT =
  '{bar} {percentage}% · {sent} sent · 2xx {ok} · 4xx {refused} · 5xx {failed} · none {silent} · p50 {p50} ms · p99 {p99} ms · {speed} records/s'

/** Sends all of the plan, or as much as the receiver, the user and the file let it. */
export const sendDeliveries = async (terminal: Terminal, options: SendOptions): Promise<SendResult> => {
  const { url, concurrency, timeoutMs, retryDelayMs, disableAfter, ledger, rate } = options
  const { signal } = terminal
  const statistics = createStatistics()
  const { counts } = statistics
  const quarantinedIds: string[] = []
  const packed = new WeakMap<Uint8Array, Promise<Packed>>()
  let wasAnswered = false
  let failure: CommandError | undefined
  let unexpected: unknown

  const onTry = (outcome: Outcome, isRetry: boolean): void => {
    statistics.onTry(outcome, isRetry)
    if (outcome.kind !== 'error') wasAnswered = true
    // No server at all is no failing webhook, but a wrong address.
    else if (!wasAnswered) {
      failure ??= new CommandError(`${url.origin} cannot be reached: ${describeConnectionError(outcome.code)}.`)
      stop.abort()
    }
  }
  const stop = new AbortController()
  const isOver = AbortSignal.any([signal, stop.signal])
  const poster = createPoster({ url, connections: concurrency, timeoutMs, signal: isOver })
  const vendor = createVendor({ poster, retryDelayMs, disableAfter, signal: isOver, onTry })

  const packOnce = (planned: PlannedDelivery): Promise<Packed> => {
    const request = packed.get(planned.payload) ?? pack(planned, options.pack, Date.now())
    packed.set(planned.payload, request)
    return request
  }

  const settle = (planned: PlannedDelivery, { sentAtMs, deliveryId }: Packed, fate: Fate): void => {
    const isAccepted = fate === 'accepted'
    if (isAccepted) counts.accepted += 1
    else if (fate !== 'aborted') counts.givenUp += 1
    const mayBeStored = isAccepted || fate === 'aborted' || fate.isUncertain
    if (mayBeStored) ledger?.add(planned.records, { isUpdate: planned.isUpdate, sentAtMs, isCertain: isAccepted })
    if (isAccepted && planned.isQuarantined && ledger !== undefined) quarantinedIds.push(deliveryId)
  }

  const deliver = async (planned: PlannedDelivery): Promise<void> => {
    const request = await packOnce(planned)
    statistics.onDelivery(planned.kind)
    if (planned.seal !== 'signed') {
      counts.forgeries += 1
      if ((await vendor.tryForgery(request)) === true) counts.forgeriesAccepted += 1
      return
    }
    counts.records += planned.recordCount
    settle(planned, request, await vendor.deliver(request))
  }

  const pace = async (index: number, startedAt: number): Promise<void> => {
    if (rate === undefined) return
    const waitMs = startedAt + (index / rate) * 1_000 - performance.now()
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: isOver }).catch(() => {})
  }

  const progress = startProgress(terminal, {
    format: PROGRESS_FORMAT,
    total: options.total,
    payload: payloadOfProgress(statistics)
  })
  const running = new Set<Promise<void>>()
  try {
    const startedAt = performance.now()
    let index = 0
    for await (const planned of options.plan) {
      await pace(index, startedAt)
      index += 1
      if (isOver.aborted || vendor.isDisabled()) break
      const delivery = deliver(planned)
        .catch((error: unknown) => {
          unexpected ??= error
          stop.abort()
        })
        .finally(() => running.delete(delivery))
      running.add(delivery)
      progress.update(planned.progress, payloadOfProgress(statistics))
      if (running.size >= concurrency) await Promise.race(running)
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    failure ??= error
  } finally {
    await Promise.all(running)
    poster.close()
    if (!isOver.aborted && failure === undefined && !vendor.isDisabled()) {
      progress.update(options.total, payloadOfProgress(statistics))
    }
    progress.stop()
  }
  if (unexpected !== undefined) throw unexpected
  return {
    report: statistics.report(),
    isInterrupted: signal.aborted,
    isDisabled: vendor.isDisabled(),
    quarantinedIds,
    ...(failure && { failure })
  }
}
