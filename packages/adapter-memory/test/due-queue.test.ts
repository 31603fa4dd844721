import fc from 'fast-check'
import { type Due, DueQueue } from '../src/due-queue'

type Step = { readonly at: number; readonly due: number; readonly isRemoved: boolean }

const stepArbitrary = fc.record({ at: fc.nat(9), due: fc.nat(20), isRemoved: fc.boolean() })

const waiting = (values: readonly Due[]): Due[] =>
  values.filter(({ slot }) => slot >= 0).sort((a, b) => a.due - b.due || a.arrival - b.arrival)

test('DueQueue: any schedules and removals, the first is always the one due first', () => {
  const property = (steps: readonly Step[]) => {
    const queue = new DueQueue<Due>()
    const values = Array.from({ length: 10 }, (_, arrival) => ({ due: 0, slot: -1, arrival }))
    for (const { at, due, isRemoved } of steps) {
      const value = values[at] as Due
      if (isRemoved) queue.remove(value)
      else queue.schedule(value, due)
      expect(value.slot >= 0).toBe(!isRemoved)
      expect(queue.first).toBe(waiting(values)[0])
    }
    for (const value of waiting(values)) {
      expect(queue.first).toBe(value)
      queue.remove(value)
    }
    expect(queue.first).toBeUndefined()
  }
  fc.assert(fc.property(fc.array(stepArbitrary, { maxLength: 60 }), property))
})
