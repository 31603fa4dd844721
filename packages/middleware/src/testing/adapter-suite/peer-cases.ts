/** Several adapters over one store, as several receivers share a database. */
import { strict as assert } from 'node:assert'
import type { StorageAdapter } from '../../storage/storage'
import { quarantineItem, rawDelivery } from '../synthetic-deliveries'
import { epochRecord, saveBatch, versioned } from '../synthetic-records'
import { callsOf } from './calls'
import { assertCounts, assertDelivery } from './compare'
import { claimEventually, shortLease } from './eventually'
import { leased } from './inbox-steps'
import type { AdapterSupport, Cases, World } from './world'

const peerOf = async ({ crowd }: World): Promise<StorageAdapter> => {
  const [, peer] = await crowd(2)
  assert.ok(peer)
  return peer
}

/** Cases of adapters that share a store. */
export const peerCases = (supports: AdapterSupport): Cases => ({
  'peers: saved by one, unchanged for the other': async (world) => {
    const peer = await peerOf(world)
    const batch = saveBatch(versioned(epochRecord()))
    assertCounts(await world.adapter.save(batch), { inserted: 1 })
    assertCounts(await peer.save(batch), { unchanged: 1 })
  },

  ...(supports.inbox && inboxCases),
  ...(supports.quarantine && quarantineCases),
  ...(supports.close && closeCases(supports))
})

const inboxCases: Cases = {
  'peers: put by one that stopped, claimed by the other once the lease ran out': async (world) => {
    const peer = await peerOf(world)
    const delivery = rawDelivery()
    await leased(world.inbox, delivery, shortLease())
    await world.adapter.close?.()
    assert.ok(peer.inbox)
    const claim = await claimEventually(peer.inbox)
    assertDelivery(claim.delivery, delivery)
    assert.equal(claim.attempt, 2)
    assert.equal((await peer.inbox.put(delivery)).outcome, 'duplicate')
  }
}

const quarantineCases: Cases = {
  'peers: quarantined by one, got by the other': async (world) => {
    const peer = await peerOf(world)
    const item = quarantineItem()
    await world.quarantine.add(item)
    const entry = await peer.quarantine?.get(item.delivery.id)
    assert.ok(entry)
    assertDelivery(entry.delivery, item.delivery)
  }
}

const closeCases = (supports: AdapterSupport): Cases => ({
  'peers: one is closed, the other goes on': async (world) => {
    const peer = await peerOf(world)
    await world.adapter.close?.()
    for (const [name, call] of Object.entries(callsOf(supports))) {
      await assert.doesNotReject(async () => call(peer), `${name} rejected`)
    }
  }
})
