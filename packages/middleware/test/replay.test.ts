import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { receive, type StorageAdapter } from '../src/index'
import { build, epochPayload, post, recordsOf, signed, steps } from './deliveries'

/** One adapter, and what a receiver with a low limit has put into its quarantine. */
const quarantined = async (adapter: StorageAdapter = memoryAdapter()) => {
  const before = build({ maxRecords: 1 }, adapter)
  const items = [steps('1'), steps('2', { dataTypeId: 2000 })]
  expect(await post(before, await signed(epochPayload(items)))).toMatchObject({ status: 204 })
  const [told] = before.of('quarantined')
  expect(told).toMatchObject({ code: 'THRYVE_TOO_MANY_RECORDS', scope: 'delivery' })
  return { adapter, id: String(told?.['deliveryId']), before }
}

const kept = async (adapter: StorageAdapter) => (await adapter.quarantine?.list())?.entries ?? []

describe('replay', () => {
  test('understood by now, is stored, told and out of the quarantine; again it is not there', async () => {
    const { adapter, id } = await quarantined()
    const built = build({}, adapter)
    expect(await built.webhook.replay(id)).toBe(true)
    expect((await recordsOf(adapter)).map(({ value }) => value).sort()).toEqual(['1', '2'])
    expect(built.of('*')).toEqual([expect.objectContaining({ deliveryId: id, attempt: 1 })])
    expect(await kept(adapter)).toEqual([])
    expect(await built.webhook.replay(id)).toBe(false)
    expect(built.of('*')).toHaveLength(1)
  })

  test('not understood yet, rejects with the code and stays, first seen as before', async () => {
    const { adapter, id, before } = await quarantined()
    const [was] = await kept(adapter)
    await expect(before.webhook.replay(id)).rejects.toMatchObject({ code: 'THRYVE_TOO_MANY_RECORDS' })
    expect(await kept(adapter)).toEqual([was])
    expect(before.of('*')).toEqual([])
  })

  test('a listener that fails, keeps it; the next replay tells them again', async () => {
    const { adapter, id } = await quarantined()
    const built = build({}, adapter)
    built.webhook.once('event.*', () => Promise.reject(new Error('no')))
    await expect(built.webhook.replay(id)).rejects.toMatchObject({ code: 'THRYVE_LISTENER_FAILED' })
    expect(await kept(adapter)).toHaveLength(1)
    expect(await built.webhook.replay(id)).toBe(true)
    expect(await kept(adapter)).toEqual([])
  })

  test('a mixed delivery, stores and tells the good records again and stays for the bad one', async () => {
    const built = build()
    await post(built, await signed(epochPayload([steps('1'), steps('2', { dataTypeId: 'x' })])))
    const id = String(built.of('quarantined')[0]?.['deliveryId'])
    await expect(built.webhook.replay(id)).rejects.toMatchObject({ code: 'THRYVE_INVALID_RECORD' })
    expect(await kept(built.adapter)).toHaveLength(1)
    expect(await recordsOf(built.adapter)).toHaveLength(1)
  })

  test('of an older day, does not overwrite what is newer', async () => {
    const { adapter, id } = await quarantined()
    const built = build({}, adapter)
    const later = String(Math.floor(Date.now() / 1_000) + 60)
    await post(built, await signed(epochPayload([steps('new')]), { timestamp: later }))
    expect(await built.webhook.replay(id)).toBe(true)
    expect((await recordsOf(adapter)).map(({ value }) => value).sort()).toEqual(['2', 'new'])
  })

  test('a store that fails, rejects and keeps it', async () => {
    const { adapter, id } = await quarantined()
    const down = build({}, { ...adapter, save: () => Promise.reject(new Error('down')) })
    await expect(down.webhook.replay(id)).rejects.toMatchObject({ code: 'THRYVE_STORE_FAILED' })
    expect(await kept(adapter)).toHaveLength(1)
    const quarantine = adapter.quarantine as NonNullable<StorageAdapter['quarantine']>
    for (const broken of ['get', 'remove'] as const) {
      const failing = { ...quarantine, [broken]: () => Promise.reject(new Error('down')) }
      const { webhook } = build({}, { ...adapter, quarantine: failing })
      await expect(webhook.replay(id)).rejects.toMatchObject({ code: 'THRYVE_STORE_FAILED' })
    }
    expect(await kept(adapter)).toHaveLength(1)
  })

  test('without a quarantine, or closed, is an error with a code', async () => {
    const { save } = memoryAdapter()
    await expect(build({}, { save }).webhook.replay('x')).rejects.toMatchObject({ code: 'THRYVE_NO_QUARANTINE' })
    const { webhook } = build()
    expect(await webhook.replay('x')).toBe(false)
    await webhook.close()
    await expect(webhook.replay('x')).rejects.toMatchObject({ code: 'THRYVE_CLOSED' })
  })

  test('at once many times, leaves one record of each and nothing in the quarantine', async () => {
    const { adapter, id } = await quarantined()
    const built = build({}, adapter)
    const results = await Promise.all(Array.from({ length: 20 }, () => built.webhook.replay(id)))
    expect(results).toContain(true)
    expect(await recordsOf(adapter)).toHaveLength(2)
    expect(await kept(adapter)).toEqual([])
  })
})

describe('invalidPayload: reject', () => {
  test.each([
    ['junk', 'THRYVE_INVALID_JSON'],
    [{ endUserId: 'synthetic-user', type: 'event.new' }, 'THRYVE_UNKNOWN_TYPE'],
    [{ ...epochPayload([]), endUserId: '' }, 'THRYVE_INVALID_PAYLOAD'],
    [epochPayload([steps('1'), steps('2'), steps('3')]), 'THRYVE_TOO_MANY_RECORDS']
  ])('%j, is 422 with its code and not kept', async (payload, code) => {
    const built = build({ acknowledgeAfter: 'stored', invalidPayload: 'reject', maxRecords: 2 })
    expect(await post(built, await signed(payload))).toEqual({ status: 422, code, headers: {} })
    expect(built.of('rejected')).toEqual([{ status: 422, code }])
    expect(built.of('error')).toEqual([])
    expect(await kept(built.adapter)).toEqual([])
  })

  test('bad records among good ones, are quarantined and answered 204', async () => {
    const built = build({ acknowledgeAfter: 'stored', invalidPayload: 'reject' })
    const mixed = await signed(epochPayload([steps('1'), steps('2', { dataTypeId: 'x' })]))
    expect(await post(built, mixed)).toMatchObject({ status: 204 })
    expect(await kept(built.adapter)).toHaveLength(1)
  })

  test('an adapter with nothing but save, needs no acknowledgeAfter', async () => {
    const { save } = memoryAdapter()
    const { webhook } = build({ invalidPayload: 'reject' }, { save })
    expect(await receive(webhook, await signed('junk'))).toMatchObject({ status: 422, code: 'THRYVE_INVALID_JSON' })
  })
})
