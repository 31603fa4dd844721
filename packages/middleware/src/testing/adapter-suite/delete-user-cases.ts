/** Erasing a user: everything that is known to be theirs, and nothing else. */
import { strict as assert } from 'node:assert'
import { quarantineItem } from '../synthetic-deliveries'
import { dailyRecord, epochRecord, saveBatch, versioned } from '../synthetic-records'
import { assertCounts } from './compare'
import { aMoment, claimEventually, longLease } from './eventually'
import { A_DAY, leased, reach } from './inbox-steps'
import type { AdapterSupport, Cases, World } from './world'

const user = 'synthetic-user'
/** Ids that begin like the user's, or would match it as a pattern. */
const others = ['synthetic-user-2', 'synthetic', 'Synthetic-User', 'synthetic.user', '.*', '$ne']

const recordsOf = (endUserId: string) => [
  versioned(epochRecord({ endUserId })),
  versioned(epochRecord({ endUserId, dataTypeId: 3000 })),
  versioned(dailyRecord({ endUserId }))
]

const usersOf = async ({ probe }: World): Promise<string[]> =>
  (await probe.records()).map(({ record }) => record.endUserId).sort()

/** Cases of `deleteUser`. */
export const deleteUserCases = (supports: AdapterSupport): Cases => ({
  'deleteUser: records of both dimensions, all gone and those of others left': async (world) => {
    for (const endUserId of [user, ...others]) await world.adapter.save(saveBatch(...recordsOf(endUserId)))
    const { records, inbox, quarantine } = await world.deleteUser(user)
    assert.deepEqual([records, inbox, quarantine], [3, 0, 0])
    assert.deepEqual(await usersOf(world), others.flatMap((other) => [other, other, other]).sort())
  },

  'deleteUser: unknown user, nothing': async (world) => {
    await world.adapter.save(saveBatch(...recordsOf('other-user')))
    const { records, inbox, quarantine } = await world.deleteUser(user)
    assert.deepEqual([records, inbox, quarantine], [0, 0, 0])
    assert.equal((await world.probe.records()).length, 3)
  },

  'deleteUser: twice, nothing the second time': async (world) => {
    await world.adapter.save(saveBatch(...recordsOf(user)))
    await world.deleteUser(user)
    assert.equal((await world.deleteUser(user)).records, 0)
  },

  'deleteUser: the user comes back, inserted as new': async (world) => {
    await world.adapter.save(saveBatch(...recordsOf(user)))
    await world.deleteUser(user)
    assertCounts(await world.adapter.save(saveBatch(...recordsOf(user))), { inserted: 3 })
    assert.equal((await world.probe.records()).length, 3)
  },

  ...(supports.inbox && inboxCases),
  ...(supports.quarantine && quarantineCases)
})

const inboxCases: Cases = {
  'deleteUser: inbox entries of every state, those known to be theirs gone': async (world) => {
    const kept: string[] = []
    for (const state of ['ready', 'dead', 'done'] as const) {
      await reach(world, state, { endUserId: user })
      kept.push((await reach(world, state, { endUserId: others[0] as string })).delivery.id)
      kept.push((await reach(world, state)).delivery.id)
    }
    assert.equal((await world.deleteUser(user)).inbox, 3)
    const left = await world.probe.inbox()
    assert.deepEqual(left.map(({ deliveryId }) => deliveryId).sort(), kept.sort())
    assert.ok(left.every(({ endUserId }) => endUserId !== user))
  },

  'deleteUser: an entry that is being worked on, gone and its worker fenced': async (world) => {
    const { inbox } = world
    await reach(world, 'ready', { endUserId: user })
    const claim = await claimEventually(inbox)
    assert.equal((await world.deleteUser(user)).inbox, 1)
    assert.equal(await inbox.complete(claim.lease, { ...A_DAY, endUserId: user }), false)
    assert.deepEqual(await world.probe.inbox(), [])
  },

  'deleteUser: an entry that waits, never claimed afterwards': async (world) => {
    await reach(world, 'ready', { endUserId: user })
    await world.deleteUser(user)
    await aMoment()
    assert.equal(await world.inbox.claim(longLease()), undefined)
  },

  'deleteUser: an entry whose user is not known yet, left': async (world) => {
    const lease = await leased(world.inbox)
    assert.equal((await world.deleteUser(user)).inbox, 0)
    assert.equal(await world.inbox.complete(lease, A_DAY), true)
  }
}

const quarantineCases: Cases = {
  'deleteUser: quarantined deliveries, those known to be theirs gone': async (world) => {
    const [theirs, another, unknown] = [
      quarantineItem({ endUserId: user }),
      quarantineItem({ endUserId: others[0] as string }),
      quarantineItem()
    ]
    for (const item of [theirs, another, unknown]) await world.quarantine.add(item)
    assert.equal((await world.deleteUser(user)).quarantine, 1)
    const left = (await world.probe.quarantine()).map(({ deliveryId }) => deliveryId)
    assert.deepEqual(left.sort(), [another, unknown].map(({ delivery }) => delivery.id).sort())
  }
}
