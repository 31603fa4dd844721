import fc from 'fast-check'
import { recordKey, recordVersion } from '../src/identity'
import type { EpochRecord } from '../src/records'
import { daily, epoch } from './versioned'

const { thirdPartyDataSourceId: _party, generationType: _type, ...withoutOrigin } = epoch

describe('recordKey', () => {
  test('its text, is what stores hold already', () => {
    expect(recordKey(epoch, 'origin')).toBe('["epoch","user-1",1000,1662579572000,5,1,"TRACKER"]')
    expect(recordKey(withoutOrigin, 'origin')).toBe('["epoch","user-1",1000,1662579572000,5,null,null]')
    expect(recordKey(epoch, 'source')).toBe('["epoch","user-1",1000,1662579572000,5]')
    expect(recordKey(daily, 'origin')).toBe('["daily","user-1",1000,"2022-09-07",5]')
  })

  test.each([
    ['user', { endUserId: 'user-2' }],
    ['source', { dataSourceId: 2 }],
    ['type', { dataTypeId: 3000 }],
    ['start', { startTimestamp: new Date('2022-09-07T19:39:33Z') }],
    ['third-party source', { thirdPartyDataSourceId: 2 }],
    ['generation type', { generationType: 'SMARTPHONE' }]
  ])('another %s, is another record', (_name, change) => {
    expect(recordKey({ ...epoch, ...change }, 'origin')).not.toBe(recordKey(epoch, 'origin'))
  })

  test('an absent origin, is a value of its own', () => {
    expect(recordKey(withoutOrigin, 'origin')).not.toBe(recordKey(epoch, 'origin'))
    expect(recordKey(withoutOrigin, 'origin')).toBe(recordKey({ ...withoutOrigin, value: '2' }, 'origin'))
  })

  test('another end or value, is the same record', () => {
    const changed = { ...epoch, endTimestamp: new Date(), value: '99', creationTimestamp: new Date() }
    expect(recordKey(changed, 'origin')).toBe(recordKey(epoch, 'origin'))
  })

  test('identity "source", leaves the origin out', () => {
    expect(recordKey(withoutOrigin, 'source')).toBe(recordKey(epoch, 'source'))
    expect(recordKey({ ...epoch, dataSourceId: 2 }, 'source')).not.toBe(recordKey(epoch, 'source'))
  })

  test('daily, by day and source; the same type as epoch is another record', () => {
    expect(recordKey({ ...daily, generationType: 'X' }, 'origin')).toBe(recordKey(daily, 'origin'))
    expect(recordKey({ ...daily, day: '2022-09-08' }, 'origin')).not.toBe(recordKey(daily, 'origin'))
    expect(recordKey(daily, 'origin')).not.toBe(recordKey(epoch, 'origin'))
  })

  test('ids that could run into each other, stay apart', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
        fc.pre(a !== b)
        expect(recordKey({ ...epoch, endUserId: a }, 'origin')).not.toBe(
          recordKey({ ...epoch, endUserId: b }, 'origin')
        )
      })
    )
  })
})

describe('recordVersion', () => {
  const HOUR_MS = 3_600_000
  const at = (ms: number, isUpdate = false) => ({ sentAtMs: ms, isUpdate, reorderWindowMs: HOUR_MS })
  const created = (ms: number): EpochRecord => ({ ...epoch, creationTimestamp: new Date(ms) })
  const NOW = Date.UTC(2026, 0, 1)

  test.each([
    [
      'a later creationTimestamp beats an earlier, whenever it was sent',
      recordVersion(created(NOW + 1), at(NOW)),
      recordVersion(created(NOW), at(NOW + HOUR_MS, true))
    ],
    [
      'an update beats its create of the same creationTimestamp',
      recordVersion(created(NOW), at(NOW, true)),
      recordVersion(created(NOW), at(NOW + 5_000))
    ],
    [
      'a later signature beats an earlier of the same rank',
      recordVersion(created(NOW), at(NOW + 1_000)),
      recordVersion(created(NOW), at(NOW))
    ],
    [
      'without creationTimestamp a late retry of a create does not beat its update',
      recordVersion(epoch, at(NOW, true)),
      recordVersion(epoch, at(NOW + HOUR_MS - 1))
    ],
    [
      'without creationTimestamp a create sent much later does',
      recordVersion(epoch, at(NOW + HOUR_MS + 1)),
      recordVersion(epoch, at(NOW, true))
    ],
    [
      'instants of different length compare as instants',
      recordVersion(created(10_000_000), at(NOW)),
      recordVersion(created(9_999_999), at(NOW))
    ],
    ['instants before 1970 are the lowest', recordVersion(created(1), at(NOW)), recordVersion(created(-1), at(NOW))]
  ])('%s', (_name, greater, lesser) => {
    expect(greater > lesser).toBe(true)
  })
})
