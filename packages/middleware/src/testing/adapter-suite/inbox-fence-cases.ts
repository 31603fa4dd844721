/** Fencing: who lost the lease changes nothing, however late it tries. */
import { strict as assert } from 'node:assert'
import type { Inbox, Lease } from '../../storage/inbox'
import { AN_HOUR_MS, claimEventually, longLease, shortLease } from './eventually'
import { A_DAY, leased, reach, viewOf } from './inbox-steps'
import type { Cases, World } from './world'

const late = { endUserId: 'late-user', code: 'TOO_LATE' }

const transitions: Record<string, (inbox: Inbox, lease: Lease) => Promise<boolean>> = {
  extend: (inbox, lease) => inbox.extend(lease, AN_HOUR_MS),
  complete: (inbox, lease) => inbox.complete(lease, { ...A_DAY, endUserId: late.endUserId }),
  release: (inbox, lease) => inbox.release(lease, { ...late, delayMs: 0, countsAttempt: true }),
  bury: (inbox, lease) => inbox.bury(lease, late)
}

type Transition = (typeof transitions)[string]

const changesNothing = async (world: World, transition: Transition, lease: Lease): Promise<void> => {
  const before = await viewOf(world)
  assert.equal(await transition(world.inbox, lease), false)
  assert.deepEqual(await viewOf(world), before)
}

/** What each transition must refuse. */
const fenceOf = (name: string, transition: Transition): Cases => ({
  [`inbox.${name}: another worker has claimed since, false and nothing changes`]: async (world) => {
    const { lease } = await reach(world, 'leased', { request: shortLease('one') })
    const claim = await claimEventually(world.inbox, longLease('two'))
    await changesNothing(world, transition, lease)
    assert.equal(await world.inbox.complete(claim.lease, A_DAY), true)
  },

  [`inbox.${name}: the same worker has claimed again, its old lease is as good as none`]: async (world) => {
    const { lease } = await reach(world, 'leased', { request: shortLease('one') })
    const claim = await claimEventually(world.inbox, longLease('one'))
    await changesNothing(world, transition, lease)
    assert.equal(await world.inbox.complete(claim.lease, A_DAY), true)
  },

  [`inbox.${name}: another worker has settled since, false and nothing changes`]: async (world) => {
    const { lease } = await reach(world, 'leased', { request: shortLease('one') })
    const claim = await claimEventually(world.inbox, longLease('two'))
    await world.inbox.complete(claim.lease, A_DAY)
    await changesNothing(world, transition, lease)
  },

  ...(Object.fromEntries(
    (['ready', 'dead', 'done'] as const).map((state) => [
      `inbox.${name}: already settled as ${state}, false and nothing changes`,
      async (world) => changesNothing(world, transition, (await reach(world, state)).lease)
    ])
  ) satisfies Cases),

  [`inbox.${name}: dead, requeued and claimed since, false and nothing changes`]: async (world) => {
    const { delivery, lease } = await reach(world, 'dead')
    await world.inbox.requeue(delivery.id)
    await claimEventually(world.inbox)
    await changesNothing(world, transition, lease)
  },

  [`inbox.${name}: released without counting and claimed since, false and nothing changes`]: async (world) => {
    const lease = await leased(world.inbox)
    await world.inbox.release(lease, { delayMs: 0, code: 'TEST', countsAttempt: false })
    await claimEventually(world.inbox)
    await changesNothing(world, transition, lease)
  },

  [`inbox.${name}: unknown entry, false and nothing appears`]: async (world) => {
    await changesNothing(world, transition, { deliveryId: 'unknown', owner: 'worker', token: 1 })
  },

  [`inbox.${name}: a token that was never given, false and nothing changes`]: async (world) => {
    const { lease } = await reach(world, 'leased')
    await changesNothing(world, transition, { ...lease, token: lease.token + 1 })
  }
})

/** Cases of every change that carries a lease. */
export const inboxFenceCases: Cases = {
  ...Object.assign({}, ...Object.entries(transitions).map(([name, transition]) => fenceOf(name, transition))),

  'inbox.extend: a lost lease, the new one still runs out in time': async ({ inbox }) => {
    const lost = await leased(inbox, undefined, shortLease('one'))
    await claimEventually(inbox, shortLease('two'))
    await inbox.extend(lost, AN_HOUR_MS)
    assert.equal((await claimEventually(inbox)).attempt, 3)
  }
}
