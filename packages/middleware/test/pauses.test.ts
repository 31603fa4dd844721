import { performance } from 'node:perf_hooks'
import { createPauses } from '../src/codecs/pauses'

describe('createPauses', () => {
  afterEach(() => jest.restoreAllMocks())

  test('isDue: more than 4 ms after the beginning or the last pause, says yes', async () => {
    let now = 1_000
    jest.spyOn(performance, 'now').mockImplementation(() => now)
    const pauses = createPauses()
    const dueAt = (ms: number) => {
      now = ms
      return pauses.isDue()
    }
    expect([1_000, 1_004, 1_004.5, 9_000].map(dueAt)).toEqual([false, false, true, true])
    await pauses.take()
    expect([9_000, 9_004, 9_004.5].map(dueAt)).toEqual([false, false, true])
  })

  test('take: what waits for its turn, has it first', async () => {
    const order: string[] = []
    setImmediate(() => order.push('other'))
    await createPauses().take()
    order.push('work')
    expect(order).toEqual(['other', 'work'])
  })
})
