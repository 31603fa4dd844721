/** Time to the millisecond, by the store's clock; everything else about the inbox is in the adapter suite. */
import { quarantineItem, rawDelivery } from '@thryve-webhook/middleware/testing'
import { memoryAdapter } from '../src'

const owner = 'worker'

const world = () => {
  let time = 1_000_000
  const { inbox, quarantine, deleteUser } = memoryAdapter({ now: () => time })
  const hold = async (delivery = rawDelivery(), durationMs = 30_000) => {
    const result = await inbox.put(delivery, { owner, durationMs })
    if (result.outcome !== 'accepted' || result.lease === undefined) throw new Error('not leased')
    return result.lease
  }
  const isClaimable = async () => (await inbox.claim({ owner, durationMs: 30_000 })) !== undefined
  const pass = (ms: number) => {
    time += ms
  }
  return { inbox, quarantine, deleteUser, hold, isClaimable, pass }
}

test('claim: a lease, it runs out at its last millisecond', async () => {
  const { hold, isClaimable, pass } = world()
  await hold()
  pass(29_999)
  expect(await isClaimable()).toBe(false)
  pass(1)
  expect(await isClaimable()).toBe(true)
})

test('extend: a lease, it counts from now', async () => {
  const { inbox, hold, isClaimable, pass } = world()
  const lease = await hold()
  pass(20_000)
  await inbox.extend(lease, 15_000)
  pass(14_999)
  expect(await isClaimable()).toBe(false)
  pass(1)
  expect(await isClaimable()).toBe(true)
})

test('release: a delay, it is over at its last millisecond', async () => {
  const { inbox, hold, isClaimable, pass } = world()
  await inbox.release(await hold(), { delayMs: 5_000, code: 'TEST', countsAttempt: true })
  pass(4_999)
  expect(await isClaimable()).toBe(false)
  pass(1)
  expect(await isClaimable()).toBe(true)
})

test('claim: entries due at once, in the order they came', async () => {
  const { inbox } = world()
  const deliveries = Array.from({ length: 20 }, () => rawDelivery())
  for (const delivery of deliveries) await inbox.put(delivery)
  for (const { id } of deliveries) expect((await inbox.claim({ owner, durationMs: 1 }))?.lease.deliveryId).toBe(id)
})

test('complete: a marker, it is forgotten after dedupeSeconds', async () => {
  const { inbox, hold, pass } = world()
  const delivery = rawDelivery()
  await inbox.complete(await hold(delivery), { dedupeSeconds: 86_400 })
  pass(86_399_999)
  expect(await inbox.put(delivery)).toEqual({ outcome: 'duplicate' })
  expect((await inbox.stats()).done).toBe(1)
  pass(1)
  expect((await inbox.stats()).done).toBe(0)
  expect(await inbox.put(delivery)).toEqual({ outcome: 'accepted' })
})

test('complete: markers of different lives, each goes in its time', async () => {
  const { inbox, hold, pass } = world()
  for (const dedupeSeconds of [3, 1, 2]) await inbox.complete(await hold(), { dedupeSeconds })
  for (const left of [3, 2, 1, 0]) {
    expect((await inbox.list({ state: 'done' })).entries).toHaveLength(left)
    pass(1_000)
  }
})

test('put: a delivery again after its marker went, an old lease is worth nothing', async () => {
  const { inbox, hold, pass } = world()
  const delivery = rawDelivery()
  const old = await hold(delivery)
  await inbox.complete(old, { dedupeSeconds: 1 })
  pass(1_000)
  const lease = await hold(delivery)
  expect(await inbox.complete(old, { dedupeSeconds: 1 })).toBe(false)
  expect(await inbox.complete(lease, { dedupeSeconds: 1 })).toBe(true)
})

test('deleteUser: a marker was erased, its time passes without harm', async () => {
  const { inbox, deleteUser, hold, pass } = world()
  await inbox.complete(await hold(), { dedupeSeconds: 1, endUserId: 'synthetic-user' })
  await inbox.complete(await hold(), { dedupeSeconds: 2, endUserId: 'other-user' })
  expect((await deleteUser('synthetic-user')).inbox).toBe(1)
  pass(1_500)
  expect((await inbox.stats()).done).toBe(1)
})

test('quarantine: when it was seen first, by the clock', async () => {
  const { quarantine, pass } = world()
  const item = quarantineItem()
  await quarantine.add(item)
  pass(5_000)
  await quarantine.add(item)
  expect((await quarantine.get(item.delivery.id))?.firstSeenAt).toEqual(new Date(1_000_000))
})
