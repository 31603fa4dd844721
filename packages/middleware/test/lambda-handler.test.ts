import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import type { LambdaEvent, StorageAdapter } from '../src/index'
import { lambdaHandler } from '../src/index'
import { build, recordsOf, signed } from './deliveries'

const PATH = '/webhooks/thryve'

type Delivery = Awaited<ReturnType<typeof signed>>

/** Events in the shape that AWS documents for each trigger, cut to what a handler could look at. */
const events: Record<string, (delivery: Delivery, method?: string) => LambdaEvent & Record<string, unknown>> = {
  'REST API': ({ headers, body }, method = 'POST') => ({
    resource: '/{proxy+}',
    path: PATH,
    httpMethod: method,
    headers: canonical(headers),
    multiValueHeaders: Object.fromEntries(Object.entries(canonical(headers)).map(([name, value]) => [name, [value]])),
    requestContext: { resourcePath: '/{proxy+}', httpMethod: method, path: `/prod${PATH}`, stage: 'prod' },
    body: body.toString('base64'),
    isBase64Encoded: true
  }),
  'HTTP API': ({ headers, body }, method = 'POST') => ({
    version: '2.0',
    routeKey: '$default',
    rawPath: PATH,
    rawQueryString: '',
    headers,
    requestContext: { stage: '$default', http: { method, path: PATH, protocol: 'HTTP/1.1' } },
    body: body.toString('base64'),
    isBase64Encoded: true
  }),
  'load balancer': ({ headers, body }, method = 'POST') => ({
    httpMethod: method,
    path: PATH,
    headers,
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:synthetic' } },
    body: body.toString('base64'),
    isBase64Encoded: true
  }),
  'load balancer with multi-value headers': ({ headers, body }, method = 'POST') => ({
    httpMethod: method,
    path: PATH,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:synthetic' } },
    body: body.toString('base64'),
    isBase64Encoded: true
  })
}

/** As senders write them. */
const canonical = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.replace(/(^|-)[a-z]/g, (part) => part.toUpperCase()), value])
  )

describe.each(Object.entries(events))('%s', (name, eventOf) => {
  const answerOf = async (event: LambdaEvent, options = {}) => {
    const built = build(options)
    return { ...built, result: await lambdaHandler(built.webhook)(event) }
  }
  const isMultiValue = name.includes('multi-value')

  test('a delivery, is 204 and worked off before the function is frozen', async () => {
    const { result, adapter, of } = await answerOf(eventOf(await signed()))
    expect(result).toMatchObject({ statusCode: 204, body: '', isBase64Encoded: false })
    expect(await recordsOf(adapter)).toHaveLength(1)
    expect(of('*')).toHaveLength(1)
  })

  test('a refusal, is a code with its headers where this trigger reads them', async () => {
    const { result } = await answerOf(eventOf(await signed(), 'GET'))
    expect(result).toMatchObject({ statusCode: 405, body: '{"code":"THRYVE_METHOD_NOT_ALLOWED"}' })
    if (isMultiValue) expect(result.multiValueHeaders).toMatchObject({ allow: ['POST'] })
    else expect(result.headers).toMatchObject({ allow: 'POST' })
  })

  test('text of an uncompressed delivery without the base64 flag, is taken as it is', async () => {
    const delivery = await signed(undefined, { encoding: 'identity' })
    const event = { ...eventOf(delivery), body: delivery.body.toString(), isBase64Encoded: false }
    expect((await answerOf(event)).result.statusCode).toBe(204)
  })

  test.each([
    ['utf8', 'zstd', (body: Buffer) => body.toString('utf8')],
    ['latin1', 'zstd', (body: Buffer) => body.toString('latin1')],
    ['base64', 'zstd', (body: Buffer) => body.toString('base64')],
    ['utf8', 'gzip', (body: Buffer) => body.toString('utf8')],
    ['latin1', 'gzip', (body: Buffer) => body.toString('latin1')],
    ['base64', 'gzip', (body: Buffer) => body.toString('base64')]
  ] as const)('bytes turned into text as %s (%s), are named as such', async (reason, encoding, mangle) => {
    const delivery = await signed(undefined, { encoding })
    const { result, of, lines } = await answerOf({
      ...eventOf(delivery),
      body: mangle(delivery.body),
      isBase64Encoded: false
    })
    expect(result).toMatchObject({ statusCode: 500, body: '{"code":"THRYVE_BODY_MANGLED"}' })
    expect(of('rejected')).toMatchObject([{ reason }])
    expect(String(lines[0]?.[1])).toContain('binaryMediaTypes')
  })

  test('text that was mangled and then base64-encoded, is named as such too', async () => {
    const delivery = await signed()
    const body = Buffer.from(delivery.body.toString('utf8')).toString('base64')
    expect((await answerOf({ ...eventOf(delivery), body })).of('rejected')).toMatchObject([{ reason: 'utf8' }])
  })

  test('no body at all, is no crash', async () => {
    const { body: _body, ...event } = eventOf(await signed())
    for (const nothing of [event, { ...event, body: null }, { ...event, body: '' }]) {
      expect((await answerOf(nothing)).result.statusCode).toBe(401)
    }
  })

  test('no headers at all, is no crash', async () => {
    const { headers: _headers, multiValueHeaders: _values, ...event } = eventOf(await signed())
    for (const headers of [{}, { headers: null }, { multiValueHeaders: null }]) {
      expect((await answerOf({ ...event, ...headers })).result.statusCode).toBe(401)
    }
  })

  test('larger than maxCompressedBytes, is 413', async () => {
    const { 'content-length': _length, ...headers } = (await signed()).headers
    const event = eventOf({ headers, body: Buffer.alloc(1_001) })
    expect((await answerOf(event, { maxCompressedBytes: 1_000 })).result.statusCode).toBe(413)
  })
})

describe('headers', () => {
  const statusOf = async (change: (delivery: Delivery) => Partial<LambdaEvent>, trigger = 'REST API') => {
    const delivery = await signed()
    const event = events[trigger]?.(delivery)
    return (await lambdaHandler(build().webhook)({ ...event, ...change(delivery) })).statusCode
  }

  test.each([
    ['a list of two', (value: string) => ({ 'X-HMAC-Signature': [value, value] })],
    ['two spellings of its name', (value: string) => ({ 'X-HMAC-Signature': [value], 'x-hmac-signature': [value] })],
    ['a list of a good and an empty one', (value: string) => ({ 'X-HMAC-Signature': [value, ''] })],
    ['an empty list', () => ({ 'X-HMAC-Signature': [] })]
  ])('signature as %s, is 401', async (_what, change) => {
    const status = await statusOf(({ headers }) => ({
      multiValueHeaders: {
        'X-HMAC-Timestamp': [String(headers['x-hmac-timestamp'])],
        'Content-Encoding': ['zstd'],
        ...change(String(headers['x-hmac-signature']))
      }
    }))
    expect(status).toBe(401)
  })

  test('signature in two spellings without multi-value headers, is 401', async () => {
    const status = await statusOf(
      ({ headers }) => ({ headers: { ...headers, 'X-Hmac-Signature': String(headers['x-hmac-signature']) } }),
      'HTTP API'
    )
    expect(status).toBe(401)
  })

  test('signatures joined by a comma, as HTTP APIs do, are 401', async () => {
    const status = await statusOf(
      ({ headers }) => ({
        headers: { ...headers, 'x-hmac-signature': Array(2).fill(headers['x-hmac-signature']).join() }
      }),
      'HTTP API'
    )
    expect(status).toBe(401)
  })

  test('__proto__ as a name, changes nothing', async () => {
    const hostile = JSON.parse('{"__proto__":["x"],"constructor":["y"]}')
    const status = await statusOf(({ headers }) => ({
      multiValueHeaders: {
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
        ...hostile
      }
    }))
    expect(status).toBe(204)
    expect(Object.hasOwn(Object.prototype, '0')).toBe(false)
  })
})

describe('background work', () => {
  const inbox = 'a listener that takes longer than ackDeadlineMs'

  test(`${inbox}, is not waited for; its delivery is still in the inbox`, async () => {
    const adapter = memoryAdapter()
    const { webhook } = build({ ackDeadlineMs: 100 }, adapter)
    let finish = (): void => {}
    webhook.on(
      'event.data.*',
      () =>
        new Promise<void>((resolve) => {
          finish = resolve
        })
    )
    const result = await lambdaHandler(webhook)(events['HTTP API']?.(await signed()) ?? {})
    expect(result.statusCode).toBe(204)
    expect(await adapter.inbox?.stats()).toMatchObject({ leased: 1, done: 0 })
    finish()
    await webhook.idle()
    expect(await adapter.inbox?.stats()).toMatchObject({ leased: 0, done: 1 })
  })

  test('what another instance left in the inbox, is worked off by the next invocation', async () => {
    const adapter = memoryAdapter()
    const { headers, body } = await signed()
    await adapter.inbox?.put({ id: 'left-behind', body, contentEncoding: 'zstd', receivedAt: new Date() })
    const { webhook } = build({}, adapter)
    await lambdaHandler(webhook)(events['HTTP API']?.({ headers, body }) ?? {})
    expect(await adapter.inbox?.stats()).toMatchObject({ ready: 0, done: 2 })
  })

  test('an adapter without an inbox, stores before the answer and tells within it', async () => {
    const { inbox: _inbox, ...bare } = memoryAdapter()
    const { webhook, adapter, of } = build({}, bare as StorageAdapter)
    expect((await lambdaHandler(webhook)(events['REST API']?.(await signed()) ?? {})).statusCode).toBe(204)
    expect(await recordsOf(adapter)).toHaveLength(1)
    expect(of('*')).toHaveLength(1)
  })
})

test.each([{}, { source: 'aws.events', detail: {} }, { Records: [] }])(
  'an event that is no request (%j), is a TypeError that says so',
  async (event) => {
    await expect(lambdaHandler(build().webhook)(event as LambdaEvent)).rejects.toThrow('The event is no HTTP request')
  }
)
