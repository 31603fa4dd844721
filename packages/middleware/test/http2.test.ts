import { type ClientHttp2Session, connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ThryveOptions } from '../src/index'
import { build, recordsOf, signed } from './deliveries'

const PATH = '/webhooks/thryve'
const cleanups: (() => void)[] = []

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** A cleartext HTTP/2 server of the webhook, and one session with it. */
const serve = async (options: ThryveOptions = {}) => {
  const built = build(options)
  const server = createServer((request, response) => {
    built.webhook(request as never, response as never, () => response.end('other'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  cleanups.push(
    () => session.destroy(),
    () => server.close()
  )
  return { ...built, server, session }
}

const open = (
  session: ClientHttp2Session,
  headers: Record<string, string | string[]>,
  method = 'POST',
  path = PATH
) => {
  const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: false })
  const answer = new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    let status = 0
    let received: Record<string, unknown> = {}
    let text = ''
    stream.on('response', (answered) => {
      status = Number(answered[':status'])
      received = answered
    })
    stream.on('data', (chunk) => {
      text += chunk
    })
    stream.on('error', reject)
    // Node's client may never close a stream that was reset with writes of its own pending.
    for (const event of ['end', 'close']) stream.on(event, () => resolve({ status, headers: received, text }))
  })
  return { stream, answer }
}

const post = async (session: ClientHttp2Session, delivery: { headers: object; body: Buffer }) => {
  const { stream, answer } = open(session, { ...delivery.headers })
  stream.end(delivery.body)
  return answer
}

describe('HTTP/2', () => {
  test('deliveries over one session, are stored and answered 204; other paths are passed on', async () => {
    const { session, webhook, adapter } = await serve()
    const answers = await Promise.all([1, 2, 3].map(async () => post(session, await signed())))
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204])
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
    const { stream, answer } = open(session, {}, 'GET', '/other')
    stream.end()
    expect((await answer).text).toBe('other')
  })

  test('another method, is 405 with Allow', async () => {
    const { session } = await serve()
    const { stream, answer } = open(session, {}, 'GET')
    stream.end()
    expect(await answer).toMatchObject({ status: 405, headers: { allow: 'POST' } })
  })

  test('a signature sent twice, is 401', async () => {
    const { session } = await serve()
    const { headers, body } = await signed()
    const twice = { ...headers, 'x-hmac-signature': Array(2).fill(headers['x-hmac-signature']) }
    expect(await post(session, { headers: twice, body })).toMatchObject({ status: 401 })
  })

  test('refused before its end, is answered without headers of a connection; the stream ends, the session lives', async () => {
    const { session } = await serve({ maxCompressedBytes: 1_000 })
    const { 'content-length': _length, ...headers } = (await signed()).headers
    const { stream, answer } = open(session, headers)
    const writing = setInterval(() => stream.writable && stream.write(Buffer.alloc(500)), 1)
    const refused = await answer
    clearInterval(writing)
    expect(refused).toMatchObject({ status: 413, text: '{"code":"THRYVE_BODY_TOO_LARGE"}' })
    expect(refused.headers).not.toHaveProperty('connection')
    expect((await post(session, await signed())).status).toBe(204)
  })

  test('a body that hangs, is 408 and its stream ends', async () => {
    const { session } = await serve({ bodyTimeoutMs: 50 })
    const { headers } = await signed()
    expect((await open(session, headers).answer).status).toBe(408)
  })

  test('a stream cancelled half-way, keeps nothing and frees its place', async () => {
    const { session, adapter, of } = await serve({ maxConcurrentDeliveries: 1 })
    const { headers, body } = await signed()
    const { stream, answer } = open(session, headers)
    stream.write(body.subarray(0, 20))
    await sleep(50)
    stream.close(8)
    await answer.catch(() => {})
    while (of('rejected').length === 0) await sleep(5)
    expect(of('rejected')).toMatchObject([{ code: 'THRYVE_BODY_INCOMPLETE' }])
    expect(await recordsOf(adapter)).toEqual([])
    expect((await post(session, { headers, body })).status).toBe(204)
  })
})
