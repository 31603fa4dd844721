/** Saving: idempotent by key and version, with counts that add up. */
import { strict as assert } from 'node:assert'
import type { ThryveRecord } from '../../records'
import { dailyRecord, epochRecord, saveBatch, versioned } from '../synthetic-records'
import { assertCounts, assertStored } from './compare'
import type { Cases } from './world'

const at = (index: number): Date => new Date(Date.UTC(2024, 4, 1) + index * 60_000)

const walk = (index: number, fields: Partial<ThryveRecord> = {}) =>
  epochRecord({ startTimestamp: at(index), value: String(index), parsedValue: index, ...fields } as object)

/** Cases of `save`, one batch after the other. */
export const saveCases: Cases = {
  'save: new records of both dimensions, inserted': async ({ adapter, probe }) => {
    const records = [versioned(epochRecord()), versioned(dailyRecord())]
    assertCounts(await adapter.save(saveBatch(...records)), { inserted: 2 })
    await assertStored(probe, records)
  },

  'save: empty batch, all counts 0': async ({ adapter, probe }) => {
    assertCounts(await adapter.save(saveBatch()), {})
    await assertStored(probe, [])
  },

  'save: same batch twice, unchanged': async ({ adapter, probe }) => {
    const batch = saveBatch(versioned(walk(1)), versioned(walk(2)), versioned(dailyRecord()))
    assertCounts(await adapter.save(batch), { inserted: 3 })
    assertCounts(await adapter.save(batch), { unchanged: 3 })
    await assertStored(probe, batch.records)
  },

  'save: same records from another delivery, unchanged': async ({ adapter, probe }) => {
    await adapter.save(saveBatch(versioned(walk(1))))
    assertCounts(await adapter.save(saveBatch(versioned(walk(1)))), { unchanged: 1 })
    await assertStored(probe, [versioned(walk(1))])
  },

  'save: newer version, updated': async ({ adapter, probe }) => {
    await adapter.save(saveBatch(versioned(walk(1), '1')))
    const newer = versioned(walk(1, { value: '99', parsedValue: 99 }), '2')
    assertCounts(await adapter.save(saveBatch(newer)), { updated: 1 })
    await assertStored(probe, [newer])
  },

  'save: newer version without a field, the field goes': async ({ adapter, probe }) => {
    await adapter.save(saveBatch(versioned(walk(1, { dataTypeName: 'Steps', extra: '{"record":{}}' }), '1')))
    const newer = versioned(walk(1), '2')
    assertCounts(await adapter.save(saveBatch(newer)), { updated: 1 })
    await assertStored(probe, [newer])
  },

  'save: older version after newer, stale': async ({ adapter, probe }) => {
    const newer = versioned(walk(1, { value: '99', parsedValue: 99 }), '2')
    await adapter.save(saveBatch(newer))
    assertCounts(await adapter.save(saveBatch(versioned(walk(1), '1'))), { stale: 1 })
    await assertStored(probe, [newer])
  },

  'save: older version of the same content, unchanged': async ({ adapter, probe }) => {
    await adapter.save(saveBatch(versioned(walk(1), '2')))
    assertCounts(await adapter.save(saveBatch(versioned(walk(1), '1'))), { unchanged: 1 })
    await assertStored(probe, [versioned(walk(1), '2')])
  },

  'save: newer version of the same content, unchanged but the version counts': async ({ adapter, probe }) => {
    await adapter.save(saveBatch(versioned(walk(1), '1')))
    assertCounts(await adapter.save(saveBatch(versioned(walk(1), '3'))), { unchanged: 1 })
    await assertStored(probe, [versioned(walk(1), '3')])
    assertCounts(await adapter.save(saveBatch(versioned(walk(1, { value: '99' }), '2'))), { stale: 1 })
  },

  'save: same version of another content, the later arrival wins': async ({ adapter, probe }) => {
    await adapter.save(saveBatch(versioned(walk(1), '1')))
    const later = versioned(walk(1, { value: '99', parsedValue: 99 }), '1')
    assertCounts(await adapter.save(saveBatch(later)), { updated: 1 })
    await assertStored(probe, [later])
  },

  'save: only a date differs, updated': async ({ adapter, probe }) => {
    await adapter.save(saveBatch(versioned(walk(1, { endTimestamp: at(2) } as object), '1')))
    const longer = versioned(walk(1, { endTimestamp: at(3) } as object), '2')
    assertCounts(await adapter.save(saveBatch(longer)), { updated: 1 })
    await assertStored(probe, [longer])
  },

  'save: same fields in another order, unchanged': async ({ adapter }) => {
    await adapter.save(saveBatch(versioned(walk(1), '1')))
    const reordered = Object.fromEntries(Object.entries(walk(1)).reverse()) as unknown as ThryveRecord
    assertCounts(await adapter.save(saveBatch(versioned(reordered, '2'))), { unchanged: 1 })
  },

  'save: versions compare by code unit, neither as numbers nor by locale': async ({ adapter, probe }) => {
    for (const [index, [older, newer]] of [
      ['10', '9'],
      ['B', 'a'],
      ['1', '1.0'],
      ['Z', '_']
    ].entries()) {
      const winner = versioned(walk(index, { value: 'newer' }), newer)
      await adapter.save(saveBatch(winner))
      assertCounts(await adapter.save(saveBatch(versioned(walk(index, { value: 'older' }), older))), { stale: 1 })
    }
    assert.ok((await probe.records()).every(({ record }) => record.value === 'newer'))
  },

  'save: new, newer, same and older in one batch, each counted': async ({ adapter, probe }) => {
    const [same, newest] = [versioned(walk(3), '2'), versioned(walk(4), '9')]
    await adapter.save(saveBatch(versioned(walk(2), '1'), same, newest))
    const [fresh, newer] = [versioned(walk(1), '1'), versioned(walk(2, { value: '99' }), '2')]
    const batch = saveBatch(fresh, newer, same, versioned(walk(4, { value: 'old' }), '1'))
    assertCounts(await adapter.save(batch), { inserted: 1, updated: 1, unchanged: 1, stale: 1 })
    await assertStored(probe, [fresh, newer, same, newest])
  },

  'save: an absent part of the key, a record of its own': async ({ adapter, probe }) => {
    const origins = [{}, { generationType: 'TRACKER' }, { thirdPartyDataSourceId: 1 }, { thirdPartyDataSourceId: 0 }]
    const records = origins.map((origin) => versioned(walk(1, origin)))
    assertCounts(await adapter.save(saveBatch(...records)), { inserted: origins.length })
    await assertStored(probe, records)
  },

  'save: records changed by the caller afterwards, the store keeps its own': async ({ adapter, probe }) => {
    for (const [minute, version] of ['1', '2'].entries()) {
      const make = () => versioned(walk(1, { parsedValue: at(minute), valueType: 'DATE' }), version)
      const [given, expected] = [make(), make()]
      await adapter.save(saveBatch(given))
      for (const value of Object.values(given.record)) Object(value).setTime?.(0)
      await assertStored(probe, [expected])
    }
  },

  'save: 10,000 records at once, all of them': async ({ adapter, probe }) => {
    const records = Array.from({ length: 10_000 }, (_, index) => versioned(walk(index)))
    const batch = saveBatch(...records)
    assertCounts(await adapter.save(batch), { inserted: 10_000 })
    assert.equal(new Set((await probe.records()).map(({ key }) => key)).size, 10_000)
    assertCounts(await adapter.save(batch), { unchanged: 10_000 })
    assert.equal((await probe.records()).length, 10_000)
  }
}
