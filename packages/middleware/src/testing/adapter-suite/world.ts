/** What a case works in: an adapter over an empty store of its own, and a view of that store. */
import { strict as assert } from 'node:assert'
import { randomInt } from 'node:crypto'
import type { ThryveRecord } from '../../records'
import type { Inbox, InboxState } from '../../storage/inbox'
import type { Quarantine } from '../../storage/quarantine'
import type { DeletedUser, RecordQuery, StorageAdapter, VersionedRecord } from '../../storage/storage'

/** Which optional members an adapter has. @default none of them */
export type AdapterSupport = Partial<Record<Exclude<keyof StorageAdapter, 'name' | 'save'> | 'inbox.get', boolean>>

/** An inbox entry as the probe sees it. */
export interface ProbedEntry {
  readonly deliveryId: string
  readonly state: InboxState
  /** The kept bytes; absent where there are none. */
  readonly body?: Uint8Array
  readonly endUserId?: string
}

/** A view of the store that does not go through the adapter. */
export interface StoreProbe {
  /** Every record, of both dimensions. */
  records(): Promise<readonly VersionedRecord[]>
  /** Every entry, done markers too. Required where the adapter has an inbox. */
  inbox?(): Promise<readonly ProbedEntry[]>
  /** Every quarantined delivery. Required where the adapter has a quarantine. */
  quarantine?(): Promise<readonly { readonly deliveryId: string; readonly body: Uint8Array }[]>
}

/** How to get adapters and look behind them. */
export interface WorldOptions<A extends StorageAdapter = StorageAdapter> {
  /** A new adapter over an empty store. */
  readonly createAdapter: () => A | Promise<A>
  readonly probe: (adapter: A) => StoreProbe
  /** What the adapter declares. Cases of what is not named here are left out. @default {} */
  readonly supports?: AdapterSupport
  /** A further adapter over the same store, as another process would have. Concurrent cases use it. */
  readonly createPeer?: (adapter: A) => A | Promise<A>
  /** Makes the adapter's store fail, for the cases that want every call to reject. It need not be mended. */
  readonly breakStore?: (adapter: A) => void | Promise<void>
  /** Runs after a case, when its adapters were closed: drop the database here. */
  readonly dispose?: (adapter: A) => void | Promise<void>
  /** Repeats a failed property: its message names the seed. @default a random one */
  readonly seed?: number
}

/** What a case is given. The members fail the case where the adapter lacks them. */
export interface World {
  readonly adapter: StorageAdapter
  readonly probe: Required<StoreProbe>
  readonly inbox: Inbox
  readonly quarantine: Quarantine
  readonly seed: number
  find(query: RecordQuery): Promise<ThryveRecord[]>
  deleteUser(endUserId: string): Promise<DeletedUser>
  /** Adapters over the same store: peers, or the one adapter again where no peers can be made. */
  crowd(size: number): Promise<readonly StorageAdapter[]>
}

/** Cases by name: `member: situation, outcome`. */
export type Cases = Readonly<Record<string, (world: World) => Promise<void>>>

/** @returns the body of a test: makes a world, runs the case in it, cleans up whatever happens. */
export const inWorld =
  <A extends StorageAdapter>(options: WorldOptions<A>, run: (world: World) => Promise<void>) =>
  async (): Promise<void> => {
    const adapter = await options.createAdapter()
    const peers: A[] = []
    try {
      await run(createWorld(adapter, peers, options))
    } finally {
      // Whether closing works is a case of its own; here it must not hide another failure.
      for (const each of [...peers, adapter]) await closeQuietly(each)
      await options.dispose?.(adapter)
    }
  }

/** Reads a listing to its end. */
export const collect = async <T>(iterable: AsyncIterable<T>): Promise<T[]> => {
  const items: T[] = []
  for await (const item of iterable) items.push(item)
  return items
}

const createWorld = <A extends StorageAdapter>(adapter: A, peers: A[], options: WorldOptions<A>): World => ({
  adapter,
  probe: completeProbe(options.probe(adapter)),
  seed: options.seed ?? randomInt(2 ** 32),
  get inbox() {
    return adapter.inbox ?? missing('inbox')
  },
  get quarantine() {
    return adapter.quarantine ?? missing('quarantine')
  },
  async find(query) {
    return collect(adapter.find?.(query) ?? missing('find'))
  },
  async deleteUser(endUserId) {
    return adapter.deleteUser?.(endUserId) ?? missing('deleteUser')
  },
  async crowd(size) {
    while (options.createPeer !== undefined && peers.length < size - 1) peers.push(await options.createPeer(adapter))
    return Array.from({ length: size }, (_, index) => [adapter, ...peers][index % (peers.length + 1)] as A)
  }
})

const completeProbe = (probe: StoreProbe): Required<StoreProbe> => ({
  records: () => probe.records(),
  inbox: () => probe.inbox?.() ?? missing('probe.inbox'),
  quarantine: () => probe.quarantine?.() ?? missing('probe.quarantine')
})

const missing = (member: string): never => assert.fail(`The suite was told to test ${member}, which is not there.`)

const closeQuietly = async (adapter: StorageAdapter): Promise<void> => {
  try {
    await adapter.close?.()
  } catch {}
}
