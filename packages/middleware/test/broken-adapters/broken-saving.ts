/** Adapters that save wrongly. */
import type { SaveBatch, SaveResult, ThryveRecord, VersionedRecord } from '@thryve-webhook/middleware'
import type { MemoryAdapter } from '../../../adapter-memory/src/memory-adapter'
import { type StoredRecord, unpackRecord } from '../../../adapter-memory/src/packed-record'
import { type Broken, sharing } from './broken'

const spoilSave =
  (change: (versioned: VersionedRecord) => VersionedRecord): Broken['spoil'] =>
  (adapter) => ({
    ...adapter,
    save: (batch) => adapter.save({ ...batch, records: batch.records.map(change) })
  })

const changeRecord = (change: (record: ThryveRecord) => object): Broken['spoil'] =>
  spoilSave((versioned) => ({ ...versioned, record: change(versioned.record) as ThryveRecord }))

let serial = 0
const aTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const saveWith =
  (save: (adapter: MemoryAdapter, batch: SaveBatch, stored: Map<string, StoredRecord>) => Promise<SaveResult>) =>
  (...[adapter, store]: Parameters<Broken['spoil']>): MemoryAdapter => ({
    ...adapter,
    save: (batch) => save(adapter, batch, store.records)
  })

const recordIn = (stored: ReadonlyMap<string, StoredRecord>, key: string): object => {
  const found = stored.get(key)
  return found === undefined ? {} : unpackRecord(found)
}

/** By what is wrong with them. */
export const brokenSaving: Record<string, Broken> = {
  'ignores the key': {
    spoil: spoilSave((versioned) => ({ ...versioned, key: `${versioned.key} ${++serial}` })),
    fails: 'save: same batch twice, unchanged'
  },
  'keeps the first version for ever': {
    spoil: spoilSave((versioned) => ({ ...versioned, version: String(1e9 - ++serial) })),
    fails: 'save: newer version, updated'
  },
  'lets any later arrival win': {
    spoil: spoilSave((versioned) => ({ ...versioned, version: String(1e9 + ++serial) })),
    fails: 'save: older version after newer, stale'
  },
  'lets the earlier of two equal versions win': {
    spoil: saveWith(async (adapter, batch, stored) => {
      const isNew = ({ key, version }: VersionedRecord) => stored.get(key)?.version !== version
      const result = await adapter.save({ ...batch, records: batch.records.filter(isNew) })
      return { ...result, unchanged: result.unchanged + batch.records.length - batch.records.filter(isNew).length }
    }),
    fails: 'save: same version of another content, the later arrival wins'
  },
  'compares versions as numbers': {
    spoil: spoilSave((versioned) => ({ ...versioned, version: versioned.version.padStart(9, '0') })),
    fails: 'save: versions compare by code unit, neither as numbers nor by locale'
  },
  'forgets a newer version that changes nothing': {
    spoil: saveWith(async (adapter, batch, stored) => {
      const before = new Map([...stored].map(([key, { version }]) => [key, version]))
      const result = await adapter.save(batch)
      if (result.unchanged > 0) for (const [key, version] of before) Object.assign(stored.get(key) ?? {}, { version })
      return result
    }),
    fails: 'save: newer version of the same content, unchanged but the version counts'
  },
  'merges fields instead of replacing the record': {
    spoil: saveWith((adapter, batch, stored) => {
      const merge = (versioned: VersionedRecord) => ({
        ...versioned,
        record: { ...recordIn(stored, versioned.key), ...versioned.record } as ThryveRecord
      })
      return adapter.save({ ...batch, records: batch.records.map(merge) })
    }),
    fails: 'save: newer version without a field, the field goes'
  },
  'counts everything as inserted': {
    spoil: saveWith(async (adapter, batch) => {
      await adapter.save(batch)
      return { inserted: batch.records.length, updated: 0, unchanged: 0, stale: 0 }
    }),
    fails: 'save: same batch twice, unchanged'
  },
  'counts a stale record as unchanged': {
    spoil: saveWith(async (adapter, batch) => {
      const { stale, ...result } = await adapter.save(batch)
      return { ...result, unchanged: result.unchanged + stale, stale: 0 }
    }),
    fails: 'save: any order with repetitions, the newest of each key stays and every count is right'
  },
  'looks what is new, then writes': {
    spoil: saveWith(async (adapter, batch, stored) => {
      const inserted = batch.records.filter(({ key }) => !stored.has(key)).length
      await aTurn()
      await adapter.save(batch)
      return { inserted, updated: 0, unchanged: batch.records.length - inserted, stale: 0 }
    }),
    fails: 'save: the same batch from many at once, inserted once'
  },
  'looks which version is newer, then overwrites': {
    spoil: saveWith(async (adapter, batch, stored) => {
      const winners = batch.records.filter(({ key, version }) => (stored.get(key)?.version ?? '') <= version)
      await aTurn()
      for (const { key } of winners) Object.assign(stored.get(key) ?? {}, { version: '' })
      return adapter.save(batch)
    }),
    fails: 'save: different versions of the same keys from many at once, the newest stays'
  },
  'stores only the first 1,000 of a batch': {
    spoil: saveWith((adapter, batch) => adapter.save({ ...batch, records: batch.records.slice(0, 1_000) })),
    fails: 'save: 10,000 records at once, all of them'
  },
  'keeps what it was given instead of a copy': {
    spoil: saveWith(async (adapter, batch, stored) => {
      const result = await adapter.save(batch)
      for (const { key, record } of batch.records) Object.assign(stored.get(key) ?? {}, sharing(record))
      return result
    }),
    fails: 'save: records changed by the caller afterwards, the store keeps its own'
  },
  'writes dates as text': {
    spoil: changeRecord((record) => ({ ...record, parsedValue: JSON.parse(JSON.stringify(record.parsedValue)) })),
    fails: 'save: a date as value, kept exactly'
  },
  'writes types as 32 bits': {
    spoil: changeRecord((record) => ({ ...record, dataTypeId: record.dataTypeId | 0 })),
    fails: 'save: a number above 2^31, kept exactly'
  },
  'drops fields that are false': {
    spoil: changeRecord((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== false))),
    fails: 'save: all epoch fields, kept exactly'
  },
  'writes null for what is absent': {
    spoil: changeRecord((record) => ({ generationType: null, ...record })),
    fails: 'save: only the required fields, kept exactly'
  }
}
