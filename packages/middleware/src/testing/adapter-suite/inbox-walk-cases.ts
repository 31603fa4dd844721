/** Random walks through the inbox's state machine, each step checked against a model of it. */
import { strict as assert } from 'node:assert'
import type { InboxState, Lease } from '../../storage/inbox'
import { rawDelivery } from '../synthetic-deliveries'
import { claimEventually, longLease } from './eventually'
import { A_DAY } from './inbox-steps'
import { everyPage } from './pages'
import { forSeeds, type Random } from './random'
import type { Cases, World } from './world'

const STEPS = 40

interface ModelEntry {
  state: InboxState
  attempts: number
  lease?: Lease
}

interface Walk extends Pick<World, 'inbox'> {
  readonly random: Random
  readonly ids: readonly string[]
  readonly model: Map<string, ModelEntry>
  /** Every lease that was ever given. */
  readonly leases: Lease[]
}

const take = ({ leases }: Walk, entry: ModelEntry, lease: Lease): void => {
  assert.ok(leases.every(({ deliveryId, token }) => deliveryId !== lease.deliveryId || token < lease.token))
  leases.push(lease)
  entry.state = 'leased'
  entry.attempts++
  entry.lease = lease
}

const put = async (walk: Walk): Promise<void> => {
  const id = walk.random.pick(walk.ids)
  const isHeld = walk.random.isTrue(0.3)
  const result = await walk.inbox.put(rawDelivery({ id }), isHeld ? longLease() : undefined)
  assert.equal(result.outcome, walk.model.has(id) ? 'duplicate' : 'accepted')
  if (result.outcome === 'duplicate') return
  const entry: ModelEntry = { state: 'ready', attempts: 0 }
  walk.model.set(id, entry)
  assert.equal(result.lease !== undefined, isHeld)
  if (result.lease !== undefined) take(walk, entry, result.lease)
}

const claim = async (walk: Walk): Promise<void> => {
  const isAnyReady = [...walk.model.values()].some(({ state }) => state === 'ready')
  if (!isAnyReady) return assert.equal(await walk.inbox.claim(longLease()), undefined)
  const { lease, attempt } = await claimEventually(walk.inbox)
  const entry = walk.model.get(lease.deliveryId)
  assert.ok(entry)
  assert.equal(entry.state, 'ready')
  take(walk, entry, lease)
  assert.equal(attempt, entry.attempts)
}

/** With any lease ever given, mostly a lost one. */
const settle = async (walk: Walk): Promise<void> => {
  const { inbox, random, leases, model } = walk
  if (leases.length === 0) return
  const lease = random.isTrue(0.5) ? leases.at(-1) : random.pick(leases)
  assert.ok(lease)
  const entry = model.get(lease.deliveryId)
  const isCurrent = entry?.state === 'leased' && entry.lease?.token === lease.token
  const countsAttempt = random.isTrue(0.5)
  const state = random.pick(['done', 'ready', 'dead', 'leased'] as const)
  const result = await {
    done: () => inbox.complete(lease, A_DAY),
    ready: () => inbox.release(lease, { delayMs: 0, code: 'TEST', countsAttempt }),
    dead: () => inbox.bury(lease, { code: 'TEST' }),
    leased: () => inbox.extend(lease, 3_600_000)
  }[state]()
  assert.equal(result, isCurrent)
  if (!isCurrent) return
  entry.state = state
  if (state === 'ready' && !countsAttempt) entry.attempts--
}

const operate = async ({ inbox, random, ids, model }: Walk): Promise<void> => {
  const id = random.pick(ids)
  const entry = model.get(id)
  const isDead = entry?.state === 'dead'
  if (random.isTrue(0.3)) {
    assert.equal(await inbox.remove(id), isDead)
    if (isDead) model.delete(id)
    return
  }
  assert.equal(await inbox.requeue(id), isDead)
  if (isDead) Object.assign(entry, { state: 'ready', attempts: 0 })
}

const compareAll = async ({ inbox, model }: Walk, ids: readonly string[]): Promise<void> => {
  const states = ['ready', 'leased', 'dead', 'done'] as const
  const lists = await Promise.all(states.map((state) => everyPage((query) => inbox.list({ ...query, state }))))
  const listed = lists.flat().filter(({ deliveryId }) => ids.includes(deliveryId))
  assert.deepEqual(
    listed.map(({ deliveryId, state, attempts }) => `${deliveryId} ${state} ${attempts}`).sort(),
    [...model].map(([id, { state, attempts }]) => `${id} ${state} ${attempts}`).sort()
  )
}

/** Empties the inbox, so that the next walk claims only its own. */
const finish = async ({ inbox, model }: Walk): Promise<void> => {
  for (const { state, lease } of model.values()) if (state === 'leased' && lease) await inbox.complete(lease, A_DAY)
  const ready = [...model.values()].filter(({ state }) => state === 'ready')
  for (const _ of ready) await inbox.complete((await claimEventually(inbox)).lease, A_DAY)
}

/** Cases of the inbox as a whole. */
export const inboxWalkCases: Cases = {
  'inbox: random walks, every step as the state machine says': async ({ inbox, seed }) => {
    await forSeeds(seed, async (random, run) => {
      const ids = Array.from({ length: 5 }, (_, index) => `walk-${run}-${index}`)
      const walk: Walk = { inbox, random, ids, model: new Map(), leases: [] }
      for (let step = 0; step < STEPS; step++) await random.pick([put, put, claim, settle, settle, operate])(walk)
      await compareAll(walk, ids)
      await finish(walk)
    })
  }
}
