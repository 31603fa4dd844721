/** While values are hidden, nothing that leaves the inspector holds one, nor who it is of. */
import { setTimeout } from 'node:timers/promises'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { rawDelivery } from '@thryve-webhook/middleware/testing'
import { epochDelivery, epochItem, openSession, postForm, secret, startWorld, user, type World } from './world'

const VALUE = '73519.4862'
const ALIAS = 'marked-alias-91c2'
const BAD = 'marked-bad-55e0'

let world: World
beforeEach(async () => {
  const adapter = memoryAdapter()
  world = await startWorld({ adapter, options: { authorize: () => 'ada', sampleSeconds: 1 } })
  const marked = { ...epochDelivery([epochItem(Date.now(), VALUE), epochItem(BAD, VALUE)]), endUserAlias: ALIAS }
  await world.send(marked)
  await world.send(epochDelivery([epochItem(Date.now() - 1, VALUE)]))
  await world.send(`{"endUserId":"${user}","value":"${VALUE}" ${BAD}`)
  await world.send(epochDelivery([epochItem(Date.now(), VALUE)]), `not ${secret}`)
  const put = await adapter.inbox.put(rawDelivery(), { owner: 'test', durationMs: 60_000 })
  if (put.outcome !== 'accepted' || put.lease === undefined) throw new Error('not accepted')
  await adapter.inbox.bury(put.lease, { code: 'THRYVE_LISTENER_FAILED', endUserId: user })
  await world.webhook.idle()
})
afterEach(() => world.close())

const MARKS = [VALUE, String(Number(VALUE)), user, ALIAS, BAD]
const found = (text: string): string[] => MARKS.filter((mark) => text.includes(mark))

/** Reads the stream until it has told of the deliveries. */
const readStream = async (): Promise<string> => {
  const response = await fetch(`${world.url}/live/events`)
  const reader = response.body?.getReader()
  let text = ''
  while (!text.includes('partly-quarantined')) text += Buffer.from((await reader?.read())?.value ?? []).toString()
  await reader?.cancel()
  return text
}

test('pages, stream, figures and logs: none holds a value, a user or an alias', async () => {
  await setTimeout(1_100)
  const texts = [await readStream()]
  for (const address of ['live', 'health', 'health/report', 'data', 'quarantine', 'dead-letters']) {
    texts.push(await (await fetch(`${world.url}/${address}`)).text())
  }
  const fields = { user, dimension: 'epoch' }
  texts.push(await (await postForm(world, 'data/overview', fields)).text())
  texts.push(await (await postForm(world, 'data/records', fields)).text())
  texts.push(await (await postForm(world, 'data/overview', { ...fields, from: 'tomorrow' })).text())
  texts.push(world.logged.join('\n'))
  expect(texts.every((text) => text.length > 0)).toBe(true)
  expect(texts.map(found)).toEqual(texts.map(() => []))
})

test('values: asked for, are there, and each answer is one audit event and one line without them', async () => {
  const fields = { user, dimension: 'epoch' }
  expect(await (await postForm(world, 'data/charts', fields)).text()).toContain(VALUE)
  expect(await (await postForm(world, 'data/records', { ...fields, reveal: 'yes' })).text()).toContain(VALUE)
  expect(world.audited).toEqual([
    { action: 'reveal', endUserId: user, principal: 'ada', at: expect.any(Date) },
    { action: 'reveal', endUserId: user, principal: 'ada', at: expect.any(Date) }
  ])
  const lines = world.logged.filter((line) => line.includes('"reveal"'))
  expect(lines).toHaveLength(2)
  expect(lines.flatMap(found)).toEqual([])
})

test('a user in an address, is not looked up', async () => {
  const { cookie } = await openSession(world)
  const response = await fetch(`${world.url}/data/overview?user=${user}`, { headers: { cookie } })
  expect(response.status).toBe(405)
})

test('an audit that fails, reveals nothing', async () => {
  const strict = await startWorld({
    adapter: world.adapter,
    options: { onAudit: () => Promise.reject(new Error('no room')) }
  })
  try {
    const response = await postForm(strict, 'data/charts', { user, dimension: 'epoch' })
    expect([response.status, await response.json()]).toEqual([500, { code: 'INSPECTOR_AUDIT_FAILED' }])
  } finally {
    await strict.close()
  }
})

test('a store that fails, is told as a code without its message', async () => {
  const adapter = memoryAdapter()
  const broken = await startWorld({ adapter })
  await adapter.close()
  try {
    const page = await fetch(`${broken.url}/quarantine`)
    expect([page.status, (await page.text()).includes('memory adapter is closed')]).toEqual([503, false])
    const response = await postForm(broken, 'data/overview', { user, dimension: 'epoch' })
    expect([response.status, await response.json()]).toEqual([503, { code: 'INSPECTOR_STORE_FAILED' }])
  } finally {
    await broken.close()
  }
})
