/** What an operator sees of the inbox. */
import { strict as assert } from 'node:assert'
import type { InboxEntry } from '../../storage/inbox'
import { rawDelivery } from '../synthetic-deliveries'
import { AN_HOUR_MS } from './eventually'
import { leased, reach } from './inbox-steps'
import { everyPage } from './pages'
import type { Cases } from './world'

const receivedAt = (minute: number): Date => new Date(Date.UTC(2024, 4, 1, 8, minute))
const received = (minute: number) => rawDelivery({ receivedAt: receivedAt(minute) })
const idsOf = (entries: readonly InboxEntry[]): string[] => entries.map(({ deliveryId }) => deliveryId)
const idOf = ({ id }: { readonly id: string }): string => id

/** Cases of `list` and `stats`. */
export const inboxListCases: Cases = {
  'inbox.list: nothing there, one empty page': async ({ inbox }) => {
    const page = await inbox.list()
    assert.equal(page.entries.length, 0)
    assert.equal(page.next, undefined)
  },

  'inbox.list: an entry, all that is known of it': async ({ inbox }) => {
    const delivery = rawDelivery({ body: Uint8Array.of(1, 2, 3) })
    await inbox.put(delivery)
    const [entry] = (await inbox.list()).entries
    assert.ok(entry)
    assert.equal(entry.deliveryId, delivery.id)
    assert.equal(entry.state, 'ready')
    assert.equal(entry.receivedAt.getTime(), delivery.receivedAt.getTime())
    assert.equal(entry.attempts, 0)
    assert.equal(entry.lastError, undefined)
    assert.equal(entry.endUserId, undefined)
    assert.equal(entry.bytes, 3)
    assert.equal('body' in entry, false)
  },

  "inbox.list: by the store's clock, when each may be claimed": async (world) => {
    const { inbox } = world
    const lease = await leased(inbox, received(1), { owner: 'worker', durationMs: 0 })
    const [atOnce] = (await inbox.list()).entries
    await inbox.extend(lease, AN_HOUR_MS)
    const [later] = (await inbox.list()).entries
    if (atOnce?.availableAt === undefined || later?.availableAt === undefined) return
    const movedMs = later.availableAt.getTime() - atOnce.availableAt.getTime()
    assert.ok(movedMs >= AN_HOUR_MS && movedMs < 2 * AN_HOUR_MS, `moved by ${movedMs} ms`)
    await inbox.bury(lease, { code: 'TEST' })
    assert.equal((await inbox.list()).entries[0]?.availableAt, undefined)
  },

  'inbox.list: a date changed by the caller afterwards, the store keeps its own': async ({ inbox }) => {
    await inbox.put(received(1))
    for (const entry of (await inbox.list()).entries) entry.receivedAt.setTime(0)
    assert.equal((await inbox.list()).entries[0]?.receivedAt.getTime(), receivedAt(1).getTime())
  },

  'inbox.list: oldest first by receipt, whoever was put first': async ({ inbox }) => {
    const deliveries = [received(1), received(2), received(3), received(4)]
    for (const index of [2, 0, 3, 1]) await inbox.put(deliveries[index] ?? rawDelivery())
    assert.deepEqual(idsOf((await inbox.list()).entries), deliveries.map(idOf))
  },

  'inbox.list: by state, only these': async (world) => {
    for (const state of ['ready', 'leased', 'dead', 'done'] as const) {
      const { delivery } = await reach(world, state)
      assert.deepEqual(idsOf((await world.inbox.list({ state })).entries), [delivery.id])
    }
  },

  'inbox.list: no state asked for, everything but done markers': async (world) => {
    await reach(world, 'done')
    const deliveries = []
    for (const [minute, state] of (['ready', 'leased', 'dead'] as const).entries()) {
      deliveries.push((await reach(world, state, { delivery: received(minute) })).delivery)
    }
    assert.deepEqual(idsOf((await world.inbox.list()).entries), deliveries.map(idOf))
  },

  'inbox.list: page by page, each entry once and in order': async ({ inbox }) => {
    const deliveries = Array.from({ length: 12 }, (_, minute) => received(minute))
    for (const delivery of deliveries) await inbox.put(delivery)
    for (const limit of [1, 5, 6, 12, 13]) {
      assert.deepEqual(idsOf(await everyPage((query) => inbox.list(query), limit)), deliveries.map(idOf))
    }
  },

  'inbox.list: page by page and all received at once, each entry once': async ({ inbox }) => {
    const deliveries = Array.from({ length: 12 }, () => received(0))
    for (const delivery of deliveries) await inbox.put(delivery)
    const ids = idsOf(await everyPage((query) => inbox.list(query), 5))
    assert.deepEqual(ids.sort(), deliveries.map(idOf).sort())
  },

  'inbox.list: page by page while entries are settled, each remaining entry once': async (world) => {
    const { inbox } = world
    const deliveries = Array.from({ length: 9 }, (_, minute) => received(minute))
    for (const delivery of deliveries) await reach(world, 'dead', { delivery })
    const first = await inbox.list({ limit: 3, state: 'dead' })
    for (const { deliveryId } of first.entries) await inbox.remove(deliveryId)
    assert.ok(first.next)
    const rest = await inbox.list({ state: 'dead', after: first.next })
    assert.deepEqual(idsOf(rest.entries), deliveries.slice(3).map(idOf))
  },

  'inbox.list: no limit asked for, 100 to a page': async ({ inbox }) => {
    for (let minute = 0; minute < 101; minute++) await inbox.put(received(minute))
    const page = await inbox.list()
    assert.equal(page.entries.length, 100)
    assert.ok(page.next)
    assert.equal((await inbox.list({ after: page.next })).entries.length, 1)
  },

  'inbox.stats: nothing there, all 0': async ({ inbox }) => {
    const { ready, leased: held, dead, done, oldestPendingAt } = await inbox.stats()
    assert.deepEqual([ready, held, dead, done, oldestPendingAt], [0, 0, 0, 0, undefined])
  },

  'inbox.stats: entries of every state, counted': async (world) => {
    const { inbox } = world
    for (const minute of [5, 4, 7]) await inbox.put(received(minute))
    await leased(inbox, received(6))
    await reach(world, 'dead', { delivery: received(1) })
    await reach(world, 'dead', { delivery: received(2) })
    await reach(world, 'done', { delivery: received(0) })
    const { ready, leased: held, dead, done, oldestPendingAt } = await inbox.stats()
    assert.deepEqual([ready, held, dead, done], [3, 1, 2, 1])
    assert.equal(oldestPendingAt?.getTime(), receivedAt(4).getTime())
  },

  'inbox.stats: the oldest is being worked on, it still counts as pending': async ({ inbox }) => {
    await inbox.put(received(2))
    await leased(inbox, received(1))
    assert.equal((await inbox.stats()).oldestPendingAt?.getTime(), receivedAt(1).getTime())
  }
}
