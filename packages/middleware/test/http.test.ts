import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ThryveOptions } from '../src/index'
import { build, epochPayload, recordsOf, signed, steps } from './deliveries'
import { head, listen, openSocket, send } from './sockets'

const PATH = '/webhooks/thryve'

const serve = async (options: ThryveOptions = {}) => {
  const built = build(options)
  return { ...built, ...(await listen(createServer(built.webhook))) }
}

/** Waits for a condition; fails by the test's own timeout. */
const until = async (condition: () => boolean) => {
  while (!condition()) await sleep(5)
}

describe('body', () => {
  test('cut at every byte into two writes, is one delivery', async () => {
    const { webhook, adapter, port, close } = await serve()
    const { headers, body } = await signed()
    for (let cut = 1; cut < body.length; cut += 7) {
      const { socket, answer } = await openSocket(port)
      socket.write(head(PATH, { ...headers, connection: 'close' }))
      socket.write(body.subarray(0, cut))
      await sleep(1)
      socket.write(body.subarray(cut))
      expect(await answer).toMatch(/^HTTP\/1.1 204 /)
    }
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
    await close()
  })

  test('chunked with trailers, is accepted', async () => {
    const { port, close } = await serve()
    const { headers, body } = await signed()
    const { 'content-length': _length, ...rest } = headers
    const { socket, answer } = await openSocket(port)
    socket.write(head(PATH, { ...rest, 'transfer-encoding': 'chunked', trailer: 'x-t', connection: 'close' }))
    socket.write(`${body.length.toString(16)}\r\n`)
    socket.write(body)
    socket.write('\r\n0\r\nx-t: 1\r\n\r\n')
    expect(await answer).toMatch(/^HTTP\/1.1 204 /)
    await close()
  })

  test('Content-Length and Transfer-Encoding together, are refused by Node', async () => {
    const { adapter, port, close } = await serve()
    const { headers, body } = await signed()
    const { socket, answer } = await openSocket(port)
    socket.write(head(PATH, { ...headers, 'transfer-encoding': 'chunked' }))
    socket.write(body)
    expect(await answer).toMatch(/^HTTP\/1.1 400 /)
    expect(await recordsOf(adapter)).toEqual([])
    await close()
  })

  test('upload aborted, keeps nothing and frees its place', async () => {
    const { adapter, port, url, of, close } = await serve({ maxConcurrentDeliveries: 1 })
    const { headers, body } = await signed()
    const { socket } = await openSocket(port)
    socket.write(head(PATH, headers))
    socket.write(body.subarray(0, 20))
    await sleep(30)
    socket.destroy()
    await until(() => of('rejected').length > 0)
    expect(of('rejected')).toEqual([{ code: 'THRYVE_BODY_INCOMPLETE', status: 400 }])
    expect(await recordsOf(adapter)).toEqual([])
    expect((await send(url + PATH, await signed())).status).toBe(204)
    await close()
  })

  test('fewer bytes than Content-Length, then end, keeps nothing', async () => {
    const { adapter, port, of, close } = await serve()
    const { headers, body } = await signed()
    const { socket, answer } = await openSocket(port)
    socket.end(Buffer.concat([Buffer.from(head(PATH, headers)), body.subarray(0, -1)]))
    await answer
    await until(() => of('rejected').length > 0)
    expect(of('rejected')[0]).toMatchObject({ code: 'THRYVE_BODY_INCOMPLETE' })
    expect(await recordsOf(adapter)).toEqual([])
    await close()
  })

  test('more bytes than Content-Length, the rest is no part of it', async () => {
    const { webhook, adapter, port, url, close } = await serve()
    const { headers, body } = await signed()
    const { socket, answer } = await openSocket(port)
    socket.write(head(PATH, headers))
    socket.write(Buffer.concat([body, Buffer.from('garbage\r\n\r\n')]))
    // Node's parser meets the garbage first and answers for the connection; the sender's retry is a duplicate.
    expect(await answer).toMatch(/^HTTP\/1.1 (204|400) /)
    expect((await send(url + PATH, { headers, body })).status).toBe(204)
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
    await close()
  })

  test('slower than bodyTimeoutMs, is 408 and closed', async () => {
    const { port, close } = await serve({ bodyTimeoutMs: 100 })
    const { headers, body } = await signed()
    const { socket, answer } = await openSocket(port)
    socket.write(head(PATH, headers))
    const drip = setInterval(() => socket.write(body.subarray(0, 1)), 20)
    const text = await answer
    clearInterval(drip)
    expect(text).toMatch(/^HTTP\/1.1 408 [\s\S]*THRYVE_BODY_TIMEOUT/)
    await close()
  })

  test('declared larger than maxCompressedBytes, is 413 before it is read', async () => {
    const { port, close } = await serve({ maxCompressedBytes: 1_000 })
    const { headers } = await signed()
    const { socket, answer } = await openSocket(port)
    socket.write(head(PATH, { ...headers, 'content-length': '1001' }))
    expect(await answer).toMatch(/^HTTP\/1.1 413 [\s\S]*THRYVE_BODY_TOO_LARGE/)
    await close()
  })

  test('chunked without end, is 413 that a client still writing can read', async () => {
    const { port, close } = await serve({ maxCompressedBytes: 100_000 })
    const { headers } = await signed()
    const { 'content-length': _length, ...rest } = headers
    const { socket, answer } = await openSocket(port)
    socket.write(head(PATH, { ...rest, 'transfer-encoding': 'chunked' }))
    const chunk = Buffer.concat([Buffer.from('4000\r\n'), Buffer.alloc(16_384), Buffer.from('\r\n')])
    const writing = setInterval(() => socket.write(chunk), 1)
    const text = await answer
    clearInterval(writing)
    expect(text).toMatch(/^HTTP\/1.1 413 [\s\S]*THRYVE_BODY_TOO_LARGE/)
    await close()
  })

  test('exactly maxCompressedBytes, is read; one more is 413', async () => {
    const { headers, body } = await signed(epochPayload([steps('x'.repeat(500))]), { encoding: 'identity' })
    const exact = await serve({ maxCompressedBytes: body.length })
    expect((await send(exact.url + PATH, { headers, body })).status).toBe(204)
    await exact.close()
    const less = await serve({ maxCompressedBytes: body.length - 1 })
    expect((await send(less.url + PATH, { headers, body })).status).toBe(413)
    await less.close()
  })

  test('empty, is refused by its signature or quarantined, and no crash', async () => {
    const { url, of, webhook, close } = await serve()
    expect((await send(url + PATH)).status).toBe(401)
    expect((await send(url + PATH, await signed(Buffer.alloc(0), { encoding: 'identity' }))).status).toBe(204)
    await webhook.idle()
    expect(of('quarantined')[0]).toMatchObject({ code: 'THRYVE_INVALID_JSON' })
    await close()
  })
})

describe('overload', () => {
  test('more deliveries than maxConcurrentDeliveries, are 503 with Retry-After before their body is read', async () => {
    const { port, url, webhook, adapter, close } = await serve({ maxConcurrentDeliveries: 2 })
    const { headers, body } = await signed()
    const slow = await Promise.all([openSocket(port), openSocket(port)])
    for (const { socket } of slow) socket.write(head(PATH, { ...headers, connection: 'close' }))
    await sleep(50)
    const refused = await openSocket(port)
    refused.socket.write(head(PATH, headers))
    expect(await refused.answer).toMatch(/^HTTP\/1.1 503 [\s\S]*retry-after: \d+[\s\S]*THRYVE_OVERLOADED/i)
    for (const { socket } of slow) socket.write(body)
    for (const { answer } of slow) expect(await answer).toMatch(/^HTTP\/1.1 204 /)
    expect((await send(url + PATH, { headers, body })).status).toBe(204)
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
    await close()
  })

  test('more bytes than maxInFlightBytes, are 503', async () => {
    const { port, close } = await serve({ maxCompressedBytes: 1_000, maxInFlightBytes: 1_500 })
    const { headers } = await signed()
    const first = await openSocket(port)
    first.socket.write(head(PATH, { ...headers, 'content-length': '1000' }))
    await sleep(50)
    const second = await openSocket(port)
    second.socket.write(head(PATH, { ...headers, 'content-length': '600' }))
    expect(await second.answer).toMatch(/^HTTP\/1.1 503 /)
    first.socket.destroy()
    await close()
  })
})

describe('close', () => {
  test('running deliveries finish, new ones are 503, twice is harmless', async () => {
    const { port, url, webhook, adapter, close } = await serve()
    const { headers, body } = await signed()
    const { socket, answer } = await openSocket(port)
    socket.write(head(PATH, { ...headers, connection: 'close' }))
    await sleep(30)
    const closing = webhook.close()
    expect(await send(url + PATH, { headers, body })).toMatchObject({
      status: 503,
      code: 'THRYVE_CLOSED',
      headers: { 'retry-after': '5' }
    })
    socket.write(body)
    expect(await answer).toMatch(/^HTTP\/1.1 204 /)
    expect(await closing).toBe(true)
    expect(await webhook.close()).toBe(true)
    expect(await recordsOf(adapter)).toHaveLength(1)
    await close()
  })
})
