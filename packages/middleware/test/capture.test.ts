import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import fc from 'fast-check'
import { createReceiver, decodeCapture, encodeCapture, type ThryveOptions } from '../src/index'
import { signedDelivery } from '../src/testing/index'

let parent = ''
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'capture-'))
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

const world = (capture: Partial<NonNullable<ThryveOptions['capture']>> = {}, options: ThryveOptions = {}) => {
  const folder = join(parent, 'captures')
  const logged: unknown[] = []
  const log = (...args: unknown[]) => void logged.push(args)
  const logger = { warn: log, error: log }
  const receiver = createReceiver('synthetic', memoryAdapter(), { capture: { folder, ...capture }, logger, ...options })
  const captures = () => readdirSync(folder).map((name) => decodeCapture(readFileSync(join(folder, name), 'utf8')))
  return { folder, receiver, captures, logged: () => JSON.stringify(logged) }
}

describe('capture', () => {
  test('construction, is loud', () => {
    expect(world().logged()).toContain('captures hold health data')
  })

  test('what fails and what passes, written as received and for the owner only', async () => {
    const { folder, receiver, captures } = world()
    const passing = await signedDelivery({}, { secret: 'synthetic' })
    const failing = await signedDelivery({}, { secret: 'other' })
    expect((await receiver.receive(passing)).status).toBe(204)
    expect((await receiver.receive(failing)).status).toBe(401)
    await receiver.idle()
    const bodies = captures().map(({ headers, body }) => ({
      headers: Object.fromEntries(headers),
      body: body.toString()
    }))
    expect(bodies).toHaveLength(2)
    for (const { headers, body } of [passing, failing]) {
      expect(bodies).toContainEqual({ headers, body: body.toString() })
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  })

  test('credentials, are left out', async () => {
    const { folder, receiver } = world({}, { authenticate: { type: 'header', name: 'X-Own', value: 'canary-own' } })
    const credentials = {
      authorization: 'Bearer canary-a',
      'proxy-authorization': 'canary-b',
      cookie: 'canary-c',
      'x-api-key': 'canary-d',
      'x-amz-security-token': 'canary-e',
      'x-auth': 'canary-f',
      'x-own': 'canary-own'
    }
    const { headers, body } = await signedDelivery({}, { secret: 'synthetic' })
    await receiver.receive({ headers: { ...headers, ...credentials, 'x-auth-signature': 'kept' }, body })
    await receiver.idle()
    const text = readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8')
    expect(text).not.toContain('canary')
    expect(text).toContain('kept')
  })

  test('its fill of files, no more is written, also after a restart', async () => {
    const send = async (receiver: ReturnType<typeof world>['receiver'], times: number) => {
      for (let time = 0; time < times; time++) {
        await receiver.receive(await signedDelivery({ time }, { secret: 'synthetic' }))
        await receiver.idle()
      }
    }
    const first = world({ maxFiles: 3 })
    await send(first.receiver, 5)
    expect(first.captures()).toHaveLength(3)
    expect(first.logged().match(/was not captured/g)).toHaveLength(1)
    const second = world({ maxFiles: 4 })
    await send(second.receiver, 3)
    expect(second.captures()).toHaveLength(4)
  })

  test('its fill of bytes, also when all come at once', async () => {
    const { folder, receiver } = world({ maxTotalBytes: 10_000 })
    const many = await Promise.all(
      Array.from({ length: 12 }, () => signedDelivery(Buffer.alloc(2_000), { secret: 'x', encoding: 'identity' }))
    )
    await Promise.all(many.map((delivery) => receiver.receive(delivery)))
    await receiver.idle()
    const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size)
    expect(sizes.length).toBeGreaterThan(0)
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(10_000)
  })

  test('the folder goes away, deliveries are answered all the same', async () => {
    const { folder, receiver, logged } = world()
    rmSync(folder, { recursive: true })
    expect((await receiver.receive(await signedDelivery({}, { secret: 'synthetic' }))).status).toBe(204)
    await receiver.idle()
    expect(logged()).toContain('ENOENT')
  })

  test.each([
    ['others can read', (folder: string) => mkdirSync(folder, { mode: 0o755 })],
    ['is a file', (folder: string) => writeFileSync(folder, '')],
    ['leads nowhere', (folder: string) => symlinkSync(join(folder, 'nowhere'), folder)]
  ])('a folder that %s, is a TypeError that names it', (_name, make) => {
    make(join(parent, 'captures'))
    expect(() => world()).toThrow(/^"capture.folder" can/)
  })
})

describe('decodeCapture', () => {
  test('what encodeCapture wrote, is the same again', () => {
    const header = fc.tuple(fc.stringMatching(/^x-[b-n]{1,9}$/), fc.string({ maxLength: 99 }))
    fc.assert(
      fc.property(fc.array(header), fc.uint8Array(), fc.boolean(), (headers, bytes, isComplete) => {
        const capture = {
          receivedAt: new Date(0),
          method: 'POST',
          path: '/x',
          headers,
          body: Buffer.from(bytes),
          isComplete
        }
        expect(decodeCapture(encodeCapture(capture))).toEqual(capture)
      })
    )
  })

  test('a query, is left out', () => {
    const capture = {
      receivedAt: new Date(),
      path: '/x?token=canary',
      headers: [],
      body: Buffer.of(),
      isComplete: true
    }
    expect(encodeCapture(capture)).not.toContain('canary')
  })

  test.each([
    ['', 'not JSON'],
    ['null', 'thryveCapture'],
    ['{"thryveCapture":9}', 'version'],
    ['{"thryveCapture":1,"receivedAt":"canary"}', 'receivedAt'],
    ['{"thryveCapture":1,"receivedAt":"2024-01-01T00:00:00Z","headers":[["a"]]}', 'headers'],
    ['{"thryveCapture":1,"receivedAt":"2024-01-01T00:00:00Z","headers":[]}', 'body'],
    ['{"thryveCapture":1,"receivedAt":"2024-01-01T00:00:00Z","headers":[],"body":"YQ","bodyBytes":7}', 'damaged']
  ])('%s, is no capture and says why', (text, why) => {
    expect(() => decodeCapture(text)).toThrow(why)
    expect(() => decodeCapture(text)).not.toThrow('canary')
  })
})
