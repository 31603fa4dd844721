/** Puts the parts of a receiver together. */

import { createDecompressor } from './body/decompress'
import { ThryveError } from './errors'
import { createHealthWatch } from './health/health'
import type { HealthReport } from './health/health-report'
import { createOperatorLog } from './log/operator-log'
import { throttledLogger } from './log/throttled-logger'
import type { Secret, SecretLookup, Settings, ThryveOptions } from './options/options'
import { readSettings } from './options/settings'
import { createEmitter } from './process/emitter'
import { createOneAtATime } from './process/one-at-a-time'
import { createOriginWatch } from './process/origin-watch'
import { processStored } from './process/process-stored'
import { createProcessor } from './process/processor'
import { createQuarantineKeeper } from './process/quarantine-keeper'
import { replayDelivery } from './process/replay'
import { createAdmission, type Slot } from './receive/admission'
import { createAnswering } from './receive/answering'
import { beforeDeadline } from './receive/deadline'
import { createObserver } from './receive/observe'
import type { Answer, IncomingDelivery } from './receive/receive'
import { createRequestRecorder } from './receive/record-request'
import type { Listener, ListenerName, SignalMap, SignalName } from './signals'
import { createSteps, type StepFilter, type StepInterceptor } from './steps'
import type { RawDelivery } from './storage/raw-delivery'
import type { StorageAdapter } from './storage/storage'

/** A receiver without a host: it takes deliveries as headers and bytes, and gives answers. */
export interface Receiver {
  readonly settings: Settings
  /**
   * Lets a delivery in before its body is read, or throws the refusal.
   *
   * @throws ThryveError `THRYVE_CLOSED`, `THRYVE_UNSUPPORTED_ENCODING`, `THRYVE_BODY_TOO_LARGE`, `THRYVE_OVERLOADED`.
   */
  admit(headers: IncomingDelivery['headers']): Slot
  /** Receives a delivery that was admitted, or admits it itself. Never rejects. */
  receive(delivery: IncomingDelivery, slot?: Slot): Promise<Answer>
  /**
   * Answers a refusal, and tells it to the listeners of `rejected` and `answered`.
   *
   * @param startedAtMs when the request began, in unix milliseconds. @default now
   */
  refuse(error: ThryveError, startedAtMs?: number): Answer
  /** Calls the listener for every event of that name or pattern. Chainable. */
  on<Name extends ListenerName>(name: Name, listener: Listener<Name>): this
  /** Calls the listener for the next one only. */
  once<Name extends ListenerName>(name: Name, listener: Listener<Name>): this
  /** Takes a listener off again. */
  off<Name extends ListenerName>(name: Name, listener: Listener<Name>): this
  /**
   * Runs a quarantined delivery again, the same way as one that has just come: its records are stored (their versions are
   * those of the day it was signed, so nothing newer is overwritten), then the listeners are called. When all of it was
   * understood and no listener failed, it is taken out of the quarantine. Twice is harmless.
   *
   * @returns `true` once it is out of the quarantine, `false` when it was not there.
   * @throws ThryveError that says why it stays: the code it was quarantined with anew, `THRYVE_LISTENER_FAILED`,
   * `THRYVE_LISTENER_TIMEOUT`, `THRYVE_STORE_FAILED`, `THRYVE_CLOSED`; or `THRYVE_NO_QUARANTINE`.
   * @example await webhook.replay(deliveryId)
   */
  replay(deliveryId: string): Promise<boolean>
  /**
   * Says how the receiver is doing: what Thryve gets answered, the backlog, the store, sources gone silent. It never
   * rejects, takes a second at most, checks the store once in 2 s and counts once in 10 s at most. A change of the state is the signal `health`.
   *
   * @example const { state, reasons } = await webhook.health()
   */
  health(): Promise<HealthReport>
  /**
   * Runs every step through a function of yours, e.g. with a span active. `@thryve-webhook/middleware/opentelemetry` does.
   *
   * @param filter says which steps it wants; the others cost nothing more. @default all
   * @returns a function that takes it off again.
   */
  intercept(interceptor: StepInterceptor, filter?: StepFilter): () => void
  /** Resolves when nothing is pending here: no delivery, no listener. A retry that waits for its time is not waited for. */
  idle(): Promise<void>
  /**
   * Shuts the receiver: new deliveries are answered 503, running ones finish, the rest is given back to the inbox.
   * The adapter stays open: it is yours to close.
   *
   * @returns whether all running ones finished within `timeoutMs` (default 10000).
   */
  close(options?: { readonly timeoutMs?: number }): Promise<boolean>
}

/**
 * Makes a receiver for a host of your own: a queue worker, a function, another framework.
 *
 * @throws TypeError that names the option and the fix.
 * @example
 * const receiver = createReceiver(secret, adapter)
 * const answer = await receiver.receive({ headers, body })
 */
export const createReceiver = (
  secret: Secret | SecretLookup,
  adapter: StorageAdapter,
  options?: ThryveOptions
): Receiver => {
  const settings = readSettings(secret, adapter, options)
  const { maxBytes, maxConcurrentDecompressions: maxConcurrent, clock } = settings
  const running = new Set<Promise<unknown>>()
  let isClosed = false
  const steps = createSteps()
  const log = createOperatorLog(settings)
  const watchSignal = <Name extends SignalName>(name: Name, argument: SignalMap[Name]): void => {
    if (name === 'answered') health.answered(argument as SignalMap['answered'])
    else if (name === 'processed') health.processed(argument as SignalMap['processed'])
    log.signal(name, argument)
  }
  const emitter = createEmitter({ ...settings, logger: throttledLogger(settings.logger, clock) }, watchSignal)
  const admission = createAdmission(settings)
  const decompress = createDecompressor({ maxBytes, maxConcurrent })
  const quarantine = createQuarantineKeeper({ settings, adapter, emitter })
  const watchOrigin = createOriginWatch()
  const oneAtATime = createOneAtATime()
  const parts = { settings, adapter, emitter, steps, decompress, quarantine, watchOrigin, oneAtATime }

  const recordRequest = createRequestRecorder(settings)
  const observe = settings.observe ? createObserver({ settings, quarantine }) : undefined

  const track = <T>(work: Promise<T>): Promise<T> => {
    const done = work.catch(() => {}).finally(() => running.delete(done))
    running.add(done)
    return work
  }

  const inbox = settings.acknowledgeAfter === 'durable' ? adapter.inbox : undefined
  const processor = inbox === undefined ? undefined : createProcessor({ ...parts, inbox })

  const idle = async (): Promise<void> => {
    do {
      await Promise.all(running)
      await processor?.idle()
    } while (running.size > 0)
  }

  const health = createHealthWatch({
    settings,
    adapter,
    inFlight: () => admission.active() + (processor?.active() ?? 0),
    isClosing: () => isClosed,
    onChange: (change) => emitter.signal('health', change)
  })

  /** Stored before the answer, listeners after it. What lands late still reaches the listeners. */
  const acknowledgeStored = (raw: RawDelivery, deadlineMs: number): Promise<void> => {
    const { stored, told } = processStored(parts, raw)
    void track(told)
    return beforeDeadline(stored, { clock, deadlineMs, code: 'THRYVE_STORE_TIMEOUT' })
  }

  const acknowledge = processor?.acknowledge ?? acknowledgeStored

  const admit = (headers: IncomingDelivery['headers']): Slot => {
    const slot = admission.admit(headers)
    void track(slot.released)
    return slot
  }
  const answering = createAnswering({
    settings,
    emitter,
    steps,
    admit,
    acknowledge,
    observe,
    record: recordRequest && ((delivery) => void track(recordRequest(delivery)))
  })
  log.started(adapter)

  return {
    settings,
    admit,
    refuse: answering.refuse,
    receive: (delivery, slot) => track(answering.receive(delivery, slot)),
    on(name, listener) {
      emitter.on(name, listener)
      return this
    },
    once(name, listener) {
      emitter.once(name, listener)
      return this
    },
    off(name, listener) {
      emitter.off(name, listener)
      return this
    },
    replay: async (deliveryId) => {
      if (isClosed) throw new ThryveError('THRYVE_CLOSED')
      return track(replayDelivery(parts, deliveryId))
    },
    health: () => health.report(),
    intercept: (interceptor, filter) => steps.intercept(interceptor, filter),
    idle,
    close: async ({ timeoutMs = 10_000 } = {}) => {
      isClosed = true
      admission.close()
      processor?.stop()
      const deadlineMs = clock.now() + timeoutMs
      const drained = idle().then(() => true)
      const isDrained = await beforeDeadline(drained, { clock, deadlineMs, code: 'THRYVE_CLOSED' }).catch(() => false)
      await processor?.giveBack()
      return isDrained
    }
  }
}

/**
 * Receives one delivery without HTTP. Never rejects: whatever happens has an answer.
 *
 * @example
 * const { status } = await receive(webhook, { headers, body })
 */
export const receive = (receiver: Receiver, delivery: IncomingDelivery): Promise<Answer> => receiver.receive(delivery)
