/** Steps that inbox cases begin with, and the whole inbox as something to compare. */
import { strict as assert } from 'node:assert'
import type { Inbox, InboxEntry, InboxState, Lease, LeaseRequest } from '../../storage/inbox'
import type { RawDelivery } from '../../storage/raw-delivery'
import { rawDelivery } from '../synthetic-deliveries'
import { hex } from './compare'
import { longLease } from './eventually'
import { everyPage } from './pages'
import type { World } from './world'

/** What a marker lives for in cases that want it there: a day. */
export const A_DAY = { dedupeSeconds: 86_400 }

/** Puts a delivery and holds it. */
export const leased = async (inbox: Inbox, delivery = rawDelivery(), request = longLease()): Promise<Lease> => {
  const result = await inbox.put(delivery, request)
  assert.equal(result.outcome, 'accepted')
  assert.ok(result.outcome === 'accepted' && result.lease, 'a lease was asked for')
  return result.lease
}

/** Brings a delivery into a state, and tells the lease it was brought there with. */
export const reach = async (
  { inbox }: Pick<World, 'inbox'>,
  state: InboxState,
  { delivery = rawDelivery(), request = longLease(), endUserId }: Steps = {}
): Promise<{ readonly delivery: RawDelivery; readonly lease: Lease }> => {
  const lease = await leased(inbox, delivery, request)
  const user = endUserId === undefined ? {} : { endUserId }
  if (state === 'ready') await inbox.release(lease, { delayMs: 0, code: 'TEST', countsAttempt: true, ...user })
  if (state === 'dead') await inbox.bury(lease, { code: 'TEST', ...user })
  if (state === 'done') await inbox.complete(lease, { ...A_DAY, ...user })
  return { delivery, lease }
}

interface Steps {
  readonly delivery?: RawDelivery
  readonly request?: LeaseRequest
  readonly endUserId?: string
}

const entryText = ({ deliveryId, state, receivedAt, attempts, lastError, endUserId, bytes }: InboxEntry): string =>
  JSON.stringify({ deliveryId, state, receivedAt: receivedAt.getTime(), attempts, lastError, endUserId, bytes })

/** Everything that can be seen of the inbox: equal before and after means that nothing changed. */
export const viewOf = async ({ inbox, probe }: World): Promise<string[]> => {
  const states = ['ready', 'leased', 'dead', 'done'] as const
  const lists = await Promise.all(states.map((state) => everyPage((page) => inbox.list({ ...page, state }))))
  const stored = await probe.inbox()
  return [
    ...lists.flat().map(entryText),
    ...stored.map(({ deliveryId, state, body, endUserId }) => JSON.stringify([deliveryId, state, hex(body), endUserId]))
  ].sort()
}

/** The one entry of the inbox, whatever its state. */
export const onlyEntry = async ({ inbox }: World): Promise<InboxEntry> => {
  const done = await inbox.list({ state: 'done' })
  const entries = [...(await inbox.list()).entries, ...done.entries]
  assert.equal(entries.length, 1)
  return entries[0] as InboxEntry
}
