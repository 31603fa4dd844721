/** Receiver processes that are killed, stopped and started again at their old ports. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** What all receivers share. */
export interface FleetOptions {
  readonly size: number
  readonly uri: string
  readonly database: string
  readonly secret: string
  readonly leaseSeconds: number
  /** Where they write what their listeners heard. */
  readonly folder: string
  /** The step at which each dies in its first life. @default none */
  readonly dieAt?: string
}

/** Several receivers. */
export interface Fleet {
  /** Their ports, which stay. */
  readonly ports: readonly number[]
  readonly kills: number
  /** How many were asked to end, and did so by themselves. */
  readonly stops: number
  /** Asks a receiver to end, as a deployment does, and waits until it has. */
  stop(index: number): Promise<void>
  /** Kills a receiver at once. A dead one stays dead. */
  kill(index: number): Promise<void>
  /** Resolves once a receiver is dead. */
  ended(index: number): Promise<void>
  /** Starts a dead receiver; a living one lives on. */
  start(index: number): Promise<void>
  signal(index: number, signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Delivery ids, each as often as a listener heard it. */
  heard(): string[]
  end(): Promise<void>
}

const script = resolve(__dirname, 'receiver.js')
const START_TIMEOUT_MS = 30_000
/** Far more than a lease lasts, and within the signatures' tolerance. */
const SKEWS_MS = [0, 30_000, -30_000]

const isAlive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

const portOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolvePort, reject) => {
    let output = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS)
    const read = (chunk: Buffer): void => {
      output += chunk
      const found = /^listening (\d+)$/m.exec(output)
      if (found === null) return
      clearTimeout(timer)
      resolvePort(Number(found[1]))
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('close', () => {
      clearTimeout(timer)
      reject(new Error(`a receiver ended: ${output.trim() || 'without a word; are the packages built?'}`))
    })
  })

/** Starts receivers. */
export const startFleet = async ({ size, folder, dieAt, ...settings }: FleetOptions): Promise<Fleet> => {
  const children: ChildProcess[] = []
  const ports = Array.from({ length: size }, () => 0)
  const heardFile = (index: number): string => join(folder, `heard-${index}`)
  let kills = 0
  let stops = 0

  const start = async (index: number): Promise<void> => {
    const running = children[index]
    if (running !== undefined && isAlive(running)) return
    const isFirstLife = running === undefined
    const traits = {
      ...settings,
      port: ports[index],
      clockSkewMs: SKEWS_MS[index % SKEWS_MS.length],
      heardFile: heardFile(index),
      ...(isFirstLife && { dieAt })
    }
    const child = spawn(process.execPath, [script, JSON.stringify(traits)], { stdio: ['pipe', 'pipe', 'pipe'] })
    children[index] = child
    ports[index] = await portOf(child)
  }

  const ended = async (index: number): Promise<void> => {
    const child = children[index]
    if (child !== undefined && isAlive(child)) await once(child, 'exit')
  }

  const kill = async (index: number): Promise<void> => {
    const child = children[index]
    if (child === undefined || !isAlive(child)) return
    child.kill('SIGKILL')
    kills += 1
    await ended(index)
  }

  const stop = async (index: number): Promise<void> => {
    const child = children[index]
    if (child === undefined || !isAlive(child)) return
    child.kill('SIGTERM')
    await ended(index)
    stops += 1
  }

  const fleet: Fleet = {
    ports,
    stop,
    get stops() {
      return stops
    },
    get kills() {
      return kills
    },
    kill,
    ended,
    start,
    signal: (index, signal) => void children[index]?.kill(signal),
    heard: () =>
      ports
        .map((_, index) => heardFile(index))
        .filter(existsSync)
        .flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean)),
    end: async () => {
      await Promise.all(ports.map((_, index) => kill(index)))
    }
  }
  await Promise.all(ports.map((_, index) => start(index)))
  return fleet
}
