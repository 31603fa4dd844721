/** One world out of one seed: several receivers over one store, a sender, faults, healing, and what must be true then. */
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import type { Inbox, StorageAdapter } from '../src/index'
import { makeWeather, runIn, type StoreParts } from './simulation/faulty-store'
import { checkCalm, checkDeliveries, checkRecords } from './simulation/invariants'
import { makeDelivery, type Sent, send } from './simulation/synthetic-sender'
import { seededRandom, VirtualTime } from './simulation/virtual-time'
import { witness } from './simulation/witness'
import { startWorker, type Worker, type WorkerParts } from './simulation/worker'

/** `storm`: everything goes wrong. `calm`: nothing does but listeners that fail or dawdle, so that work can be counted. */
export type Climate = 'storm' | 'calm'

/** A mechanism taken out, to see that the invariants miss it. */
export interface PlantedBug {
  /** Behind the network, at the store. */
  readonly store?: (parts: StoreParts) => Partial<StoreParts>
  /** In the worker, before the network. */
  readonly worker?: (adapter: StorageAdapter & { readonly inbox: Inbox }) => StorageAdapter
}

/** What a world did. */
export interface Outcome {
  /** Empty when all is well. */
  readonly violations: readonly string[]
  readonly counts: Readonly<Record<'deliveries' | 'promised' | 'givenUp' | 'dead' | 'exits' | 'steps', number>>
}

const START_MS = 1_767_600_000_000
/** Faults happen in the first minute. */
const STORM_MS = 60_000
const SENDING_MS = 40_000
const LONGEST_MS = 2_400_000
const LEASE_SECONDS = { storm: 10, calm: 20 } as const
const MAX_ATTEMPTS = 10
const ACK_DEADLINE_MS = 1_500

/** Runs a world. */
export const simulate = async (seed: number, climate: Climate, bug: PlantedBug = {}): Promise<Outcome> => {
  const random = seededRandom(seed)
  const between = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
  const isStorm = climate === 'storm'
  const time = new VirtualTime(START_MS)
  const healAtMs = START_MS + (isStorm ? STORM_MS : 0)
  const weather = makeWeather(random, START_MS, healAtMs)

  const memory = memoryAdapter({ now: time.now })
  const poisoned: StoreParts = {
    ...memory,
    save: (batch) =>
      batch.records.some(({ record }) => record.value.startsWith('store'))
        ? Promise.reject(new Error('the simulated store refuses it for ever'))
        : memory.save(batch)
  }
  const store = { ...poisoned, ...bug.store?.(poisoned) }
  const watch = witness(store.inbox, time.now)
  const sentById = new Map<string, Sent>()
  const parts: WorkerParts = {
    ...{ time, random, weather, sentById },
    store: { ...store, inbox: watch.inbox },
    leaseSeconds: LEASE_SECONDS[climate],
    maxAttempts: MAX_ATTEMPTS,
    ackDeadlineMs: ACK_DEADLINE_MS,
    ...(bug.worker && { plant: bug.worker })
  }
  const start = (name: string): Worker =>
    startWorker(parts, {
      name,
      skewMs: isStorm ? between(-30_000, 30_000) : 0,
      maxConcurrentProcessing: isStorm ? between(1, 4) : 10
    })
  const workers = Array.from({ length: between(2, 4) }, (_, index) => start(`worker ${index}`))
  const anyWorker = (): number => between(0, workers.length - 1)

  let exits = 0
  const crash = (index: number): void => {
    const worker = workers[index]
    if (worker === undefined || worker.isDead) return
    worker.isDead = true
    exits += 1
    time.after(between(100, 14_000), () => {
      workers[index] = start(`worker ${index} again`)
    })
  }
  const pause = (index: number): void => {
    ;(workers[index] as Worker).pausedUntilMs = time.now() + between(1_000, 2_500 * LEASE_SECONDS.storm)
  }
  const leave = async (index: number): Promise<void> => {
    const worker = workers[index] as Worker
    await worker.receiver.close({ timeoutMs: between(1, 5_000) })
    crash(workers.indexOf(worker))
  }
  const faults = [crash, crash, pause, pause, leave] as const
  for (let count = isStorm ? between(0, 5) : 0; count > 0; count -= 1) {
    const fault = faults[between(0, faults.length - 1)] ?? crash
    time.after(between(0, SENDING_MS + 5_000), () => void fault(anyWorker()))
  }

  const late: string[] = []
  const post = (sent: Sent, answered: (status: number) => void): void => {
    const worker = workers[anyWorker()] as Worker
    const receive = async (): Promise<void> => {
      const startedAtMs = time.now()
      const { status } = await worker.receiver.receive(sent)
      if (status === 204) sent.isPromised = true
      const isTooLate = time.now() - startedAtMs > ACK_DEADLINE_MS && worker.pausedUntilMs <= startedAtMs
      if (isTooLate) late.push(`answered too late: ${sent.id}`)
      time.after(between(1, 20), () => answered(status))
    }
    time.after(between(1, 20), () => runIn(time, worker, () => void receive()))
  }

  const deliveries = between(6, 14)
  let sending = deliveries
  const begin = (index: number): void => {
    const chance = random()
    const poison = isStorm && chance < 0.02 ? 'listener' : isStorm && chance < 0.04 ? 'store' : undefined
    const slowMs = chance > 0.9 ? between(12_000, 28_000) : 0
    const failures = slowMs === 0 && random() < 0.2 ? 1 : 0
    // Never two at one instant: which of two equal versions wins is the order of their arrival.
    const sentAtMs = Math.ceil(time.now() / 100) * 100 + index
    const sent = makeDelivery(index, sentAtMs, random, { failures, slowMs, ...(poison && { poison }) })
    sentById.set(sent.id, sent)
    send(time, random, sent, post, () => {
      sending -= 1
    })
  }
  for (let index = 0; index < deliveries; index += 1) time.after(between(0, SENDING_MS), () => begin(index))

  const isDrained = async (): Promise<boolean> => {
    if (sending > 0 || time.now() < healAtMs) return false
    const { ready, leased } = await memory.inbox.stats()
    return ready + leased === 0
  }
  let steps = 0
  let checkedAtMs = 0
  let isOver = false
  while (!isOver && time.now() < START_MS + LONGEST_MS && (await time.step())) {
    steps += 1
    if (time.now() - checkedAtMs < 1_000) continue
    checkedAtMs = time.now()
    isOver = await isDrained()
  }

  const dead = new Set((await memory.inbox.list({ state: 'dead' })).entries.map(({ deliveryId }) => deliveryId))
  const sent = [...sentById.values()]
  const aftermath = { sent, watch, dead, maxAttempts: MAX_ATTEMPTS }
  const violations = [...watch.violations, ...late]
  if (!isOver) violations.push(`not drained: ${JSON.stringify(await memory.inbox.stats())}`)
  violations.push(...checkDeliveries(aftermath), ...(isStorm ? [] : checkCalm(aftermath)))
  for await (const violation of checkRecords(aftermath, memory.find)) violations.push(violation)
  const promised = sent.filter(({ isPromised }) => isPromised).length
  const givenUp = sent.filter(({ isGivenUp }) => isGivenUp).length
  return { violations, counts: { deliveries, promised, givenUp, dead: dead.size, exits, steps } }
}
