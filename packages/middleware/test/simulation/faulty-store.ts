/** What a worker has of the store: a way there and back on which everything can go wrong. */
import type { Inbox, StorageAdapter } from '../../src/index'
import type { VirtualTime } from './virtual-time'

/** A process that may die or stand still. */
export interface Process {
  readonly name: string
  isDead: boolean
  pausedUntilMs: number
}

/** A store out of reach. `records`: the inbox still answers. `hang`: calls fail, but late. */
export interface Outage {
  readonly fromMs: number
  readonly toMs: number
  readonly kind: 'all' | 'records' | 'hang'
}

/** What goes wrong, and until when. */
export interface Weather {
  readonly endsAtMs: number
  readonly outages: readonly Outage[]
  /** How many calls take seconds instead of milliseconds. */
  readonly slowShare: number
}

const KINDS = ['all', 'records', 'hang'] as const

/** Makes the weather between two instants; none when they are one. */
export const makeWeather = (random: () => number, fromMs: number, endsAtMs: number): Weather => {
  const lengthMs = endsAtMs - fromMs
  const outages = Array.from({ length: lengthMs > 0 ? Math.floor(random() * 3) : 0 }, (): Outage => {
    const startMs = fromMs + random() * lengthMs * 0.75
    const kind = KINDS[Math.floor(random() * KINDS.length)] ?? 'all'
    return { fromMs: startMs, toMs: Math.min(endsAtMs, startMs + 500 + random() * 15_000), kind }
  })
  return { endsAtMs, outages, slowShare: random() * 0.1 }
}

/** Runs something in a process: later while it stands still, never once it is dead. */
export const runIn = (time: VirtualTime, process: Process, run: () => void): void => {
  if (process.isDead) return
  if (process.pausedUntilMs > time.now()) time.at(process.pausedUntilMs, () => runIn(time, process, run))
  else run()
}

/** The parts of an adapter that a receiver uses. */
export type StoreParts = Required<Pick<StorageAdapter, 'save' | 'inbox' | 'quarantine' | 'check'>>

/** The way between workers and the store. */
export interface Network {
  readonly time: VirtualTime
  readonly random: () => number
  readonly weather: Weather
}

type Method = (...args: never[]) => Promise<unknown>

/** The adapter as one process sees it. */
export const throughNetwork = (
  { time, random, weather }: Network,
  process: Process,
  adapter: StoreParts
): StorageAdapter & { readonly inbox: Inbox } => {
  const isBad = () => time.now() < weather.endsAtMs
  const latencyMs = () => (isBad() && random() < weather.slowShare ? 4_000 : 20) * random()

  const overNetwork =
    <F extends Method>(isRecords: boolean, method: F) =>
    (...args: Parameters<F>): ReturnType<F> => {
      const promise = new Promise((resolve, reject) => {
        const reply = (settle: () => void, ms = latencyMs()) => time.after(ms, () => runIn(time, process, settle))
        const refuse = (ms?: number) => reply(() => reject(new Error('the simulated store is down')), ms)
        if (process.isDead) return
        time.after(latencyMs(), async () => {
          // What a process had written to its socket when it died may arrive or not.
          if (process.isDead && random() < 0.5) return
          const outage = weather.outages.find(({ fromMs, toMs }) => fromMs <= time.now() && time.now() < toMs)
          const isHit = outage !== undefined && (isRecords || outage.kind !== 'records')
          const isReplyLost = isHit && random() < 0.15
          if (isHit && !isReplyLost) return refuse(outage.kind === 'hang' ? 15_000 * random() : undefined)
          try {
            const result = await method(...args)
            if (isReplyLost) refuse()
            else reply(() => resolve(result))
          } catch (error) {
            reply(() => reject(error))
          }
        })
      })
      return promise as ReturnType<F>
    }

  const inbox = Object.fromEntries(
    Object.entries(adapter.inbox).map(([name, method]) => [name, overNetwork(false, method as Method)])
  ) as unknown as Inbox
  return {
    name: process.name,
    save: overNetwork(true, adapter.save),
    check: overNetwork(true, adapter.check),
    quarantine: { ...adapter.quarantine, add: overNetwork(true, adapter.quarantine.add) },
    inbox
  }
}
