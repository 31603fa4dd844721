/** Out of the inbox: to one worker at a time, the longest waiting first. */
import { strict as assert } from 'node:assert'
import type { Claim } from '../../storage/inbox'
import type { StorageAdapter } from '../../storage/storage'
import { rawDelivery } from '../synthetic-deliveries'
import { AN_HOUR_MS, AN_INSTANT_MS, aMoment, claimEventually, longLease, shortLease } from './eventually'
import { A_DAY, leased } from './inbox-steps'
import type { Cases } from './world'

const claimUntilEmpty = async (adapter: StorageAdapter | undefined): Promise<Claim[]> => {
  const claims: Claim[] = []
  for (;;) {
    const claim = await adapter?.inbox?.claim(longLease())
    if (claim === undefined) return claims
    claims.push(claim)
  }
}

const released = (delayMs: number) => ({ delayMs, code: 'TEST', countsAttempt: true })

/** Cases of `claim` and `extend`. */
export const inboxClaimCases: Cases = {
  'inbox.claim: nothing there, undefined': async ({ inbox }) => {
    assert.equal(await inbox.claim(longLease()), undefined)
  },

  'inbox.claim: one ready, attempt 1 and a lease for the one who asked': async ({ inbox }) => {
    const delivery = rawDelivery()
    await inbox.put(delivery)
    const { lease, attempt } = await claimEventually(inbox, longLease('me'))
    assert.equal(attempt, 1)
    assert.equal(lease.deliveryId, delivery.id)
    assert.equal(lease.owner, 'me')
    assert.ok(Number.isSafeInteger(lease.token))
    assert.equal(await inbox.claim(longLease()), undefined)
  },

  'inbox.claim: several ready, the one that has waited longest': async ({ inbox }) => {
    const deliveries = [rawDelivery(), rawDelivery(), rawDelivery()]
    for (const delivery of deliveries) {
      await inbox.put(delivery)
      await aMoment()
    }
    for (const { id } of deliveries) assert.equal((await claimEventually(inbox)).lease.deliveryId, id)
  },

  'inbox.claim: one was released, those that waited longer come first': async ({ inbox }) => {
    const [first, second] = [rawDelivery(), rawDelivery()]
    const lease = await leased(inbox, first)
    await inbox.put(second)
    await aMoment()
    await inbox.release(lease, released(0))
    assert.equal((await claimEventually(inbox)).lease.deliveryId, second.id)
    assert.equal((await claimEventually(inbox)).lease.deliveryId, first.id)
  },

  'inbox.claim: dead and done entries, undefined, even when their last lease has run out': async ({ inbox }) => {
    await inbox.bury(await leased(inbox, rawDelivery(), shortLease()), { code: 'TEST' })
    await inbox.complete(await leased(inbox, rawDelivery(), shortLease()), A_DAY)
    for (let moment = 0; moment < 3; moment++) await aMoment()
    assert.equal(await inbox.claim(longLease()), undefined)
  },

  'inbox.claim: 200 at once, each entry once': async ({ inbox, crowd }) => {
    const deliveries = Array.from({ length: 200 }, () => rawDelivery())
    for (const delivery of deliveries) await inbox.put(delivery)
    await aMoment()
    const adapters = await crowd(8)
    const atOnce = deliveries.map((_, index) => adapters[index % 8]?.inbox?.claim(longLease(`worker-${index}`)))
    const claims = (await Promise.all(atOnce)).filter((claim) => claim !== undefined)
    assert.ok(claims.length > 0)
    claims.push(...(await claimUntilEmpty(adapters[0])))
    const ids = claims.map(({ lease }) => lease.deliveryId)
    assert.equal(new Set(ids).size, ids.length, 'none is handed out twice')
    assert.deepEqual(ids.sort(), deliveries.map(({ id }) => id).sort(), 'none is left out')
    for (const { lease, attempt } of claims) {
      assert.equal(attempt, 1)
      assert.equal(await inbox.complete(lease, A_DAY), true)
    }
  },

  'inbox.claim: lease ran out and many want it, one gets it': async ({ inbox, crowd }) => {
    await leased(inbox, rawDelivery(), shortLease())
    const adapters = await crowd(4)
    const claimAtOnce = () =>
      Promise.all(Array.from({ length: 20 }, (_, at) => adapters[at % 4]?.inbox?.claim(longLease())))
    let claims: (Claim | undefined)[] = []
    for (let turn = 0; turn < 500 && claims.length === 0; turn++) {
      await aMoment()
      claims = (await claimAtOnce()).filter((claim) => claim !== undefined)
    }
    assert.equal(claims.length, 1)
  },

  'inbox.claim: lease ran out again and again, token and attempt grow': async ({ inbox }) => {
    let { token } = await leased(inbox, rawDelivery(), shortLease())
    for (const attempt of [2, 3, 4]) {
      const claim = await claimEventually(inbox, shortLease())
      assert.equal(claim.attempt, attempt)
      assert.ok(claim.lease.token > token)
      token = claim.lease.token
    }
  },

  'inbox.release: with a delay, not to be claimed before': async ({ inbox }) => {
    await inbox.release(await leased(inbox), released(AN_HOUR_MS))
    await aMoment()
    assert.equal(await inbox.claim(longLease()), undefined)
  },

  'inbox.release: with a delay that is over, to be claimed again': async ({ inbox }) => {
    await inbox.release(await leased(inbox), released(AN_INSTANT_MS))
    assert.equal((await claimEventually(inbox)).attempt, 2)
  },

  'inbox.release: one is delayed, the others come first': async ({ inbox }) => {
    const later = await leased(inbox)
    await inbox.release(later, released(AN_HOUR_MS))
    const other = rawDelivery()
    await inbox.put(other)
    assert.equal((await claimEventually(inbox)).lease.deliveryId, other.id)
  },

  'inbox.extend: before the lease runs out, nobody else may claim': async ({ inbox }) => {
    const lease = await leased(inbox, rawDelivery(), { owner: 'me', durationMs: 10 * AN_INSTANT_MS })
    assert.equal(await inbox.extend(lease, AN_HOUR_MS), true)
    for (let moment = 0; moment < 15; moment++) await aMoment()
    assert.equal(await inbox.claim(longLease()), undefined)
    assert.equal(await inbox.complete(lease, A_DAY), true)
  },

  'inbox.extend: for a shorter time, counted from now': async ({ inbox }) => {
    const lease = await leased(inbox)
    assert.equal(await inbox.extend(lease, AN_INSTANT_MS), true)
    assert.equal((await claimEventually(inbox)).attempt, 2)
  },

  'inbox.extend: many times, the attempt stays': async ({ inbox }) => {
    const lease = await leased(inbox)
    for (let time = 0; time < 3; time++) assert.equal(await inbox.extend(lease, AN_HOUR_MS), true)
    assert.equal((await inbox.list()).entries[0]?.attempts, 1)
  }
}
