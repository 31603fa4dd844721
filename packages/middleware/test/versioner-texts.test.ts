/** Keys and versions that a delivery's records are given: those of `recordKey` and `recordVersion`. */
import fc from 'fast-check'
import type { EpochEvent } from '../src/events'
import { type Identity, recordKey, recordVersion } from '../src/identity'
import type { EpochRecord } from '../src/records'
import { epoch, event, versionRecords } from './versioned'

describe('Versioner', () => {
  const context = { sentAtMs: Date.UTC(2026, 0, 1), reorderWindowMs: 0 }

  /** Each record has the key and version that it has by itself. */
  const expectOwn = (records: readonly EpochRecord[], identity: Identity = 'origin') => {
    for (const type of ['event.data.epoch.create', 'event.data.epoch.update'] as const) {
      const versioned = versionRecords({ ...event(...records), type }, identity, context)
      expect(versioned).toEqual(
        records.map((record) => ({
          key: recordKey(record, identity),
          version: recordVersion(record, { ...context, isUpdate: type === 'event.data.epoch.update' }),
          record
        }))
      )
    }
  }
  const at = (ms: number): EpochRecord => ({
    ...epoch,
    startTimestamp: new Date(ms),
    creationTimestamp: new Date(ms + 1)
  })

  test.each(['ü', '日本', '\u{1f600}', '\ud800', 'a"\\b', '', 'x'.repeat(300), '0000000000000'])(
    'the user id %j, is the same in all keys',
    (endUserId) => {
      const user = { endUserId, generationType: 'GRÖẞE' }
      const records = [1_662_579_571_990, 1_662_579_571_991, 1_662_580_000_000, 1_700_000_000_000].map(at)
      expectOwn(records.map((record) => ({ ...record, ...user })))
      expectOwn(
        records.map((record) => ({ ...record, ...user })),
        'source'
      )
    }
  )

  test('times before and after one of 13 digits, keep all their digits', () => {
    const times = [-1, 0, 7, 999_999_999_998, 999_999_999_999, 1e12, 1e12 + 1, 1_000_000_999_999, 1_000_001_000_000]
    const late = [9_999_998_999_999, 9_999_999_000_000, 9_999_999_999_999, 1e13, 1e13 + 1, 253_402_300_799_999]
    expectOwn([...times, ...late].map(at))
    expectOwn([...times, ...late].reverse().map(at))
    // Each usual time after an unusual one, whose digits were never written.
    expectOwn([at(1e12), at(1e13), at(1e12 + 1), at(999_999_999_999), at(1_000_001_000_000)])
  })

  test('the high digits change from record to record, none is left of the last', () => {
    const high = [1_662_579, 1_662_580, 1_700_000, 1_999_999, 2_000_000, 1_662_579, 9_000_001]
    expectOwn(high.map((millions, index) => at(millions * 1e6 + index)))
    expectOwn(high.map((millions, index) => at(millions * 1e6 + 999_999 - index)))
  })

  test('third-party source and generation type alternate, each key has its own', () => {
    const origins = [
      { thirdPartyDataSourceId: 1, generationType: 'A' },
      { thirdPartyDataSourceId: 2, generationType: 'A' },
      { thirdPartyDataSourceId: 1, generationType: 'B' },
      { generationType: 'A' },
      { thirdPartyDataSourceId: 1 },
      { thirdPartyDataSourceId: 0, generationType: '' },
      {}
    ]
    const { thirdPartyDataSourceId: _party, generationType: _type, ...bare } = epoch
    const records = Array.from({ length: 30 }, (_, index) => ({
      ...bare,
      ...origins[index % origins.length],
      dataTypeId: 1_000 + (index % 2),
      startTimestamp: new Date(1_700_000_000_000 + index)
    }))
    expectOwn(records)
    expectOwn(records, 'source')
  })

  test('user and source alternate, each key has its own', () => {
    const records = Array.from({ length: 12 }, (_, index) => ({
      ...at(1_700_000_000_000 + index),
      endUserId: `user-${index % 2}`,
      dataSourceId: 5 + (index % 3)
    }))
    expectOwn(records)
    expectOwn(records.map((record) => ({ ...record, endUserId: 'user-1' })))
  })

  test('creationTimestamp comes and goes, each version has its own', () => {
    const { creationTimestamp: _, ...without } = at(0)
    const records = [at(1), without, without, at(2), at(1e12), at(1e12), without, at(1e12), at(1e13)]
    expectOwn(records.map((record, index) => ({ ...record, startTimestamp: new Date(1_700_000_000_000 + index) })))
  })
})

test('Versioner: any records, the keys and versions of recordKey and recordVersion', () => {
  const word = fc.option(fc.constantFrom('A', 'B"', 'ü,', '\ud800', ''), { nil: undefined })
  const instant = fc.oneof(
    fc.integer({ min: 1_662_579_571_990, max: 1_662_579_572_010 }),
    fc.constantFrom(-1, 0, 999_999_999_999, 1e12, 1_000_000_999_999, 9_999_999_999_999, 1e13, 253_402_300_799_999)
  )
  const record = fc
    .record({
      endUserId: fc.constantFrom('u', 'v"', 'ü'),
      dataSourceId: fc.nat({ max: 2 }),
      dataTypeId: fc.nat({ max: 600 }),
      startTimestamp: instant.map((ms) => new Date(ms)),
      thirdPartyDataSourceId: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
      generationType: word,
      creationTimestamp: fc.option(
        instant.map((ms) => new Date(ms)),
        { nil: undefined }
      )
    })
    .map((fields) => ({ ...epoch, ...fields }) as EpochRecord)
  const identity = fc.constantFrom('origin' as const, 'source' as const)
  const context = { sentAtMs: 1_662_579_905_000, reorderWindowMs: 3_600_000 }
  fc.assert(
    fc.property(fc.array(record, { maxLength: 600 }), identity, fc.boolean(), (records, identity, isUpdate) => {
      const type = isUpdate ? 'event.data.epoch.update' : 'event.data.epoch.create'
      const event = { type, endUserId: 'u', timestampType: 'ISO', records } as EpochEvent
      for (const { key, version, record } of versionRecords(event, identity, context)) {
        expect(key).toBe(recordKey(record, identity))
        expect(version).toBe(recordVersion(record, { ...context, isUpdate }))
      }
    }),
    { numRuns: 300 }
  )
})
