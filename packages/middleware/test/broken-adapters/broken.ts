/** What a deliberately broken adapter is: the memory adapter, wrong in one way. */
import type { Inbox, Quarantine, ThryveRecord } from '@thryve-webhook/middleware'
import type { MemoryAdapter } from '../../../adapter-memory/src/memory-adapter'
import type { MemoryStore } from '../../../adapter-memory/src/store'

/** One way to be wrong. */
export interface Broken {
  /** Wraps a sound adapter, or tampers with its store. */
  readonly spoil: (adapter: MemoryAdapter, store: MemoryStore) => MemoryAdapter
  /** The case that must find it. */
  readonly fails: string
}

/** Spoils the inbox alone. */
export const spoilInbox =
  (spoil: (inbox: Inbox, store: MemoryStore) => Partial<Inbox>): Broken['spoil'] =>
  (adapter, store) => ({ ...adapter, inbox: { ...adapter.inbox, ...spoil(adapter.inbox, store) } })

/** Spoils the quarantine alone. */
export const spoilQuarantine =
  (spoil: (quarantine: Quarantine, store: MemoryStore) => Partial<Quarantine>): Broken['spoil'] =>
  (adapter, store) => ({ ...adapter, quarantine: { ...adapter.quarantine, ...spoil(adapter.quarantine, store) } })

/** What a stored record and the given one share when the store keeps no copy. */
export const sharing = ({ parsedValue }: ThryveRecord) => ({ parsedValue })
