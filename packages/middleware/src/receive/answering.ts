/** Answers deliveries and refusals, and tells each answer. */

import { assertUnmangled } from '../body/body'
import { type ErrorCode, ThryveError } from '../errors'
import type { Step, Steps } from '../steps'
import type { Slot } from './admission'
import { type Answer, type IncomingDelivery, type ReceiveParts, receiveDelivery, refuse } from './receive'

/** What answering takes. */
export interface AnsweringParts extends ReceiveParts {
  readonly steps: Steps
  readonly admit: (headers: IncomingDelivery['headers']) => Slot
  /** Told each delivery before it is verified; absent unless requests are captured. */
  readonly record?: ((delivery: IncomingDelivery) => void) | undefined
}

/** Answers. Neither ever rejects or throws. */
export interface Answering {
  receive(delivery: IncomingDelivery, slot?: Slot): Promise<Answer>
  refuse(error: ThryveError, startedAtMs?: number): Answer
}

/** A path that is not the webhook's says nothing of the webhook. */
const NOT_OURS: ErrorCode = 'THRYVE_NOT_FOUND'

/** What only the host can put right. Each is logged once: the sender repeats itself. */
const HOST_MISTAKES: ReadonlySet<ErrorCode> = new Set(['THRYVE_BODY_ALREADY_READ', 'THRYVE_BODY_MANGLED'])

/** Makes the answering. */
export const createAnswering = (parts: AnsweringParts): Answering => {
  const { settings, emitter, steps, admit, record } = parts
  const { clock, logger, maxCompressedBytes } = settings
  const reported = new Set<ErrorCode>()

  const refuseAndReport = (error: ThryveError): Answer => {
    const { code, reason, message } = error
    if (HOST_MISTAKES.has(code) && !reported.has(code)) {
      reported.add(code)
      logger.error({ code, reason }, message)
    }
    return refuse(parts, error)
  }

  const tell = ({ status, code }: Answer, { deliveryId, bytes = 0 }: Step, startedAtMs: number): void =>
    emitter.signal('answered', {
      ...(deliveryId !== undefined && { deliveryId }),
      status,
      ...(code !== undefined && { code }),
      durationMs: Math.max(0, clock.now() - startedAtMs),
      bytes
    })

  const answer = async (delivery: IncomingDelivery, step: Step, given?: Slot): Promise<Answer> => {
    try {
      record?.(delivery)
      if (delivery.body.length > maxCompressedBytes) throw new ThryveError('THRYVE_BODY_TOO_LARGE')
      assertUnmangled(delivery.headers, delivery.body)
      const slot = given ?? admit(delivery.headers)
      return await receiveDelivery(parts, delivery, step).finally(slot.release)
    } catch (error) {
      return refuseAndReport(error as ThryveError)
    }
  }

  return {
    receive: (delivery, slot) => {
      const startedAtMs = delivery.startedAtMs ?? clock.now()
      const step: Step = { name: 'receive', bytes: delivery.body.length }
      return steps.run(step, async () => {
        const given = await answer({ ...delivery, startedAtMs }, step, slot)
        step.status = given.status
        if (given.code !== undefined) step.code = given.code
        tell(given, step, startedAtMs)
        return given
      })
    },
    refuse: (error, startedAtMs = clock.now()) => {
      const given = refuseAndReport(error)
      if (error.code !== NOT_OURS) tell(given, { name: 'receive' }, startedAtMs)
      return given
    }
  }
}
