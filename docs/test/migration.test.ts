/** The programs of the migration page, run as printed. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { receive, type StorageAdapter, thryveWebhook } from '@thryve-webhook/middleware'
import { signedDelivery } from '@thryve-webhook/middleware/testing'
import ts from 'typescript'

const page = readFileSync(join(__dirname, '../migration.md'), 'utf8')

const load = (name: string): Record<string, unknown> => {
  const [, code = ''] = new RegExp(`\`\`\`ts\n// ${name}\n(.*?)\`\`\``, 's').exec(page) ?? []
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 }
  })
  const exports = {}
  new Function('exports', 'require', outputText)(exports, (module: string) => require(module))
  return exports
}

const forward = load('forward.ts')['forward'] as (request: IncomingMessage, to: string) => Promise<number>
const importPayload = load('import-payload.ts')['importPayload'] as (
  adapter: StorageAdapter,
  payload: unknown,
  receivedAt: Date
) => Promise<number>

const payload = (value: string, type = 'event.data.epoch.create') => ({
  endUserId: 'synthetic-user',
  type,
  data: { dataSourceId: 5, epochData: [{ startTimestamp: 1662579572000, dataTypeId: 1000, value }] }
})
const valuesIn = async (adapter: ReturnType<typeof memoryAdapter>) => {
  const values: string[] = []
  for await (const { value } of adapter.find({ dimension: 'epoch', endUserId: 'synthetic-user' })) values.push(value)
  return values
}
const hour = 3_600_000

test('forward: beside a receiver that reads the body itself, both have the same bytes', async () => {
  const adapter = memoryAdapter()
  const webhook = thryveWebhook('synthetic', adapter, { path: '/new' })
  const forwarded: Promise<number>[] = []
  const received: Buffer[] = []
  const server = createServer(async (request, response) => {
    if (request.url === '/new') return webhook(request, response)
    forwarded.push(forward(request, `http://127.0.0.1:${(server.address() as AddressInfo).port}/new`))
    received.push(await buffer(request))
    response.writeHead(204).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    const { headers, body } = await signedDelivery(payload('53'), { secret: 'synthetic' })
    const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}/old`
    const { status } = await fetch(to, { method: 'POST', headers, body })
    expect([status, await Promise.all(forwarded)]).toEqual([204, [204]])
    expect(received).toEqual([Buffer.from(body)])
    await webhook.idle()
    expect(await valuesIn(adapter)).toEqual(['53'])
  } finally {
    await webhook.close()
    server.closeAllConnections()
    server.close()
  }
})

test('importPayload: before or after newer versions, the newest stays, and twice is harmless', async () => {
  const now = Date.now()
  const versions = [
    ['1', now - 4 * hour],
    ['2', now - 2 * hour],
    ['3', now]
  ] as const
  for (const order of [versions, versions.toReversed(), [...versions, ...versions]]) {
    const adapter = memoryAdapter()
    for (const [value, at] of order) await importPayload(adapter, payload(value), new Date(at))
    expect(await valuesIn(adapter)).toEqual(['3'])
  }
})

test('importPayload: beside live traffic, an older payload does not overwrite what came since', async () => {
  const adapter = memoryAdapter()
  const webhook = thryveWebhook('synthetic', adapter)
  await receive(webhook, await signedDelivery(payload('live'), { secret: 'synthetic' }))
  await webhook.idle()
  await importPayload(adapter, payload('old'), new Date(Date.now() - 24 * hour))
  expect(await valuesIn(adapter)).toEqual(['live'])
  await webhook.close()
})

test('importPayload: what is no delivery, is told by its code, and bad records are counted', async () => {
  const adapter = memoryAdapter()
  await expect(importPayload(adapter, { type: 'other' }, new Date())).rejects.toThrow('THRYVE_UNKNOWN_TYPE')
  const bad = payload('1')
  bad.data.epochData.push({ startTimestamp: -1e20, dataTypeId: 1000, value: '2' })
  expect(await importPayload(adapter, bad, new Date())).toBe(1)
  expect(await valuesIn(adapter)).toEqual(['1'])
})
