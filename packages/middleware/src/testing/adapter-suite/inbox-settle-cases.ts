/** How work ends: completed, given back, given up; and what an operator can do afterwards. */
import { strict as assert } from 'node:assert'
import { rawDelivery } from '../synthetic-deliveries'
import { assertDelivery, hex } from './compare'
import { aMoment, claimEventually, longLease, shortLease } from './eventually'
import { A_DAY, leased, onlyEntry, reach, viewOf } from './inbox-steps'
import type { Cases } from './world'

/** Cases of `complete`, `release`, `bury`, `requeue` and `remove`. */
export const inboxSettleCases: Cases = {
  'inbox.complete: a marker stays, its body goes': async (world) => {
    const { inbox, probe } = world
    assert.equal(await inbox.complete(await leased(inbox), { ...A_DAY, endUserId: 'synthetic-user' }), true)
    const { state, bytes, endUserId, attempts } = await onlyEntry(world)
    assert.deepEqual(
      { state, bytes, endUserId, attempts },
      { state: 'done', bytes: 0, endUserId: 'synthetic-user', attempts: 1 }
    )
    const [marker] = await probe.inbox()
    assert.equal(marker?.state, 'done')
    assert.equal(hex(marker.body), 'none')
  },

  'inbox.complete: the lease ran out and nobody has claimed, still settles': async ({ inbox }) => {
    const lease = await leased(inbox, rawDelivery(), shortLease())
    await aMoment()
    await aMoment()
    assert.equal(await inbox.complete(lease, A_DAY), true)
    assert.equal(await inbox.claim(longLease()), undefined)
  },

  'inbox.complete: twice at once, settles once': async ({ inbox, crowd }) => {
    const lease = await leased(inbox)
    const adapters = await crowd(4)
    const results = await Promise.all(adapters.map((adapter) => adapter.inbox?.complete(lease, A_DAY)))
    assert.deepEqual(results.sort(), [false, false, false, true])
  },

  'inbox.release: the attempt counts, one more at the next claim': async (world) => {
    const { inbox } = world
    const lease = await leased(inbox)
    const release = { delayMs: 0, code: 'THRYVE_STORE_FAILED', countsAttempt: true, endUserId: 'synthetic-user' }
    assert.equal(await inbox.release(lease, release), true)
    const { state, attempts, lastError, endUserId } = await onlyEntry(world)
    assert.deepEqual([state, attempts, lastError, endUserId], ['ready', 1, 'THRYVE_STORE_FAILED', 'synthetic-user'])
    const claim = await claimEventually(inbox)
    assert.equal(claim.attempt, 2)
    assert.ok(claim.lease.token > lease.token)
  },

  'inbox.release: the attempt does not count, the same at the next claim': async (world) => {
    const { inbox } = world
    const lease = await leased(inbox)
    assert.equal(await inbox.release(lease, { delayMs: 0, code: 'THRYVE_CLOSED', countsAttempt: false }), true)
    assert.equal((await onlyEntry(world)).attempts, 0)
    const claim = await claimEventually(inbox)
    assert.equal(claim.attempt, 1)
    assert.ok(claim.lease.token > lease.token, 'the token grows all the same')
  },

  'inbox.release: the user was known before, it stays known': async (world) => {
    const { inbox } = world
    await reach(world, 'ready', { endUserId: 'synthetic-user' })
    const { lease } = await claimEventually(inbox)
    await inbox.release(lease, { delayMs: 0, code: 'TEST', countsAttempt: true })
    assert.equal((await onlyEntry(world)).endUserId, 'synthetic-user')
  },

  'inbox.bury: dead, with its body': async (world) => {
    const { inbox, probe } = world
    const delivery = rawDelivery({ body: Uint8Array.of(1, 2, 3) })
    const burial = { code: 'THRYVE_LISTENER_FAILED', endUserId: 'synthetic-user' }
    assert.equal(await inbox.bury(await leased(inbox, delivery), burial), true)
    const { state, bytes, lastError, endUserId } = await onlyEntry(world)
    assert.deepEqual([state, bytes, lastError, endUserId], ['dead', 3, 'THRYVE_LISTENER_FAILED', 'synthetic-user'])
    assert.equal(hex((await probe.inbox())[0]?.body), '010203')
  },

  'inbox.requeue: dead, claimed with the same bytes as attempt 1': async (world) => {
    const { inbox } = world
    const { delivery, lease } = await reach(world, 'dead')
    assert.equal(await inbox.requeue(delivery.id), true)
    assert.equal((await onlyEntry(world)).attempts, 0)
    const claim = await claimEventually(inbox)
    assertDelivery(claim.delivery, delivery)
    assert.equal(claim.attempt, 1)
    assert.ok(claim.lease.token > lease.token, 'the token grows all the same')
  },

  'inbox.requeue: twice, once': async (world) => {
    const { delivery } = await reach(world, 'dead')
    assert.equal(await world.inbox.requeue(delivery.id), true)
    assert.equal(await world.inbox.requeue(delivery.id), false)
  },

  'inbox.remove: dead, gone and accepted again': async (world) => {
    const { inbox, probe } = world
    const { delivery } = await reach(world, 'dead')
    assert.equal(await inbox.remove(delivery.id), true)
    assert.deepEqual(await probe.inbox(), [])
    assert.equal(await inbox.remove(delivery.id), false)
    assert.equal((await inbox.put(delivery)).outcome, 'accepted')
  },

  ...(Object.fromEntries(
    (['requeue', 'remove'] as const).flatMap((member) =>
      (['ready', 'leased', 'done'] as const).map((state) => [
        `inbox.${member}: ${state}, false and nothing changes`,
        async (world) => {
          const { delivery } = await reach(world, state)
          const before = await viewOf(world)
          assert.equal(await world.inbox[member](delivery.id), false)
          assert.deepEqual(await viewOf(world), before)
        }
      ])
    )
  ) satisfies Cases),

  'inbox.requeue and inbox.remove: unknown, false': async ({ inbox }) => {
    assert.equal(await inbox.requeue('unknown'), false)
    assert.equal(await inbox.remove('unknown'), false)
  }
}
