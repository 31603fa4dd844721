import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { mongoAdapter } from '../src/index'

describe('mongoAdapter: check', () => {
  test('a server that takes connections and never answers: rejects after five seconds, not thirty', async () => {
    const sockets = new Set<Socket>()
    const silent = createServer((socket) => sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const adapter = mongoAdapter({ url: `mongodb://127.0.0.1:${port}` })
    try {
      await expect(adapter.check()).rejects.toThrow('MongoDB did not answer within 5000 ms.')
    } finally {
      await adapter.close()
      for (const socket of sockets) socket.destroy()
      silent.close()
    }
  })
})
