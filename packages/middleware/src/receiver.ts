/** Puts the parts of a receiver together. */
import { createAdmission, type Slot } from './admission'
import { assertUnmangled } from './body'
import { beforeDeadline } from './deadline'
import { createDecompressor } from './decompress'
import { createEmitter } from './emitter'
import { type ErrorCode, ThryveError } from './errors'
import type { Listener, ListenerName } from './events'
import { createObserver } from './observe'
import type { Secret, SecretLookup, Settings, ThryveOptions } from './options'
import { createOriginWatch } from './origin-watch'
import { createProcessor } from './processor'
import { createQuarantineKeeper } from './quarantine-keeper'
import { type Answer, type IncomingDelivery, receiveDelivery, refuse } from './receive'
import { createRequestRecorder } from './record-request'
import { replayDelivery } from './replay'
import { readSettings } from './settings'
import type { RawDelivery, StorageAdapter } from './storage'
import { storeDelivery } from './store-delivery'

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
  /** Answers a refusal, and tells it to the listeners of `rejected`. */
  refuse(error: ThryveError): Answer
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

/** What only the host can put right. Each is logged once: the sender repeats itself. */
const HOST_MISTAKES: ReadonlySet<ErrorCode> = new Set(['THRYVE_BODY_ALREADY_READ', 'THRYVE_BODY_MANGLED'])

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
  const emitter = createEmitter(settings)
  const admission = createAdmission(settings)
  const decompress = createDecompressor({ maxBytes, maxConcurrent })
  const quarantine = createQuarantineKeeper({ settings, adapter, emitter })
  const parts = { settings, adapter, emitter, decompress, quarantine, watchOrigin: createOriginWatch() }
  const running = new Set<Promise<unknown>>()
  const reported = new Set<ErrorCode>()
  let isClosed = false

  const reportMistake = (error: ThryveError): void => {
    if (!HOST_MISTAKES.has(error.code) || reported.has(error.code)) return
    reported.add(error.code)
    settings.logger.error({ code: error.code, reason: error.reason }, error.message)
  }
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

  /** Stored before the answer, listeners after it. What lands late still reaches the listeners. */
  const storeThenTell = async (raw: RawDelivery): Promise<void> => {
    const { event } = await storeDelivery(parts, raw)
    const context = { deliveryId: raw.id, receivedAt: raw.receivedAt, ...(raw.sentAt && { sentAt: raw.sentAt }) }
    if (event !== undefined) void track(emitter.emit({ ...event, ...context, attempt: 1 }))
  }

  const acknowledgeStored = (raw: RawDelivery, deadlineMs: number): Promise<void> =>
    beforeDeadline(track(storeThenTell(raw)), { clock, deadlineMs, code: 'THRYVE_STORE_TIMEOUT' })

  const acknowledge = processor?.acknowledge ?? acknowledgeStored

  const receiver: Receiver = {
    settings,
    admit(headers) {
      const slot = admission.admit(headers)
      void track(slot.released)
      return slot
    },
    refuse: (error) => {
      reportMistake(error)
      return refuse({ emitter }, error)
    },
    receive: (delivery, slot) => track(receiveAdmitted(delivery, slot)),
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

  const receiveAdmitted = async (delivery: IncomingDelivery, given?: Slot): Promise<Answer> => {
    try {
      if (recordRequest !== undefined) void track(recordRequest(delivery))
      if (delivery.body.length > settings.maxCompressedBytes) throw new ThryveError('THRYVE_BODY_TOO_LARGE')
      assertUnmangled(delivery.headers, delivery.body)
      const slot = given ?? receiver.admit(delivery.headers)
      return await receiveDelivery({ settings, emitter, acknowledge, observe }, delivery).finally(slot.release)
    } catch (error) {
      return receiver.refuse(error as ThryveError)
    }
  }

  return receiver
}

/**
 * Receives one delivery without HTTP. Never rejects: whatever happens has an answer.
 *
 * @example
 * const { status } = await receive(webhook, { headers, body })
 */
export const receive = (receiver: Receiver, delivery: IncomingDelivery): Promise<Answer> => receiver.receive(delivery)
