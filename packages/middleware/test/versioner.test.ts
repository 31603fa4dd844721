/** Of the versions of a key in one delivery the winner stays, and what many records share is written once. */
import fc from 'fast-check'
import type { EpochEvent } from '../src/events'
import { recordKey, recordVersion } from '../src/identity'
import { Versioner } from '../src/process/versioner'
import type { EpochRecord, ThryveRecord } from '../src/records'
import { daily, epoch, event, versionRecords } from './versioned'

describe('Versioner', () => {
  const context = { sentAtMs: Date.UTC(2026, 0, 1), reorderWindowMs: 0 }
  const valuesOf = (...records: EpochRecord[]) =>
    versionRecords(event(...records), 'origin', context).map(({ record }) => record.value)

  test('a key twice, the last one wins', () => {
    expect(valuesOf({ ...epoch, value: 'a' }, { ...epoch, value: 'b' })).toEqual(['b'])
  })

  test('a key twice with creationTimestamps, the newer one wins wherever it stands', () => {
    const older = { ...epoch, value: 'older', creationTimestamp: new Date(1) }
    const newer = { ...epoch, value: 'newer', creationTimestamp: new Date(2) }
    expect(valuesOf(newer, older)).toEqual(['newer'])
  })

  test('daily records, have the keys of recordKey', () => {
    const records = [daily, { ...daily, day: '2022-09-08' }]
    const event = { type: 'event.data.daily.create', endUserId: 'user-1', timestampType: 'ISO', records } as const
    expect(versionRecords(event, 'origin', context).map(({ key }) => key)).toEqual(
      records.map((record) => recordKey(record, 'origin'))
    )
  })

  test('a key again after another user, another version or a time out of order, the last one wins', () => {
    const again = { ...epoch, value: 'again' }
    const stranger = { ...epoch, endUserId: 'user-2' }
    const early = { ...epoch, startTimestamp: new Date(-1) }
    const types = Array.from({ length: 258 }, (_, index) => ({ ...epoch, dataTypeId: 5_000 + index }))
    expect(valuesOf(epoch, stranger, again)).toEqual(['again', stranger.value])
    expect(valuesOf(epoch, early, again)).toEqual(['again', early.value])
    expect(valuesOf(early, { ...early, value: 'again' })).toEqual(['again'])
    expect(valuesOf(epoch, ...types, again)[0]).toBe('again')
  })

  test('records in the order of their time, no key is looked up; out of it, each is', () => {
    const many = Array.from({ length: 100 }, (_, index) => ({
      ...epoch,
      dataTypeId: index % 2,
      startTimestamp: new Date(1_700_000_000_000 + Math.floor(index / 2))
    }))
    const set = jest.spyOn(Map.prototype, 'set')
    const entriesSet = (records: EpochRecord[]) => {
      set.mockClear()
      versionRecords(event(...records), 'origin', context)
      return set.mock.calls.length
    }
    // One for each type.
    expect(entriesSet(many)).toBe(2)
    expect(entriesSet(many.toReversed())).toBeGreaterThanOrEqual(100)
    set.mockRestore()
  })

  test('what many records share, is written once', () => {
    const written = jest.spyOn(JSON, 'stringify')
    const padded = jest.spyOn(String.prototype, 'padStart')
    const many = (types: number, generationTypes: number) =>
      Array.from({ length: 2_000 }, (_, index) => ({
        ...epoch,
        dataTypeId: index % types,
        generationType: `G${index % generationTypes}`,
        startTimestamp: new Date(1_700_000_000_000 + index),
        creationTimestamp: new Date(1_700_000_000_000 + index)
      }))
    const cost = (types: number, generationTypes = 1) => {
      written.mockClear()
      padded.mockClear()
      versionRecords(event(...many(types, generationTypes)), 'origin', context)
      return [written.mock.calls.length, padded.mock.calls.length]
    }
    // Before and after the time, for each type and origin; the signature's time. More of them than are remembered start over.
    expect(cost(3)).toEqual([6, 1])
    expect(cost(256)).toEqual([512, 1])
    expect(cost(1, 256)).toEqual([512, 1])
    expect(cost(257)[0]).toBeGreaterThan(1_000)
    expect(cost(1, 258)[0]).toBeGreaterThan(1_000)
    jest.restoreAllMocks()
  })

  test('creationTimestamp is missing or stays the same, its version is made once', () => {
    const many = (fields: Partial<EpochRecord>) =>
      Array.from({ length: 50 }, (_, index) => ({
        ...epoch,
        ...fields,
        startTimestamp: new Date(1_700_000_000_000 + index)
      }))
    const padded = jest.spyOn(String.prototype, 'padStart')
    versionRecords(event(...many({})), 'origin', context)
    // The ending of all, and one version with its own.
    expect(padded).toHaveBeenCalledTimes(3)
    const flat = jest.spyOn(Buffer.prototype, 'toString')
    versionRecords(event(...many({ creationTimestamp: new Date(1_700_000_000_000) })), 'origin', context)
    expect(flat).toHaveBeenCalledTimes(50 + 1)
    jest.restoreAllMocks()
  })

  test.each([
    ['user', 'latin1'],
    ['\u00fcser', 'utf8']
  ])('keys of %s, are made as %s', (endUserId, encoding) => {
    const flat = jest.spyOn(Buffer.prototype, 'toString')
    versionRecords(event({ ...epoch, endUserId }), 'origin', context)
    // Where each byte is a character, none needs decoding.
    expect(flat.mock.calls).toEqual([[encoding]])
    flat.mockRestore()
  })

  test('kept: a record of the usual kind, so that its compiled code is', () => {
    const [versioner] = Versioner.kept as [Versioner]
    expect(versioner.winners()).toMatchObject([
      {
        key: '["epoch","",0,2000000000000,0,null,null]',
        version: '002000000000000.0.000000000000000',
        record: { dimension: 'epoch', value: '' }
      }
    ])
  })

  test('records that differ in their source alone, have keys of their own', () => {
    const records = [5, 6, 5, 7].map((dataSourceId, index) => ({ ...epoch, dataSourceId, value: String(index) }))
    expect(valuesOf(...records)).toEqual(['2', '1', '3'])
  })

  test('different keys, all stay in order', () => {
    expect(valuesOf({ ...epoch, value: 'a' }, { ...epoch, dataTypeId: 1, value: 'b' })).toEqual(['a', 'b'])
  })
})

test('Versioner: any order of any repetitions, of each key the greatest version and of equals the last', () => {
  const record = fc
    .record({
      endUserId: fc.constantFrom('u', 'u', 'u', 'v'),
      dataTypeId: fc.nat({ max: 2 }),
      generationType: fc.constantFrom('A', 'B'),
      startMs: fc.nat({ max: 9 }),
      createdMs: fc.nat({ max: 2 }),
      isEpoch: fc.integer({ min: 0, max: 9 }).map((dice) => dice > 0)
    })
    .map(({ startMs, createdMs, isEpoch, ...fields }) => {
      const creationTimestamp = new Date(1_662_579_571_000 + createdMs)
      const { startTimestamp: _, ...rest } = epoch
      const day = `2024-05-0${startMs}`
      return isEpoch
        ? { ...epoch, ...fields, creationTimestamp, startTimestamp: new Date(1_662_579_571_000 + startMs) }
        : { ...rest, ...fields, creationTimestamp, dimension: 'daily' as const, day }
    })
  const rising = fc.array(record, { maxLength: 40 }).map((records) =>
    records.map((each, index) => {
      const isLate = index % 20 !== 19 && each.dimension === 'epoch'
      return isLate ? { ...each, startTimestamp: new Date(1_662_579_571_000 + index) } : each
    })
  )
  const context = { sentAtMs: 1_662_579_905_000, reorderWindowMs: 3_600_000 }
  fc.assert(
    fc.property(fc.oneof(rising, fc.array(record, { maxLength: 40 })), (records) => {
      const expected = new Map<string, object>()
      for (const each of records as ThryveRecord[]) {
        const key = recordKey(each, 'origin')
        const version = recordVersion(each, { ...context, isUpdate: false })
        const rival = expected.get(key) as { version: string } | undefined
        if (rival === undefined || rival.version <= version) expected.set(key, { key, version, record: each })
      }
      const event = { type: 'event.data.epoch.create', endUserId: 'u', timestampType: 'ISO', records } as EpochEvent
      expect(versionRecords(event, 'origin', context)).toEqual([...expected.values()])
    }),
    { numRuns: 1_000 }
  )
})
