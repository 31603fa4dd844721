/** The database's clock, as seen from here. */
import { performance } from 'node:perf_hooks'
import type { OpenConnection } from './connection'

/** Tells the database's time. */
export interface ServerClock {
  /** Now by the database's clock, off by half a round trip at most. */
  now(): Promise<Date>
}

const REFRESH_MS = 30_000
const SAMPLES = 3
const COMMAND_NOT_FOUND = 59

/**
 * Leases end by the database's clock, so that receivers whose own clocks differ agree. Of three round trips the
 * shortest counts; it is measured anew every 30 s, and against a monotonic clock, so that a step of the machine's
 * clock changes nothing.
 */
export const createServerClock = (
  { db, connect }: Pick<OpenConnection, 'db' | 'connect'>,
  monotonicMs: () => number = () => performance.now()
): ServerClock => {
  // MongoDB before 4.4.2, and some servers that speak its protocol, know the older name only.
  let command = 'hello'
  let known: { readonly offsetMs: number; readonly measuredAtMs: number } | undefined
  let measuring: Promise<number> | undefined

  const serverTimeMs = async (): Promise<number> => {
    const options = { readPreference: 'primary', raw: false } as const
    try {
      return (await db.command({ [command]: 1 }, options))['localTime'].getTime()
    } catch (error) {
      if (command !== 'hello' || (error as { code?: unknown }).code !== COMMAND_NOT_FOUND) throw error
      command = 'isMaster'
      return serverTimeMs()
    }
  }

  const measure = async (): Promise<number> => {
    await connect()
    let best = { roundTripMs: Number.POSITIVE_INFINITY, offsetMs: 0 }
    for (let sample = 0; sample < SAMPLES; sample++) {
      const sentMs = monotonicMs()
      const timeMs = await serverTimeMs()
      const roundTripMs = monotonicMs() - sentMs
      if (roundTripMs < best.roundTripMs) best = { roundTripMs, offsetMs: timeMs - (sentMs + roundTripMs / 2) }
    }
    known = { offsetMs: best.offsetMs, measuredAtMs: monotonicMs() }
    return best.offsetMs
  }

  const offsetMs = async (): Promise<number> => {
    if (known !== undefined && monotonicMs() - known.measuredAtMs < REFRESH_MS) return known.offsetMs
    measuring ??= measure().finally(() => {
      measuring = undefined
    })
    return measuring
  }

  return {
    async now() {
      const offset = await offsetMs()
      return new Date(Math.round(monotonicMs() + offset))
    }
  }
}
