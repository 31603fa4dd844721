/** The quarantine: nothing authentic is thrown away. */
import { strict as assert } from 'node:assert'
import type { QuarantineSummary } from '../../storage/quarantine'
import { quarantineItem, rawDelivery } from '../synthetic-deliveries'
import { assertDelivery, hex } from './compare'
import { aMoment } from './eventually'
import { everyPage } from './pages'
import type { Cases, World } from './world'

const failures = [
  { path: 'data.epochData[3].startTimestamp', expected: 'ISO 8601 instant with zone' },
  { path: 'data.epochData[4]["a.$b"]', expected: 'a number' }
]

const idsOf = (entries: readonly QuarantineSummary[]): string[] => entries.map(({ delivery }) => delivery.id)

const byId = (one: { readonly deliveryId: string }, other: { readonly deliveryId: string }): number =>
  one.deliveryId < other.deliveryId ? -1 : 1

/** Adds one after the other, each later than the one before. @returns their ids, newest first. */
const addSome = async ({ quarantine }: World, count: number): Promise<string[]> => {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const item = quarantineItem()
    await quarantine.add(item)
    ids.unshift(item.delivery.id)
    await aMoment()
  }
  return ids
}

/** Cases of the quarantine. */
export const quarantineCases: Cases = {
  'quarantine.add: an item, got with all that is known of it': async ({ quarantine }) => {
    const item = quarantineItem({ scope: 'records', code: 'TEST', failures, badRecords: 7, endUserId: 'a.$b' })
    await quarantine.add(item)
    const entry = await quarantine.get(item.delivery.id)
    assert.ok(entry)
    const { delivery, firstSeenAt, scope, code, badRecords, endUserId } = entry
    assertDelivery(delivery, item.delivery)
    assert.ok(Number.isFinite(firstSeenAt.getTime()))
    assert.deepEqual([scope, code, badRecords, endUserId], ['records', 'TEST', 7, 'a.$b'])
    assert.deepEqual(
      entry.failures.map(({ path, expected }) => ({ path, expected })),
      failures
    )
  },

  'quarantine.add: an item of which little is known, absent stays absent': async ({ quarantine }) => {
    const { id, body, receivedAt } = rawDelivery()
    await quarantine.add(quarantineItem({ delivery: { id, body, receivedAt } }))
    const entry = await quarantine.get(id)
    assert.ok(entry)
    assertDelivery(entry.delivery, { id, body, receivedAt })
    assert.equal(entry.endUserId, undefined)
    assert.equal(entry.failures.length, 0)
    assert.equal(entry.badRecords, 0)
  },

  'quarantine.count: where there is one, as many as there are': async (world) => {
    const { quarantine } = world
    if (quarantine.count === undefined) return
    assert.equal(await quarantine.count(), 0)
    const [id = ''] = await addSome(world, 3)
    assert.equal(await quarantine.count(), 3)
    await quarantine.remove(id)
    assert.equal(await quarantine.count(), 2)
  },

  'quarantine.add: headers, kept in order, and gone when the item comes without them': async ({ quarantine }) => {
    const headers = [
      ['x-a.$b', '1'],
      ['__proto__', '2'],
      ['x-a.$b', '3']
    ] as const
    const item = quarantineItem({ code: 'THRYVE_UNVERIFIED', headers })
    await quarantine.add(item)
    assert.deepEqual((await quarantine.get(item.delivery.id))?.headers, headers)
    assert.deepEqual((await quarantine.list()).entries[0]?.headers, headers)
    await quarantine.add(quarantineItem({ delivery: item.delivery }))
    assert.equal((await quarantine.get(item.delivery.id))?.headers, undefined)
  },

  'quarantine.add: bytes, kept exactly': async ({ quarantine, probe }) => {
    const bodies = [
      Uint8Array.from({ length: 256 }, (_, byte) => byte),
      new Uint8Array(),
      Buffer.from('longer').subarray(2, 4)
    ]
    for (const body of bodies) {
      const item = quarantineItem({ delivery: rawDelivery({ body }) })
      await quarantine.add(item)
      assert.equal(hex((await quarantine.get(item.delivery.id))?.delivery.body), hex(body))
      const probed = (await probe.quarantine()).find(({ deliveryId }) => deliveryId === item.delivery.id)
      assert.equal(hex(probed?.body), hex(body))
    }
  },

  'quarantine.add: bytes changed by the caller afterwards, the store keeps its own': async ({ quarantine }) => {
    const item = quarantineItem({ delivery: rawDelivery({ body: Buffer.from([1, 2, 3]) }) })
    await quarantine.add(item)
    item.delivery.body.fill(0)
    const entry = await quarantine.get(item.delivery.id)
    entry?.delivery.body.fill(9)
    assert.equal(hex((await quarantine.get(item.delivery.id))?.delivery.body), '010203')
  },

  'quarantine.add: same delivery again, replaced but for when it was seen first': async ({ quarantine, probe }) => {
    const item = quarantineItem({ endUserId: 'synthetic-user', failures, badRecords: 2 })
    await quarantine.add(item)
    const before = await quarantine.get(item.delivery.id)
    await aMoment()
    await quarantine.add(quarantineItem({ delivery: item.delivery, code: 'OTHER', scope: 'records', badRecords: 5 }))
    const after = await quarantine.get(item.delivery.id)
    assert.deepEqual([after?.code, after?.scope, after?.badRecords], ['OTHER', 'records', 5])
    assert.deepEqual([after?.failures.length, after?.endUserId], [0, undefined])
    assert.equal(after?.firstSeenAt.getTime(), before?.firstSeenAt.getTime())
    assert.equal((await probe.quarantine()).length, 1)
  },

  'quarantine.add: same delivery from many at once, one entry': async ({ crowd, probe }) => {
    const item = quarantineItem()
    const adapters = await crowd(4)
    await Promise.all(Array.from({ length: 20 }, (_, index) => adapters[index % 4]?.quarantine?.add(item)))
    assert.equal((await probe.quarantine()).length, 1)
  },

  'quarantine.list: newest first, without the bytes': async (world) => {
    const ids = await addSome(world, 3)
    const { entries, next } = await world.quarantine.list()
    assert.deepEqual(idsOf(entries), ids)
    assert.equal(next, undefined)
    for (const entry of entries) {
      assert.equal(entry.bytes, rawDelivery().body.length)
      assert.equal('body' in entry.delivery, false)
    }
  },

  'quarantine.list: one was added again, it keeps its place': async (world) => {
    const ids = await addSome(world, 3)
    await world.quarantine.add(quarantineItem({ delivery: rawDelivery({ id: ids[2] as string }) }))
    assert.deepEqual(idsOf((await world.quarantine.list()).entries), ids)
  },

  'quarantine.list: nothing there, one empty page': async ({ quarantine }) => {
    const page = await quarantine.list()
    assert.equal(page.entries.length, 0)
    assert.equal(page.next, undefined)
  },

  'quarantine.list: page by page, each once and in order': async (world) => {
    const ids = await addSome(world, 7)
    for (const limit of [1, 3, 7, 8]) {
      assert.deepEqual(idsOf(await everyPage((query) => world.quarantine.list(query), limit)), ids)
    }
  },

  'quarantine.list: page by page and all added at once, each once': async ({ quarantine }) => {
    const items = Array.from({ length: 25 }, () => quarantineItem())
    await Promise.all(items.map((item) => quarantine.add(item)))
    const ids = idsOf(await everyPage((query) => quarantine.list(query), 4))
    assert.deepEqual(ids.sort(), items.map(({ delivery }) => delivery.id).sort())
  },

  'quarantine.list: page by page while others come, each of before once': async (world) => {
    const ids = await addSome(world, 6)
    const listed = await everyPage(async (query) => {
      const page = await world.quarantine.list(query)
      await world.quarantine.add(quarantineItem())
      return page
    }, 2)
    assert.deepEqual(
      idsOf(listed).filter((id) => ids.includes(id)),
      ids
    )
    assert.equal(new Set(idsOf(listed)).size, listed.length)
  },

  'quarantine.list: page by page while they are removed, none is skipped': async (world) => {
    const ids = await addSome(world, 6)
    const listed = await everyPage(async (query) => {
      const page = await world.quarantine.list(query)
      for (const { delivery } of page.entries) await world.quarantine.remove(delivery.id)
      return page
    }, 2)
    assert.deepEqual(idsOf(listed), ids)
  },

  'quarantine.list: no limit asked for, 100 to a page': async ({ quarantine }) => {
    await Promise.all(Array.from({ length: 101 }, () => quarantine.add(quarantineItem())))
    const page = await quarantine.list()
    assert.equal(page.entries.length, 100)
    assert.ok(page.next)
    assert.equal((await quarantine.list({ after: page.next })).entries.length, 1)
  },

  'quarantine.get: unknown, undefined': async ({ quarantine }) => {
    assert.equal(await quarantine.get('unknown'), undefined)
  },

  'quarantine.remove: there, true and gone': async ({ quarantine, probe }) => {
    const [item, other] = [quarantineItem(), quarantineItem()]
    await quarantine.add(item)
    await quarantine.add(other)
    assert.equal(await quarantine.remove(item.delivery.id), true)
    assert.equal(await quarantine.get(item.delivery.id), undefined)
    assert.deepEqual(
      (await probe.quarantine()).map(({ deliveryId }) => deliveryId),
      [other.delivery.id]
    )
  },

  'quarantine.remove: unknown, false': async ({ quarantine }) => {
    assert.equal(await quarantine.remove('unknown'), false)
  },

  'quarantine.trim: within the bounds, nothing goes': async (world) => {
    const ids = await addSome(world, 3)
    const bytes = rawDelivery().body.length
    assert.deepEqual(await world.quarantine.trim({ maxEntries: 3, maxBytes: 3 * bytes }), [])
    assert.deepEqual(idsOf((await world.quarantine.list()).entries), ids)
  },

  'quarantine.trim: too many, those seen first go and are told': async (world) => {
    const ids = await addSome(world, 5)
    const bytes = rawDelivery().body.length
    const dropped = await world.quarantine.trim({ maxEntries: 2, maxBytes: 1_000_000 })
    assert.deepEqual(
      dropped.map((entry) => ({ deliveryId: entry.deliveryId, bytes: entry.bytes })).sort(byId),
      ids
        .slice(2)
        .map((deliveryId) => ({ deliveryId, bytes }))
        .sort(byId)
    )
    assert.deepEqual(
      (await world.probe.quarantine()).map(({ deliveryId }) => deliveryId).sort(),
      ids.slice(0, 2).sort()
    )
    assert.deepEqual(await world.quarantine.trim({ maxEntries: 2, maxBytes: 1_000_000 }), [])
  },

  'quarantine.trim: too many bytes, the newest that fit stay': async (world) => {
    const ids = await addSome(world, 4)
    const bytes = rawDelivery().body.length
    const dropped = await world.quarantine.trim({ maxEntries: 100, maxBytes: 3 * bytes - 1 })
    assert.equal(dropped.length, 2)
    assert.deepEqual(idsOf((await world.quarantine.list()).entries), ids.slice(0, 2))
  },

  'quarantine.trim: several at once, each that went is told once': async (world) => {
    const ids = await addSome(world, 6)
    const crowd = await world.crowd(3)
    const dropped = await Promise.all(
      crowd.map(({ quarantine }) => quarantine?.trim({ maxEntries: 2, maxBytes: 1_000_000 }))
    )
    assert.deepEqual(
      dropped
        .flatMap((entries) => entries ?? [])
        .map(({ deliveryId }) => deliveryId)
        .sort(),
      ids.slice(2).sort()
    )
  }
}
