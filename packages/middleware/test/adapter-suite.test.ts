import { adapterSuite } from '@thryve-webhook/middleware/testing'
import type { MemoryAdapter } from '../../adapter-memory/src/memory-adapter'
import type { MemoryStore } from '../../adapter-memory/src/store'
import { createAdapter, createPeer, probeStore, storeOf } from '../../adapter-memory/test/stores'
import type { Broken } from './broken-adapters/broken'
import { brokenInbox } from './broken-adapters/broken-inbox'
import { brokenOperations } from './broken-adapters/broken-operations'
import { brokenQueue } from './broken-adapters/broken-queue'
import { brokenReading } from './broken-adapters/broken-reading'
import { brokenSaving } from './broken-adapters/broken-saving'

type Run = () => Promise<void>

const supports = {
  inbox: true,
  'inbox.get': true,
  quarantine: true,
  find: true,
  deleteUser: true,
  check: true,
  close: true
}

/** Memory cannot fail: this stand-in for a failing store throws wherever it is touched. */
const breakStore = (store: MemoryStore): void => {
  for (const name of Object.keys(store)) {
    Object.defineProperty(store, name, {
      get: () => {
        throw new Error('The store fails.')
      }
    })
  }
}

/** Sound, and with a check that looks at its store. */
const sound = (adapter: MemoryAdapter, store: MemoryStore): MemoryAdapter => ({
  ...adapter,
  async check() {
    await adapter.check()
    store.now()
  }
})

/** The suite's cases for an adapter that was spoilt, by name. */
const casesOf = (spoil: Broken['spoil'], options: { readonly seed?: number } = {}): Map<string, Run> => {
  const stores = new WeakMap<object, MemoryStore>()
  const wrap = (adapter: MemoryAdapter): MemoryAdapter => {
    const store = storeOf(adapter)
    const wrapped = spoil(sound(adapter, store), store)
    stores.set(wrapped, store)
    return wrapped
  }
  const origins = new WeakMap<object, MemoryAdapter>()
  const cases = new Map<string, Run>()
  adapterSuite<MemoryAdapter>({
    test: (name, run) => {
      if (cases.has(name)) throw new Error(`Two cases are named ${name}`)
      cases.set(name, run)
    },
    createAdapter: () => {
      const origin = createAdapter()
      const adapter = wrap(origin)
      origins.set(adapter, origin)
      return adapter
    },
    createPeer: (adapter) => wrap(createPeer(origins.get(adapter) as MemoryAdapter)),
    probe: (adapter) => probeStore(stores.get(adapter) as MemoryStore),
    breakStore: (adapter) => breakStore(stores.get(adapter) as MemoryStore),
    supports,
    ...options
  })
  return cases
}

describe('adapter suite: a sound adapter', () => {
  const cases = casesOf((adapter) => adapter)
  test.each([...cases])('%s', async (_, run) => run())
})

describe('adapter suite: a broken adapter', () => {
  const broken = { ...brokenSaving, ...brokenReading, ...brokenInbox, ...brokenQueue, ...brokenOperations }
  test.concurrent.each(Object.entries(broken))('%s', async (_, { spoil, fails }) => {
    const run = casesOf(spoil).get(fails)
    expect(run).toBeDefined()
    const failure = await run?.().catch((error: Error) => error.cause ?? error)
    expect(failure).toHaveProperty('code', 'ERR_ASSERTION')
  })
})

describe('adapter suite', () => {
  test('registered for an adapter with save alone, only its cases', () => {
    const names: string[] = []
    adapterSuite({
      test: (name) => names.push(name),
      createAdapter,
      probe: (adapter) => probeStore(storeOf(adapter))
    })
    const members = new Set(names.map((name) => name.split(':')[0]))
    expect([...members].sort()).toEqual([
      'check',
      'close',
      'deleteUser',
      'find',
      'inbox',
      'inbox.get',
      'quarantine',
      'save'
    ])
    expect(names.filter((name) => !name.startsWith('save'))).toHaveLength(7)
  })

  test('an adapter has more than the suite was told, a case fails', async () => {
    const cases = new Map<string, Run>()
    const test = (name: string, run: Run) => cases.set(name, run)
    adapterSuite({ test, createAdapter, probe: (adapter) => probeStore(storeOf(adapter)) })
    await expect(cases.get('inbox: not said to be supported, absent')?.()).rejects.toThrow()
  })

  test('a property fails, the message names a seed that fails again', async () => {
    const { spoil } = brokenSaving['lets any later arrival win'] as Broken
    const name = 'save: any order with repetitions, the newest of each key stays and every count is right'
    const message = await casesOf(spoil).get(name)?.().catch(String)
    const seed = Number(/seed: (\d+)/.exec(String(message))?.[1])
    await expect(casesOf(spoil, { seed }).get(name)?.()).rejects.toThrow(`With seed ${seed}: `)
  })

  test('a case fails, its adapters are closed and its store disposed of', async () => {
    const events: string[] = []
    const cases = new Map<string, Run>()
    adapterSuite({
      test: (name, run) => cases.set(name, run),
      createAdapter: () => ({
        save: () => Promise.reject(new Error('no')),
        close: async () => void events.push('close')
      }),
      probe: () => ({ records: async () => [] }),
      supports: { close: true },
      dispose: () => void events.push('dispose')
    })
    await expect(cases.get('save: same batch twice, unchanged')?.()).rejects.toThrow('no')
    expect(events).toEqual(['close', 'dispose'])
  })
})
