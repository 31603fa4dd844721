import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import type { DroppedEntry } from '../src/index'
import { build, epochPayload, post, signed, steps } from './deliveries'

const garbage = (text: string) => signed(Buffer.from(`{ ${text}`), { encoding: 'identity' })

const dropped = (built: ReturnType<typeof build>): string[] =>
  built
    .of('quarantine-overflow')
    .flatMap((signal) => signal['dropped'] as DroppedEntry[])
    .map(({ deliveryId }) => deliveryId)

const idsIn = async ({ adapter }: ReturnType<typeof build>) =>
  ((await adapter.quarantine?.list({ limit: 1_000 }))?.entries ?? []).map(({ delivery }) => delivery.id)

const quarantinedIds = (built: ReturnType<typeof build>) =>
  built.of('quarantined').map(({ deliveryId }) => String(deliveryId))

/** The memory adapter's order of what came in one millisecond is that of the ids, so each comes in its own. */
const clocked = (): ReturnType<typeof memoryAdapter> => {
  let nowMs = Date.now()
  return memoryAdapter({ now: () => nowMs++ })
}

describe('quarantine bounds', () => {
  test('full by count, the oldest fall out and are told', async () => {
    const built = build({ maxQuarantined: 3 }, clocked())
    for (let index = 0; index < 5; index++) await post(built, await garbage(String(index)))
    const ids = quarantinedIds(built)
    expect(await idsIn(built)).toEqual(ids.slice(2).reverse())
    expect(dropped(built)).toEqual(ids.slice(0, 2))
    expect(JSON.stringify(built.lines)).toContain('The quarantine is full')
  })

  test('full by bytes, the newest stay', async () => {
    const limits = { maxCompressedBytes: 1_000, maxQuarantinedBytes: 1_000 }
    const built = build(limits, clocked())
    for (let index = 0; index < 5; index++) await post(built, await garbage(`${index}${'x'.repeat(397)}`))
    const ids = quarantinedIds(built)
    expect(await idsIn(built)).toEqual(ids.slice(3).reverse())
    expect(dropped(built).sort()).toEqual(ids.slice(0, 3).sort())
  })

  test('filled by another process, trimmed by the first item here', async () => {
    const adapter = clocked()
    const before = build({}, adapter)
    for (let index = 0; index < 6; index++) await post(before, await garbage(String(index)))
    const built = build({ maxQuarantined: 2 }, adapter)
    await post(built, await garbage('last'))
    expect(await idsIn(built)).toHaveLength(2)
    expect(dropped(built)).toEqual(quarantinedIds(before).slice(0, 5).reverse())
  })

  test('large bounds, never over by more than a hundredth', async () => {
    const built = build({ maxQuarantined: 300 }, clocked())
    let most = 0
    for (let index = 0; index < 320; index++) {
      await post(built, await garbage(String(index)))
      if (index >= 295) most = Math.max(most, (await idsIn(built)).length)
    }
    expect(most).toBeGreaterThanOrEqual(300)
    expect(most).toBeLessThanOrEqual(303)
  })

  test('trimming fails, the item is kept, the delivery is done and the failure told', async () => {
    const adapter = memoryAdapter()
    const failing = { ...adapter.quarantine, trim: () => Promise.reject(new Error('synthetic outage')) }
    const built = build({ maxQuarantined: 1 }, { ...adapter, quarantine: failing })
    expect(await post(built, await garbage('1'))).toMatchObject({ status: 204 })
    expect(await idsIn(built)).toHaveLength(1)
    expect(built.of('error')).toMatchObject([{ code: 'THRYVE_STORE_FAILED' }])
    expect((await adapter.inbox.stats()).done).toBe(1)
  })

  test('a mixed delivery falls out, its good records stay', async () => {
    const built = build({ maxQuarantined: 1 }, clocked())
    await post(built, await signed(epochPayload([steps('1'), steps('2', { dataTypeId: 'x' })])))
    await post(built, await garbage('1'))
    expect(dropped(built)).toHaveLength(1)
    expect(built.of('stored')).toMatchObject([{ inserted: 1 }])
  })

  test('room for less than one large delivery, refused at construction', () => {
    expect(() => build({ maxQuarantinedBytes: 1_000 })).toThrow(/"maxQuarantinedBytes".*at least maxCompressedBytes/)
  })
})
