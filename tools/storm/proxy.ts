/** A TCP proxy before the database, on which the network can fail. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * `pass`: nothing fails · `slow`: every chunk takes 200 ms · `refuse`: connections end at once · `cut`: one reply in
 * five ends in its middle · `half-open`: what is sent vanishes, and a connection that lost something stays silent for ever.
 */
export type Weather = 'pass' | 'slow' | 'refuse' | 'cut' | 'half-open'

/** A running proxy. */
export interface Proxy {
  readonly port: number
  change(weather: Weather): void
  /** How many connections it cut, refused or silenced. */
  readonly faults: number
  end(): Promise<void>
}

const SLOW_MS = 200

/** Starts a proxy on a free port. */
export const startProxy = async (targetPort: number): Promise<Proxy> => {
  const sockets = new Set<Socket>()
  let weather: Weather = 'pass'
  let faults = 0

  const track = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  }

  const server = createServer((client) => {
    track(client)
    if (weather === 'refuse') {
      faults += 1
      client.destroy()
      return
    }
    const database = track(connect(targetPort, '127.0.0.1'))
    let isSilent = false
    const forward = (to: Socket, isReply: boolean) => (chunk: Buffer) => {
      if (weather === 'half-open' && !isSilent) {
        isSilent = true
        faults += 1
      }
      if (isSilent) return
      if (weather === 'cut' && isReply && Math.random() < 0.2) {
        faults += 1
        to.write(chunk.subarray(0, chunk.length / 2))
        to.destroySoon()
        database.destroy()
      } else if (weather === 'slow') {
        setTimeout(() => to.writable && to.write(chunk), SLOW_MS)
      } else {
        to.write(chunk)
      }
    }
    client.on('data', forward(database, false)).on('close', () => database.destroy())
    database.on('data', forward(client, true)).on('close', () => isSilent || client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    change(next) {
      weather = next
      if (next !== 'refuse') return
      faults += sockets.size / 2
      for (const socket of sockets) socket.destroy()
    },
    get faults() {
      return faults
    },
    async end() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    }
  }
}
