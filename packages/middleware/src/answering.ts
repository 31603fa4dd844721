/** Answers deliveries and refusals, and tells each answer. */
import type { Slot } from './admission'
import { type ErrorCode, ThryveError } from './errors'
import { type Answer, type IncomingDelivery, type ReceiveParts, receiveDelivery, refuse } from './receive'
import type { Step, Steps } from './steps'

/** What answering takes. */
export interface AnsweringParts extends ReceiveParts {
  readonly steps: Steps
  readonly admit: (headers: IncomingDelivery['headers']) => Slot
}

/** Answers. Neither ever rejects or throws. */
export interface Answering {
  receive(delivery: IncomingDelivery, slot?: Slot): Promise<Answer>
  refuse(error: ThryveError, startedAtMs?: number): Answer
}

/** A path that is not the webhook's says nothing of the webhook. */
const NOT_OURS: ErrorCode = 'THRYVE_NOT_FOUND'

/** Makes the answering. */
export const createAnswering = (parts: AnsweringParts): Answering => {
  const { settings, emitter, steps, admit } = parts
  const { clock, maxCompressedBytes } = settings

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
      if (delivery.body.length > maxCompressedBytes) throw new ThryveError('THRYVE_BODY_TOO_LARGE')
      const slot = given ?? admit(delivery.headers)
      return await receiveDelivery(parts, delivery, step).finally(slot.release)
    } catch (error) {
      return refuse(parts, error as ThryveError)
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
      const given = refuse(parts, error)
      if (error.code !== NOT_OURS) tell(given, { name: 'receive' }, startedAtMs)
      return given
    }
  }
}
