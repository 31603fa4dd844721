import { fetchHandler } from '../src/index'
import { build, recordsOf, signed } from './deliveries'

const URL_ = 'https://app.example/webhooks/thryve'

const requestOf = ({ headers, body }: Awaited<ReturnType<typeof signed>>, init: RequestInit = {}, url = URL_) =>
  new Request(url, { method: 'POST', headers: { ...headers }, body: Uint8Array.from(body), ...init })

/** A body that gives these chunks, then what `last` does. */
const streamOf = (chunks: readonly Uint8Array[], last: (controller: ReadableStreamDefaultController) => void) => {
  const rest = [...chunks]
  return new ReadableStream({
    pull(controller) {
      const chunk = rest.shift()
      if (chunk === undefined) last(controller)
      else controller.enqueue(chunk)
    }
  })
}

describe('fetchHandler', () => {
  test('a delivery in chunks, is a Response 204 without a body', async () => {
    const { webhook, adapter } = build()
    const delivery = await signed()
    const body = streamOf([delivery.body.subarray(0, 9), delivery.body.subarray(9)], (controller) => controller.close())
    const response = await fetchHandler(webhook)(requestOf(delivery, { body, duplex: 'half' } as RequestInit))
    expect({ status: response.status, body: response.body }).toEqual({ status: 204, body: null })
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
  })

  test.each([
    ['read', async (request: Request) => void (await request.arrayBuffer())],
    ['locked', async (request: Request) => void request.body?.getReader()]
  ])('a body already %s, is the coded 500 that says which line to move', async (_how, spoil) => {
    const { webhook, lines } = build()
    const request = requestOf(await signed())
    await spoil(request)
    const response = await fetchHandler(webhook)(request)
    expect({ status: response.status, text: await response.text() }).toEqual({
      status: 500,
      text: '{"code":"THRYVE_BODY_ALREADY_READ"}'
    })
    expect(lines).toHaveLength(1)
  })

  test('headers appended twice, are refused', async () => {
    const { webhook } = build()
    const delivery = await signed()
    for (const name of ['x-hmac-signature', 'x-hmac-timestamp']) {
      const request = requestOf(delivery)
      request.headers.append(name, String(delivery.headers[name]))
      expect((await fetchHandler(webhook)(request)).status).toBe(401)
    }
  })

  test('no body, is an empty one', async () => {
    const { webhook, of } = build()
    const response = await fetchHandler(webhook)(new Request(URL_, { method: 'POST' }))
    expect(response.status).toBe(401)
    expect(of('rejected')).toMatchObject([{ reason: 'missing' }])
  })

  test('a stream that errors half-way, keeps nothing and frees its place', async () => {
    const { webhook, adapter } = build({ maxConcurrentDeliveries: 1 })
    const delivery = await signed()
    const body = streamOf([delivery.body.subarray(0, 9)], (controller) => controller.error(new Error('cut')))
    const response = await fetchHandler(webhook)(requestOf(delivery, { body, duplex: 'half' } as RequestInit))
    expect(await response.json()).toEqual({ code: 'THRYVE_BODY_INCOMPLETE' })
    expect((await fetchHandler(webhook)(requestOf(delivery))).status).toBe(204)
    await webhook.idle()
    expect(await recordsOf(adapter)).toHaveLength(1)
  })

  test('a request that is aborted while its body hangs, is given up', async () => {
    const { webhook } = build()
    const aborting = new AbortController()
    const delivery = await signed()
    const body = streamOf([delivery.body.subarray(0, 9)], () => setImmediate(() => aborting.abort()))
    const init = { body, duplex: 'half', signal: aborting.signal } as RequestInit
    const response = await fetchHandler(webhook)(requestOf(delivery, init))
    expect(await response.json()).toEqual({ code: 'THRYVE_BODY_INCOMPLETE' })
  })

  test('an aborted request, is given up before it is read', async () => {
    const { webhook } = build()
    const response = await fetchHandler(webhook)(requestOf(await signed(), { signal: AbortSignal.abort() }))
    expect(await response.json()).toEqual({ code: 'THRYVE_BODY_INCOMPLETE' })
  })

  test('a body without end, is 413 after maxCompressedBytes and read no further', async () => {
    const { webhook } = build({ maxCompressedBytes: 100_000 })
    let given = 0
    const body = new ReadableStream({
      pull(controller) {
        given += 16_384
        controller.enqueue(new Uint8Array(16_384))
      }
    })
    const { 'content-length': _length, ...headers } = (await signed()).headers
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
    expect((await fetchHandler(webhook)(new Request(URL_, init))).status).toBe(413)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(given).toBeLessThan(400_000)
  })

  test('a body that hangs, is 408 after bodyTimeoutMs', async () => {
    const { webhook } = build({ bodyTimeoutMs: 50 })
    const body = streamOf([new Uint8Array(9)], () => {})
    const init = { body, duplex: 'half' } as RequestInit
    expect((await fetchHandler(webhook)(requestOf(await signed(), init))).status).toBe(408)
  })

  test('options.path given, answers that path only; not given, every path', async () => {
    const delivery = await signed()
    const given = fetchHandler(build({ path: '/api/thryve' }).webhook)
    expect((await given(requestOf(delivery))).status).toBe(404)
    expect((await given(requestOf(delivery, {}, 'https://app.example/api/thryve/?x=1'))).status).toBe(204)
    expect((await fetchHandler(build().webhook)(requestOf(delivery, {}, 'https://app.example/any'))).status).toBe(204)
  })
})
