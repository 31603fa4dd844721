/** A receiver in a simulated process, with listeners that fail and dawdle. */
import { createReceiver, type Inbox, type Receiver, type StorageAdapter } from '../../src/index'
import { secret } from '../deliveries'
import { type Network, type Process, runIn, type StoreParts, throughNetwork } from './faulty-store'
import type { Sent } from './synthetic-sender'

/** A process with a receiver in it. */
export interface Worker extends Process {
  readonly receiver: Receiver
}

/** What all workers share. */
export interface WorkerParts extends Network {
  readonly store: StoreParts
  readonly sentById: ReadonlyMap<string, Sent>
  readonly leaseSeconds: number
  readonly maxAttempts: number
  readonly ackDeadlineMs: number
  /** Takes a mechanism out. */
  readonly plant?: (adapter: StorageAdapter & { readonly inbox: Inbox }) => StorageAdapter
}

/** What one worker is like. */
export interface WorkerTraits {
  readonly name: string
  /** How far its clock is off. */
  readonly skewMs: number
  readonly maxConcurrentProcessing: number
}

/** Starts a worker. */
export const startWorker = (parts: WorkerParts, { name, skewMs, maxConcurrentProcessing }: WorkerTraits): Worker => {
  const { time, random, store, sentById, plant } = parts
  const process: Process = { name, isDead: false, pausedUntilMs: 0 }
  const clock = {
    now: () => time.now() + skewMs,
    after: (ms: number, callback: () => void) => {
      let isCancelled = false
      time.after(ms, () => runIn(time, process, () => isCancelled || callback()))
      return () => {
        isCancelled = true
      }
    }
  }
  const adapter = throughNetwork(parts, process, store)
  const receiver = createReceiver(secret, plant?.(adapter) ?? adapter, {
    clock,
    random,
    maxConcurrentProcessing,
    logger: { warn: () => {}, error: () => {} },
    ackDeadlineMs: parts.ackDeadlineMs,
    leaseSeconds: parts.leaseSeconds,
    maxAttempts: parts.maxAttempts
  })
  receiver.on('*', async ({ deliveryId }) => {
    const sent = sentById.get(deliveryId) as Sent
    sent.told += 1
    if (sent.slowMs > 0 && sent.told === 1) await new Promise<void>((resolve) => clock.after(sent.slowMs, resolve))
    if (sent.poison === 'listener' || sent.told <= sent.failures) throw new Error('the simulated listener failed')
    sent.heard += 1
  })
  return Object.assign(process, { receiver })
}
