/** Into the inbox: once, and byte for byte. */
import { strict as assert } from 'node:assert'
import type { RawDelivery } from '../../storage/raw-delivery'
import { rawDelivery } from '../synthetic-deliveries'
import { assertDelivery, hex } from './compare'
import { claimEventually, longLease, shortLease } from './eventually'
import { leased, reach, viewOf } from './inbox-steps'
import type { Cases } from './world'

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)

const withoutEnvelope = (): RawDelivery => {
  const { id, body, receivedAt } = rawDelivery()
  return { id, body, receivedAt }
}

const deliveries: Record<string, () => RawDelivery> = {
  'every byte there is': () => rawDelivery({ body: everyByte }),
  'an empty body': () => rawDelivery({ body: new Uint8Array() }),
  'a Buffer that is part of a larger one': () => rawDelivery({ body: Buffer.from(everyByte).subarray(100, 130) }),
  '2 MiB': () => rawDelivery({ body: new Uint8Array(2 ** 21).map((_, index) => (index * index) >>> 7) }),
  'no encoding and no signature': withoutEnvelope,
  'an encoding and a date of the signature': () =>
    rawDelivery({ contentEncoding: 'gzip', sentAt: new Date('2024-05-01T08:00:00.123Z') })
}

const states = ['ready', 'leased', 'dead', 'done'] as const

/** Cases of `put`. */
export const inboxPutCases: Cases = {
  'inbox.put: new delivery, accepted and ready': async ({ inbox, probe }) => {
    const delivery = rawDelivery()
    assert.deepEqual({ ...(await inbox.put(delivery)) }, { outcome: 'accepted' })
    const [entry, ...others] = await probe.inbox()
    assert.deepEqual(others, [])
    assert.equal(entry?.deliveryId, delivery.id)
    assert.equal(entry.state, 'ready')
    assert.equal(hex(entry.body), hex(delivery.body))
  },

  'inbox.put: with a lease, the caller holds it as attempt 1': async ({ inbox }) => {
    const delivery = rawDelivery()
    const lease = await leased(inbox, delivery, longLease('me'))
    assert.equal(lease.deliveryId, delivery.id)
    assert.equal(lease.owner, 'me')
    assert.equal(await inbox.claim(longLease()), undefined)
    assert.equal((await inbox.list()).entries[0]?.attempts, 1)
    assert.equal(await inbox.complete(lease, { dedupeSeconds: 60 }), true)
  },

  'inbox.put: with a lease that runs out, anyone may claim': async ({ inbox }) => {
    const lease = await leased(inbox, rawDelivery(), shortLease())
    const claim = await claimEventually(inbox)
    assert.equal(claim.attempt, 2)
    assert.ok(claim.lease.token > lease.token)
  },

  ...(Object.fromEntries(
    states.map((state) => [
      `inbox.put: same delivery while it is ${state}, duplicate and nothing changes`,
      async (world) => {
        const { delivery } = await reach(world, state)
        const before = await viewOf(world)
        for (const lease of [undefined, longLease('another')]) {
          assert.deepEqual({ ...(await world.inbox.put(delivery, lease)) }, { outcome: 'duplicate' })
        }
        assert.deepEqual(await viewOf(world), before)
      }
    ])
  ) satisfies Cases),

  'inbox.put: same delivery while a worker has it, the worker keeps it': async (world) => {
    const { delivery, lease } = await reach(world, 'leased')
    await world.inbox.put(delivery, longLease('another'))
    assert.equal(await world.inbox.complete(lease, { dedupeSeconds: 60 }), true)
  },

  'inbox.put: same delivery from many at once, accepted once': async ({ crowd, probe, inbox }) => {
    const delivery = rawDelivery()
    const adapters = await crowd(4)
    const puts = Array.from({ length: 40 }, (_, index) =>
      adapters[index % 4]?.inbox?.put(delivery, longLease(`${index}`))
    )
    const accepted = (await Promise.all(puts)).filter((result) => result?.outcome === 'accepted')
    assert.equal(accepted.length, 1)
    assert.equal((await probe.inbox()).length, 1)
    const lease = accepted[0]?.outcome === 'accepted' ? accepted[0].lease : undefined
    assert.ok(lease)
    assert.equal(await inbox.complete(lease, { dedupeSeconds: 60 }), true)
  },

  ...(Object.fromEntries(
    Object.entries(deliveries).map(([kind, make]) => [
      `inbox.put: ${kind}, claimed exactly`,
      async ({ inbox, probe }) => {
        const delivery = make()
        await inbox.put(delivery)
        assert.equal(hex((await probe.inbox())[0]?.body), hex(delivery.body))
        assertDelivery((await claimEventually(inbox)).delivery, delivery)
      }
    ])
  ) satisfies Cases),

  'inbox.put: bytes and dates changed by the caller afterwards, the store keeps its own': async ({ inbox }) => {
    const [delivery, expected] = [everyByte, everyByte].map((body) =>
      rawDelivery({ id: 'mine', body: Buffer.from(body), receivedAt: new Date(1), sentAt: new Date(2) })
    ) as [RawDelivery, RawDelivery]
    await inbox.put(delivery)
    delivery.body.fill(0)
    delivery.receivedAt.setTime(0)
    delivery.sentAt?.setTime(0)
    const claim = await claimEventually(inbox)
    assertDelivery(claim.delivery, expected)
    claim.delivery.body.fill(0)
    await inbox.release(claim.lease, { delayMs: 0, code: 'TEST', countsAttempt: true })
    assertDelivery((await claimEventually(inbox)).delivery, expected)
  }
}
