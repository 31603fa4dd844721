/** Who gets in, and what a foreign page can do: nothing. */
import { request as httpRequest } from 'node:http'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { thryveWebhook } from '@thryve-webhook/middleware'
import { quarantineItem } from '@thryve-webhook/middleware/testing'
import { type InspectorOptions, inspector } from '../src'
import { openSession, postForm, secret, startWorld, type World, type WorldOptions } from './world'

const worlds: World[] = []
const start = async (options: WorldOptions = {}): Promise<World> => {
  const world = await startWorld(options)
  worlds.push(world)
  return world
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

/** `fetch` does not let a Host be set. */
const get = (url: string, headers: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve, reject) => {
    httpRequest(url, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })

describe('start', () => {
  const make = (options: InspectorOptions, environment: string) => () => {
    const { NODE_ENV: before } = process.env
    process.env['NODE_ENV'] = environment
    try {
      const adapter = memoryAdapter()
      inspector(thryveWebhook(secret, adapter), adapter, options).close()
    } finally {
      process.env['NODE_ENV'] = before
    }
  }

  test('without authorize in production, is refused', () => {
    expect(make({}, 'production')).toThrow(/^"authorize" is needed in production/)
    expect(make({}, 'production')).toThrow(TypeError)
    expect(make({ authorize: () => true }, 'production')).not.toThrow()
    expect(make({}, 'development')).not.toThrow()
  })

  test.each([
    [{ authorise: () => true }, /"authorise" is no option/],
    [{ authorize: true }, /"authorize" must be a function/],
    [{ onAudit: 'log' }, /"onAudit" must be a function/],
    [{ basePath: 'thryve/' }, /"basePath" must be a path/],
    [{ challenge: 'Basic\r\nx: y' }, /"challenge" must be/],
    [{ liveEntries: 0 }, /"liveEntries" must be an integer from 1/],
    [{ maxStreams: Number.NaN }, /"maxStreams" must be/],
    [{ sampleSeconds: 0.5 }, /"sampleSeconds" must be/]
  ])('with %o, is refused and names the option', (options, message) => {
    expect(make(options as InspectorOptions, 'test')).toThrow(message)
  })
})

describe('authorize', () => {
  test.each<[string, unknown, number]>([
    ['true', true, 200],
    ['a name', 'ada', 200],
    ['false', false, 403],
    ['an empty name', '', 403],
    ['an object', { admin: true }, 403],
    ['undefined', undefined, 403],
    ['a promise of false', Promise.resolve(false), 403]
  ])('says %s, every address answers accordingly', async (_name, verdict, status) => {
    const { url } = await start({ options: { authorize: () => verdict as boolean } })
    const addresses = ['live', 'health', 'health/report', 'data', 'quarantine', 'dead-letters', 'assets/live.js']
    const answers = await Promise.all(addresses.map(async (address) => (await fetch(`${url}/${address}`)).status))
    expect(answers).toEqual(addresses.map(() => status))
    const events = await fetch(`${url}/live/events`)
    await events.body?.cancel()
    expect(events.status).toBe(status)
  })

  test('rejects, nobody gets in, and the error is not shown', async () => {
    const { url } = await start({ options: { authorize: () => Promise.reject(new Error('secret of the host')) } })
    const response = await fetch(`${url}/live`)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret of the host')
  })

  test('refuses with a challenge, a browser is asked to log in', async () => {
    const { url } = await start({ options: { authorize: () => false, challenge: 'Basic realm="thryve"' } })
    const response = await fetch(`${url}/live`)
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="thryve"'])
  })

  test('is missing, only this machine is served, by its own name and without a proxy', async () => {
    const { url } = await start()
    const { port } = new URL(url)
    const live = `${url}/live`
    expect(await get(live, {})).toBe(200)
    expect(await get(live, { host: `localhost:${port}` })).toBe(200)
    expect(await get(live, { host: `[::1]:${port}` })).toBe(200)
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example']) {
      expect(await get(live, { host })).toBe(403)
    }
    for (const header of ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']) {
      expect(await get(live, { [header]: '203.0.113.9' })).toBe(403)
    }
  })
})

describe('every answer', () => {
  const addresses = [
    '',
    '/live',
    '/health',
    '/health/report',
    '/data',
    '/quarantine',
    '/dead-letters',
    '/assets/uplot.js'
  ]
  test.each([...addresses, '/assets/nothing.js', '/live/events'])(
    '%s, carries the headers of protection',
    async (path) => {
      const { url } = await start()
      const response = await fetch(`${url}${path}`, { redirect: 'manual' })
      await response.body?.cancel()
      const headers = Object.fromEntries(response.headers)
      expect(headers).toMatchObject({
        'cache-control': expect.stringContaining('no-store'),
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff'
      })
    }
  )
})

describe('a form', () => {
  const withDelivery = async () => {
    const adapter = memoryAdapter()
    const item = quarantineItem()
    await adapter.quarantine.add(item)
    const world = await start({ adapter })
    const fields = { action: 'drop', confirmed: 'yes', delivery: item.delivery.id }
    const kept = async () => (await adapter.quarantine.list()).entries.length
    return { world, fields, kept }
  }

  test('from the page itself, does what it says', async () => {
    const { world, fields, kept } = await withDelivery()
    const response = await postForm(world, 'quarantine', fields)
    expect([response.status, response.headers.get('location')]).toEqual([303, 'quarantine?done=drop'])
    expect(await kept()).toBe(0)
  })

  test('not confirmed, asks and changes nothing', async () => {
    const { world, fields, kept } = await withDelivery()
    const response = await postForm(world, 'quarantine', { ...fields, confirmed: '' })
    expect(await response.text()).toContain('Drop?')
    expect(await kept()).toBe(1)
  })

  test.each<[string, Record<string, string>, string]>([
    ['another origin', { origin: 'https://evil.example' }, 'INSPECTOR_CROSS_SITE'],
    ['an opaque origin', { origin: 'null' }, 'INSPECTOR_CROSS_SITE'],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }, 'INSPECTOR_CROSS_SITE'],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 'INSPECTOR_CROSS_SITE'],
    ['a browser without our cookie', { cookie: '' }, 'INSPECTOR_FORM_EXPIRED'],
    ['a browser with another cookie', { cookie: `thryve-inspector=${'A'.repeat(43)}` }, 'INSPECTOR_FORM_EXPIRED']
  ])('from %s, is refused and changes nothing', async (_name, headers, code) => {
    const { world, fields, kept } = await withDelivery()
    const response = await postForm(world, 'quarantine', fields, headers)
    expect(response.status).toBe(403)
    expect(await response.text()).toContain(code)
    expect(await kept()).toBe(1)
  })

  test.each([{ token: '' }, { token: 'A'.repeat(43) }])('with the token %o, is refused', async (token) => {
    const { world, fields, kept } = await withDelivery()
    expect((await postForm(world, 'quarantine', { ...fields, ...token })).status).toBe(403)
    expect(await kept()).toBe(1)
  })

  test.each([
    [{ action: 'constructor' }, 400],
    [{ action: '__proto__' }, 400],
    [{ delivery: '' }, 400],
    [{ delivery: 'x'.repeat(600) }, 400],
    [{ padding: 'x'.repeat(20_000) }, 413]
  ])('with bad fields, is refused', async (bad, status) => {
    const { world, fields, kept } = await withDelivery()
    expect((await postForm(world, 'quarantine', { ...fields, ...bad })).status).toBe(status)
    expect(await kept()).toBe(1)
  })

  test('of unknown length and too large, is refused with its code', async () => {
    const { world } = await withDelivery()
    const { cookie } = await openSession(world)
    const body = new Blob(['x'.repeat(100_000)]).stream()
    const response = await fetch(`${world.url}/data/overview`, {
      method: 'POST',
      headers: { cookie, origin: world.origin },
      body,
      duplex: 'half'
    } as RequestInit)
    expect([response.status, await response.json()]).toEqual([413, { code: 'INSPECTOR_BODY_TOO_LARGE' }])
  })

  test('whose audit fails, is not done', async () => {
    const adapter = memoryAdapter()
    const item = quarantineItem()
    await adapter.quarantine.add(item)
    const onAudit = () => Promise.reject(new Error('audit log is full'))
    const world = await start({ adapter, options: { onAudit } })
    const fields = { action: 'drop', confirmed: 'yes', delivery: item.delivery.id }
    expect((await postForm(world, 'quarantine', fields)).status).toBe(500)
    expect((await adapter.quarantine.list()).entries).toHaveLength(1)
  })
})

test('methods: another than an address takes, are refused with those it takes', async () => {
  const { url } = await start()
  const deleted = await fetch(`${url}/quarantine`, { method: 'DELETE' })
  expect([deleted.status, deleted.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
  const got = await fetch(`${url}/data/overview`)
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
  expect((await fetch(`${url}/live`, { method: 'HEAD' })).status).toBe(200)
})

test('streams: more than maxStreams, are refused, and a place that is left is free again', async () => {
  const { url } = await start({ options: { maxStreams: 1 } })
  const first = await fetch(`${url}/live/events`)
  const second = await fetch(`${url}/live/events`)
  expect([second.status, await second.json()]).toEqual([503, { code: 'INSPECTOR_BUSY' }])
  await first.body?.cancel()
  let third = await fetch(`${url}/live/events`)
  while (third.status === 503) {
    await third.arrayBuffer()
    third = await fetch(`${url}/live/events`)
  }
  expect(third.status).toBe(200)
  await third.body?.cancel()
})
