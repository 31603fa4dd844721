/** A network line to a server that a test can cut and mend. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A port that leads to the server while the line holds. */
export interface Line {
  readonly port: number
  /** Ends every connection and refuses new ones. */
  cut(): void
  mend(): Promise<void>
}

/** Opens a line to the server of a connection string with one host. */
export const openLine = async (uri: string): Promise<Line> => {
  const { hostname, port } = new URL(uri)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(port || 27017), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream).pipe(client)
  })
  const listen = async (at: number): Promise<void> => {
    server.listen(at, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const own = (server.address() as AddressInfo).port
  return {
    port: own,
    cut() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
    mend: () => listen(own)
  }
}
