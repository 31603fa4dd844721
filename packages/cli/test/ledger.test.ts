/** Which version the ledger holds to be the winner, whatever the order, and what it cannot know. */
import type { EpochRecord } from '@thryve-webhook/middleware'
import { dailyRecord, epochRecord } from '@thryve-webhook/middleware/testing'
import { type Arrival, createLedger } from '../src/send/ledger'

const options = { identity: 'origin', reorderWindowMs: 3_600_000 } as const
const create: Arrival = { isUpdate: false, sentAtMs: 1_767_571_200_000, isCertain: true }
const update: Arrival = { ...create, isUpdate: true }

/** A version of the one record. */
const version = (value: string, createdAtMs?: number): EpochRecord =>
  epochRecord({ value, ...(createdAtMs === undefined ? {} : { creationTimestamp: new Date(createdAtMs) }) })

const ledgerOf = (...arrivals: readonly (readonly [EpochRecord, Arrival])[]) => {
  const ledger = createLedger(options)
  for (const [record, arrival] of arrivals) ledger.add([record], arrival)
  return ledger
}

const old = version('1', 1_000)
const young = version('2', 2_000)

test('add: the later creationTimestamp, wins in either order', () => {
  for (const ledger of [ledgerOf([old, create], [young, update]), ledgerOf([young, update], [old, create])]) {
    expect([ledger.size(), ledger.judge(young), ledger.judge(old)]).toEqual([1, 'same', 'different'])
  }
})

test('add: without creationTimestamp, an update outranks a create that was signed within the window', () => {
  const late = { ...create, sentAtMs: create.sentAtMs + 3_599_999 }
  const ledger = ledgerOf([version('2'), update], [version('1'), late])
  expect(ledger.judge(version('2'))).toBe('same')
  ledger.add([version('3')], { ...create, sentAtMs: create.sentAtMs + 3_600_001 })
  expect(ledger.judge(version('3'))).toBe('same')
})

test('add: equal versions of different content, either may be stored', () => {
  const ledger = ledgerOf([version('1'), create], [version('2'), create])
  expect([version('1'), version('2'), version('3')].map(ledger.judge)).toEqual(['same', 'same', 'different'])
})

test('add: twice in one delivery, the greater wins and in a tie the last', () => {
  const ledger = createLedger(options)
  ledger.add([young, old], create)
  expect(ledger.judge(young)).toBe('same')
  const tied = createLedger(options)
  tied.add([version('1'), version('2')], create)
  expect([tied.judge(version('1')), tied.judge(version('2'))]).toEqual(['different', 'same'])
})

test('add: what may have been kept, may be stored or not', () => {
  const maybe = { ...update, isCertain: false }
  const ledger = ledgerOf([old, create], [young, maybe])
  expect([ledger.judge(old), ledger.judge(young)]).toEqual(['same', 'same'])
  const alone = ledgerOf([young, maybe])
  expect([...alone.missing(young.endUserId)]).toEqual([])
  expect(alone.judge(young)).toBe('same')
})

test('add: what may have been kept and is older, never wins', () => {
  const ledger = ledgerOf([young, update], [old, { ...create, isCertain: false }])
  expect(ledger.judge(old)).toBe('different')
})

test('judge: any other field, is different; another key or user, is unexpected', () => {
  const ledger = ledgerOf([young, create])
  expect(ledger.judge({ ...young, endTimestamp: new Date(0) })).toBe('different')
  expect(ledger.judge({ ...young, measurementReference: '12345678901234567890' })).toBe('different')
  expect(ledger.judge({ ...young, dataTypeId: 3000 })).toBe('unexpected')
  expect(ledger.judge({ ...young, endUserId: 'another' })).toBe('unexpected')
  expect(ledger.judge(dailyRecord())).toBe('unexpected')
})

test('missing: keys that were not judged, without those of others', () => {
  const ledger = ledgerOf([old, create], [epochRecord({ dataTypeId: 3000 }), create])
  ledger.judge(old)
  expect([...ledger.missing(old.endUserId)]).toEqual([expect.stringContaining('3000')])
  expect([...ledger.missing('another')]).toEqual([])
})
