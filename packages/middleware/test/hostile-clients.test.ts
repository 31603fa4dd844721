import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ThryveOptions } from '../src/index'
import { build, epochPayload, recordsOf, signed, steps } from './deliveries'
import { head, listen, openSocket, send } from './sockets'

const PATH = '/webhooks/thryve'
const MIB = 1_024 * 1_024

const serve = async (options: ThryveOptions = {}) => {
  const built = build(options)
  return { ...built, ...(await listen(createServer(built.webhook))) }
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

describe('slow clients', () => {
  test('200 that dribble, are all 408 and closed, and the delivery beside them is 204', async () => {
    const { port, url, webhook, adapter } = await serve({ bodyTimeoutMs: 300, maxConcurrentDeliveries: 300 })
    const { headers, body } = await signed()
    const slow = await Promise.all(times(200, () => openSocket(port)))
    for (const { socket } of slow) socket.write(head(PATH, headers))
    const dribbling = setInterval(() => {
      for (const { socket } of slow) if (socket.writable) socket.write(body.subarray(0, 1))
    }, 50)
    expect((await send(url + PATH, await signed())).status).toBe(204)
    const answers = await Promise.all(slow.map(({ answer }) => answer))
    clearInterval(dribbling)
    expect(answers.filter((text) => !text.startsWith('HTTP/1.1 408 '))).toEqual([])
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
  })

  test('as many as maxConcurrentDeliveries, keep others out only until bodyTimeoutMs', async () => {
    const { port, url } = await serve({ bodyTimeoutMs: 300, maxConcurrentDeliveries: 20 })
    const { headers, body } = await signed()
    const slow = await Promise.all(times(20, () => openSocket(port)))
    for (const { socket } of slow) socket.write(head(PATH, headers))
    await sleep(50)
    expect((await send(url + PATH, { headers, body })).status).toBe(503)
    for (const { answer } of slow) expect(await answer).toMatch(/^HTTP\/1.1 408 /)
    expect((await send(url + PATH, { headers, body })).status).toBe(204)
  })

  test('200 that dribble their headers, hold no place of a delivery, and the settings for the host end them', async () => {
    const built = build({ maxConcurrentDeliveries: 1 })
    const server = createServer({ headersTimeout: 1_000, connectionsCheckingInterval: 200 }, built.webhook)
    const { port, url } = await listen(server)
    const slow = await Promise.all(times(200, () => openSocket(port)))
    for (const { socket } of slow) socket.write(`POST ${PATH} HTTP/1.1\r\nHost: localhost\r\n`)
    const dribbling = setInterval(() => {
      for (const { socket } of slow) if (socket.writable) socket.write('x-dribble: x\r\n')
    }, 100)
    for (let i = 0; i < 10; i += 1) {
      expect((await send(url + PATH, await signed(epochPayload([steps('1', { dataTypeId: i })])))).status).toBe(204)
    }
    const answers = await Promise.all(slow.map(({ answer }) => answer))
    clearInterval(dribbling)
    expect(answers.filter((text) => text !== '' && !text.startsWith('HTTP/1.1 408 '))).toEqual([])
    await built.webhook.idle()
    expect(await recordsOf(built.adapter)).toHaveLength(10)
  })

  test('1,000 that say nothing, hold no place of a delivery', async () => {
    const { port, url, webhook, adapter } = await serve({ maxConcurrentDeliveries: 1 })
    const idle = await Promise.all(times(1_000, () => openSocket(port)))
    for (let i = 0; i < 20; i += 1) {
      const delivery = await signed(epochPayload([steps('1', { dataTypeId: i })]))
      expect((await send(url + PATH, delivery)).status).toBe(204)
    }
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(20)
    for (const { socket } of idle) socket.destroy()
  })

  test('100 that leave in the middle of their body, give their places back and leave nothing', async () => {
    const { port, url, of, adapter, webhook } = await serve({ maxConcurrentDeliveries: 100 })
    const { headers, body } = await signed()
    const leaving = await Promise.all(times(100, () => openSocket(port)))
    for (const { socket } of leaving)
      socket.write(Buffer.concat([Buffer.from(head(PATH, headers)), body.subarray(0, 9)]))
    await sleep(50)
    for (const { socket } of leaving) socket.destroy()
    while (of('rejected').length < 100) await sleep(5)
    await webhook.idle()
    expect(await recordsOf(adapter)).toEqual([])
    const answers = await Promise.all(times(50, () => send(url + PATH, { headers, body })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]))
  })
})

describe('large clients', () => {
  test('a chunked upload of 1 GiB, is read little further than maxCompressedBytes', async () => {
    const { server, port } = await serve({ maxCompressedBytes: MIB })
    const accepted = new Promise<{ bytesRead: number }>((resolve) => {
      server.on('connection', (socket) => socket.on('close', () => resolve({ bytesRead: socket.bytesRead })))
    })
    const { headers } = await signed()
    const { 'content-length': _length, ...rest } = headers
    const { socket, answer } = await openSocket(port)
    socket.write(head(PATH, { ...rest, 'transfer-encoding': 'chunked' }))
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536), Buffer.from('\r\n')])
    let written = 0
    const write = () => {
      while (written < 1_024 * MIB && socket.writable) {
        written += chunk.length
        if (!socket.write(chunk)) return void socket.once('drain', write)
      }
    }
    write()
    expect(await answer).toMatch(/^HTTP\/1.1 413 [\s\S]*THRYVE_BODY_TOO_LARGE/)
    expect((await accepted).bytesRead).toBeLessThan(3 * MIB)
    expect(written).toBeLessThan(64 * MIB)
  })

  test('2,000 at once with little maxInFlightBytes, are 204 or 503, and every 204 is stored', async () => {
    const { url, webhook, adapter } = await serve({
      maxCompressedBytes: 4_096,
      maxInFlightBytes: 8_192,
      maxConcurrentDeliveries: 1_000
    })
    const deliveries = await Promise.all(times(2_000, (i) => signed(epochPayload([steps('1', { dataTypeId: i })]))))
    const answers = await Promise.all(
      deliveries.map(async (delivery, i) => ({ i, ...(await send(url + PATH, delivery)) }))
    )
    const by = (status: number) => answers.filter((answer) => answer.status === status).map(({ i }) => i)
    expect(by(204).length).toBeGreaterThan(0)
    expect(by(204).length + by(503).length).toBe(2_000)
    await webhook.idle()
    const stored = (await recordsOf(adapter)).map(({ dataTypeId }) => dataTypeId)
    expect(stored.sort((a, b) => a - b)).toEqual(by(204))
  })
})

describe('replays', () => {
  test('one delivery 1,000 times, is one record and the listeners are called once', async () => {
    const { url, webhook, adapter, of } = await serve({ maxConcurrentDeliveries: 1_000 })
    const delivery = await signed()
    const answers = await Promise.all(times(1_000, () => send(url + PATH, delivery)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]))
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
    expect(of('*')).toHaveLength(1)
    expect(of('stored')).toEqual([expect.objectContaining({ inserted: 1 })])
  })
})
