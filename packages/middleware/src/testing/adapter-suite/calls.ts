/** One call of every member, for cases that say the same of all of them. */
import type { Lease } from '../../storage/inbox'
import type { StorageAdapter } from '../../storage/storage'
import { quarantineItem, rawDelivery } from '../synthetic-deliveries'
import { epochRecord, saveBatch, versioned } from '../synthetic-records'
import { longLease } from './eventually'
import { type AdapterSupport, collect } from './world'

type Call = (adapter: StorageAdapter) => Promise<unknown> | undefined

const lease: Lease = { deliveryId: 'unknown', owner: 'worker', token: 1 }
const someone = { dimension: 'epoch', endUserId: 'synthetic-user' } as const

const inboxCalls: Record<string, Call> = {
  'inbox.put': ({ inbox }) => inbox?.put(rawDelivery()),
  'inbox.claim': ({ inbox }) => inbox?.claim(longLease()),
  'inbox.extend': ({ inbox }) => inbox?.extend(lease, 1000),
  'inbox.complete': ({ inbox }) => inbox?.complete(lease, { dedupeSeconds: 60 }),
  'inbox.release': ({ inbox }) => inbox?.release(lease, { delayMs: 0, code: 'TEST', countsAttempt: true }),
  'inbox.bury': ({ inbox }) => inbox?.bury(lease, { code: 'TEST' }),
  'inbox.list': ({ inbox }) => inbox?.list(),
  'inbox.requeue': ({ inbox }) => inbox?.requeue('unknown'),
  'inbox.remove': ({ inbox }) => inbox?.remove('unknown'),
  'inbox.stats': ({ inbox }) => inbox?.stats()
}

const quarantineCalls: Record<string, Call> = {
  'quarantine.add': ({ quarantine }) => quarantine?.add(quarantineItem()),
  'quarantine.list': ({ quarantine }) => quarantine?.list(),
  'quarantine.get': ({ quarantine }) => quarantine?.get('unknown'),
  'quarantine.remove': ({ quarantine }) => quarantine?.remove('unknown'),
  'quarantine.trim': ({ quarantine }) => quarantine?.trim({ maxEntries: 100, maxBytes: 1_000_000 })
}

/** Calls by the member's name; `close` is not among them. */
export const callsOf = (supports: AdapterSupport): Record<string, Call> => ({
  save: (adapter) => adapter.save(saveBatch(versioned(epochRecord()))),
  ...(supports.find && { find: (adapter) => adapter.find && collect(adapter.find(someone)) }),
  ...(supports.inbox && inboxCalls),
  ...(supports['inbox.get'] && { 'inbox.get': ({ inbox }) => inbox?.get?.('unknown') }),
  ...(supports.quarantine && quarantineCalls),
  ...(supports.deleteUser && { deleteUser: (adapter) => adapter.deleteUser?.('synthetic-user') }),
  ...(supports.check && { check: (adapter) => adapter.check?.() })
})
