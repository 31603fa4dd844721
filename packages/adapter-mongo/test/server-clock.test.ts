import type { Db } from 'mongodb'
import { createServerClock } from '../src/server-clock'

/** A server whose clock reads `serverMs` at a moment when ours reads 0, behind round trips of given lengths. */
const world = ({ serverMs, roundTripsMs, knowsHello = true }: Options) => {
  let nowMs = 0
  const commands: string[] = []
  const db = {
    async command(command: object) {
      const name = Object.keys(command)[0] ?? ''
      commands.push(name)
      if (name === 'hello' && !knowsHello) throw Object.assign(new Error('no such command'), { code: 59 })
      const roundTripMs = roundTripsMs.shift() ?? 2
      nowMs += roundTripMs / 2
      const localTime = new Date(serverMs + nowMs)
      nowMs += roundTripMs / 2
      return { localTime }
    }
  } as unknown as Db
  const clock = createServerClock({ db, connect: async () => {} }, () => nowMs)
  return {
    clock,
    commands,
    pass: (ms: number) => {
      nowMs += ms
    },
    serverNow: () => serverMs + nowMs
  }
}

interface Options {
  readonly serverMs: number
  readonly roundTripsMs: number[]
  readonly knowsHello?: boolean
}

describe('createServerClock', () => {
  test('the shortest of three round trips counts', async () => {
    const { clock, serverNow, commands } = world({ serverMs: 5_000_000, roundTripsMs: [900, 4, 300] })
    expect((await clock.now()).getTime()).toBe(serverNow())
    expect(commands).toEqual(['hello', 'hello', 'hello'])
  })

  test('half a minute is bridged by our own clock, then it is measured anew', async () => {
    const { clock, serverNow, commands, pass } = world({ serverMs: 1_000, roundTripsMs: [] })
    await clock.now()
    pass(29_000)
    expect((await clock.now()).getTime()).toBe(serverNow())
    expect(commands).toHaveLength(3)
    pass(2_000)
    await Promise.all([clock.now(), clock.now(), clock.now()])
    expect(commands).toHaveLength(6)
  })

  test('a server without hello: asked by the older name from then on', async () => {
    const { clock, serverNow, commands } = world({ serverMs: 7, roundTripsMs: [], knowsHello: false })
    expect((await clock.now()).getTime()).toBe(serverNow())
    expect(commands).toEqual(['hello', 'isMaster', 'isMaster', 'isMaster'])
  })

  test('a failure is not kept', async () => {
    let isDown = true
    const db = {
      async command() {
        if (isDown) throw new Error('down')
        return { localTime: new Date(0) }
      }
    } as unknown as Db
    const clock = createServerClock({ db, connect: async () => {} })
    await expect(clock.now()).rejects.toThrow('down')
    isDown = false
    await expect(clock.now()).resolves.toBeInstanceOf(Date)
  })
})
