/** Looking at one entry, without touching it. */
import { strict as assert } from 'node:assert'
import type { InboxEntryDetails } from '../../storage/inbox'
import { rawDelivery } from '../synthetic-deliveries'
import { assertDelivery, hex } from './compare'
import { leased, onlyEntry, reach, viewOf } from './inbox-steps'
import type { Cases, World } from './world'

const get = ({ inbox }: World, deliveryId: string): Promise<InboxEntryDetails | undefined> =>
  inbox.get?.(deliveryId) ?? assert.fail('The suite was told to test inbox.get, which is not there.')

/** Cases of `get`. */
export const inboxGetCases: Cases = {
  'inbox.get: unknown, nothing': async (world) => {
    await world.inbox.put(rawDelivery())
    assert.equal(await get(world, 'unknown'), undefined)
  },

  'inbox.get: an entry of each state, as it is listed and with the bytes received': async (world) => {
    for (const state of ['ready', 'leased', 'dead'] as const) {
      const { delivery } = await reach(world, state, { endUserId: 'synthetic-user' })
      const entry = await get(world, delivery.id)
      assert.ok(entry?.delivery)
      assertDelivery(entry.delivery, delivery)
      const { delivery: _, ...summary } = entry
      assert.deepEqual([summary], (await world.inbox.list({ state })).entries)
    }
  },

  'inbox.get: a done marker, without a delivery': async (world) => {
    const { delivery } = await reach(world, 'done', { endUserId: 'synthetic-user' })
    const entry = await get(world, delivery.id)
    assert.ok(entry)
    assert.equal(entry.delivery, undefined)
    assert.deepEqual(entry, await onlyEntry(world))
  },

  'inbox.get: an entry that is being worked on, nothing changes': async (world) => {
    const delivery = rawDelivery()
    const lease = await leased(world.inbox, delivery)
    const before = await viewOf(world)
    await get(world, delivery.id)
    assert.deepEqual(await viewOf(world), before)
    assert.equal(await world.inbox.extend(lease, 1_000), true)
  },

  'inbox.get: bytes changed by the caller afterwards, the store keeps its own': async (world) => {
    const delivery = rawDelivery({ body: Uint8Array.of(1, 2, 3) })
    await world.inbox.put(delivery)
    const entry = await get(world, delivery.id)
    entry?.delivery?.body.fill(9)
    assert.equal(hex((await get(world, delivery.id))?.delivery?.body), '010203')
  }
}
