/** Every example starts from the build, answers a delivery, and ends on SIGTERM by itself. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { signedDelivery } from '@thryve-webhook/middleware/testing'
import { MongoClient } from 'mongodb'
import { describeWithMongo } from '../../tools/test-mongo/jest'

const built = (name: string) => join(__dirname, '../dist', `${name}.js`)
const secret = 'synthetic-secret'
const payload = {
  endUserId: 'synthetic-user',
  type: 'event.data.epoch.create',
  data: { dataSourceId: 5, epochData: [{ startTimestamp: '2026-01-05T08:00:00Z', dataTypeId: 1000, value: '812' }] }
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Waits until the child has printed it. */
const printed = (child: ChildProcess, text: string | RegExp): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += chunk
      const found = typeof text === 'string' ? output.includes(text) && [text] : text.exec(output)
      if (found) resolve(found)
    })
    child.once('exit', () => reject(new Error(`ended before it printed "${text}": ${output}`)))
  })

test('demo, shows every outcome and says that all is as it must be', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [built('demo')], { timeout: 30_000 })
  expect(stdout).toContain('All is as it must be.')
  expect(stdout).toContain('refused: wrong')
})

test('demo --ui, serves the page over live deliveries, and ends on SIGTERM', async () => {
  const child = spawn(process.execPath, [built('demo'), '--ui'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  try {
    const [, url] = await printed(child, /The page is on (\S+)/)
    expect(await (await fetch(`${url}/live`)).text()).toContain('Deliveries to this process')
    child.kill('SIGTERM')
    expect((await exit)[0]).toBe(0)
  } finally {
    child.kill('SIGKILL')
  }
})

/** Starts an example, posts one delivery, waits for what it prints, and ends it. */
const runExample = async (name: string, env: NodeJS.ProcessEnv): Promise<void> => {
  const port = await freePort()
  const { MONGODB_URI: _uri, ...inherited } = process.env
  const child = spawn(process.execPath, [built(name)], {
    env: { ...inherited, PORT: String(port), THRYVE_HMAC_SECRET: secret, ...env },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const exit = once(child, 'exit')
  try {
    await printed(child, 'listening')
    const told = printed(child, '1 records')
    const { headers, body } = await signedDelivery(payload, { secret })
    const post = async (): Promise<number> => {
      const { status } = await fetch(`http://127.0.0.1:${port}/webhooks/thryve`, {
        method: 'POST',
        headers: { ...headers, connection: 'close' },
        body: Uint8Array.from(body)
      })
      return status
    }
    // As Thryve does: a database that is being set up may take longer than the deadline at first.
    let status = await post()
    for (let retry = 0; retry < 3 && status === 503; retry += 1) status = await post()
    expect(status).toBe(204)
    await told
    child.kill('SIGTERM')
    expect((await exit)[0]).toBe(0)
  } finally {
    child.kill('SIGKILL')
  }
}

const servers = [
  'express-memory',
  'express-mongo',
  'express-inspector',
  'fastify-memory',
  'koa-memory',
  'hono-memory',
  'nest-memory'
]
test.each(servers)('%s, stores a delivery, tells it, and ends on SIGTERM', (name) => runExample(name, {}))

/** What a Lambda instance does: loads the file once, and calls its handler with events. */
const invoke = (events: readonly object[]) => `
  const { handler } = require(${JSON.stringify(built('lambda-mongo'))})
  const results = []
  // As Thryve does: what is answered 503 comes again, up to three times.
  const send = async (event, retries = 3) => {
    const result = await handler(event)
    return result?.statusCode === 503 && retries > 0 ? send(event, retries - 1) : (result ?? null)
  }
  const run = async () => { for (const event of ${JSON.stringify(events)}) results.push(await send(event)) }
  run().then(() => { console.log(JSON.stringify(results)); process.exit(0) })
`

describeWithMongo('lambda-mongo', (mongo) => {
  test('an event of an HTTP API and a schedule, are answered; the records are in the database', async () => {
    const database = mongo.freshDatabase()
    const uri = new URL(mongo.uri())
    uri.pathname = `/${database}`
    const { headers, body } = await signedDelivery(payload, { secret })
    const requestContext = { http: { method: 'POST', path: '/webhooks/thryve' } }
    const request = { version: '2.0', rawPath: '/webhooks/thryve', headers, requestContext }
    const events = [{ ...request, body: body.toString('base64'), isBase64Encoded: true }, { source: 'aws.events' }]
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', invoke(events)], {
      env: { ...process.env, MONGODB_URI: uri.href, THRYVE_HMAC_SECRET: secret },
      timeout: 30_000
    })
    const lines = stdout.trim().split('\n')
    expect(lines[0]).toBe('event.data.epoch.create 1 records')
    expect(JSON.parse(lines[1] ?? '')).toEqual([
      { statusCode: 204, headers: {}, body: '', isBase64Encoded: false },
      null
    ])
    const client = new MongoClient(mongo.uri())
    expect(await client.db(database).collection('epoch').countDocuments({ endUserId: 'synthetic-user' })).toBe(1)
    await client.close()
  })
})

test('every example, fits on a screen', () => {
  const folder = join(__dirname, '../src')
  const lengths = readdirSync(folder)
    .filter((name) => name !== 'demo.ts' && name !== 'live-page.ts')
    .map((name) => readFileSync(join(folder, name), 'utf8').split('\n').length)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(50)
})

describeWithMongo('express-mongo with MONGODB_URI', (mongo) => {
  test('stores the delivery in the database, tells it, and ends on SIGTERM', async () => {
    const database = mongo.freshDatabase()
    const uri = new URL(mongo.uri())
    uri.pathname = `/${database}`
    await runExample('express-mongo', { MONGODB_URI: uri.href })
    const client = new MongoClient(mongo.uri())
    expect(await client.db(database).collection('epoch').countDocuments({ endUserId: 'synthetic-user' })).toBe(1)
    await client.close()
  })
})
