import fc from 'fast-check'
import type { StoredRecord } from '../src/packed-record'
import { Timeline } from '../src/timeline'

const stored = (ms: number, key: string): StoredRecord => ({ key, ms, isGone: false }) as StoredRecord
const isBefore = (a: StoredRecord, b: StoredRecord) => (a.ms === b.ms ? a.key < b.key : a.ms < b.ms)

test('Timeline: any range of any records, as filtering and sorting gives', () => {
  const ms = fc.integer({ min: -5, max: 5 })
  const step = fc.record({ ms, key: fc.constantFrom('a', 'b', 'ä', 'c'), isWalked: fc.boolean(), isGone: fc.boolean() })
  const bound = fc.oneof(ms, fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY))
  fc.assert(
    fc.property(fc.array(step), bound, bound, (steps, first, end) => {
      const timeline = new Timeline()
      const byKey = new Map<string, StoredRecord>()
      for (const { ms, key, isWalked, isGone } of steps) {
        if (isWalked) expect([...timeline.walk(-10, 10, 'asc')]).toHaveLength(byKey.size)
        const before = byKey.get(key)
        if (before !== undefined) timeline.delete(before)
        byKey.delete(key)
        if (isGone) continue
        byKey.set(key, stored(ms, key))
        timeline.add(byKey.get(key) as StoredRecord)
      }
      const expected = [...byKey.values()]
        .filter((each) => each.ms >= first && each.ms < end)
        .sort((a, b) => (isBefore(a, b) ? -1 : 1))
      expect([...timeline.walk(first, end, 'asc')]).toEqual(expected)
      expect([...timeline.walk(first, end, 'desc')]).toEqual(expected.reverse())
      expect(timeline.size).toBe(byKey.size)
      expect(new Set(timeline.values())).toEqual(new Set(byKey.values()))
    })
  )
})

test('Timeline: changed while it is walked, the walk goes on over what there was', () => {
  const timeline = new Timeline()
  for (const key of ['a', 'b', 'c']) timeline.add(stored(0, key))
  const walked: string[] = []
  for (const each of timeline.walk(0, 2, 'asc')) {
    walked.push(each.key)
    timeline.delete(each)
    timeline.add(stored(1, `${each.key}2`))
  }
  expect(walked).toEqual(['a', 'b', 'c'])
  expect([...timeline.walk(0, 2, 'asc')].map(({ key }) => key)).toEqual(['a2', 'b2', 'c2'])
})
