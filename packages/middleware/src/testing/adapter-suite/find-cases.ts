/** Reading: by user, types, sources and time, in order. */
import { strict as assert } from 'node:assert'
import type { ThryveRecord } from '../../records'
import type { RecordQuery } from '../../storage/storage'
import { dailyRecord, epochRecord, saveBatch, versioned } from '../synthetic-records'
import { assertRecords, recordText } from './compare'
import { forSeeds, type Random } from './random'
import type { Cases, World } from './world'

const endUserId = 'synthetic-user'
const epochs = { dimension: 'epoch', endUserId } as const
const days = { dimension: 'daily', endUserId } as const

const at = (minute: number): Date => new Date(Date.UTC(2024, 4, 1, 8, minute))
const dayOf = (day: number): string => new Date(Date.UTC(2024, 4, day)).toISOString().slice(0, 10)
const walk = (minute: number, fields: object = {}) => epochRecord({ startTimestamp: at(minute), ...fields })
const total = (day: number, fields: object = {}) => dailyRecord({ day: dayOf(day), ...fields })

const save = async ({ adapter }: World, ...records: ThryveRecord[]): Promise<void> => {
  await adapter.save(saveBatch(...records.map((record) => versioned(record))))
}

const timeOf = (record: ThryveRecord): number =>
  record.dimension === 'epoch' ? record.startTimestamp.getTime() : Date.parse(record.day)

const isWanted = (query: RecordQuery, record: ThryveRecord): boolean =>
  record.dimension === query.dimension &&
  record.endUserId === query.endUserId &&
  query.dataTypeIds?.includes(record.dataTypeId) !== false &&
  query.dataSourceIds?.includes(record.dataSourceId) !== false &&
  timeOf(record) >= (query.from?.getTime() ?? Number.NEGATIVE_INFINITY) &&
  timeOf(record) < (query.to?.getTime() ?? Number.POSITIVE_INFINITY)

const randomQuery = (random: Random): RecordQuery => ({
  dimension: random.pick(['epoch', 'daily']),
  endUserId,
  ...(random.isTrue(0.5) && { dataTypeIds: random.shuffle([1000, 3000, 4000]).slice(random.below(3)) }),
  ...(random.isTrue(0.3) && { dataSourceIds: random.shuffle([2, 5]).slice(random.below(2)) }),
  ...(random.isTrue(0.5) && { from: new Date(Date.UTC(2024, 4, 1 + random.below(6), random.below(24))) }),
  ...(random.isTrue(0.5) && { to: new Date(Date.UTC(2024, 4, 1 + random.below(6), random.below(24))) }),
  ...(random.isTrue(0.7) && { order: random.pick(['asc', 'desc'] as const) }),
  ...(random.isTrue(0.5) && { limit: random.below(8) })
})

/** Times are all different, so that the order is fixed by them alone. */
const manyRecords = (random: Random): ThryveRecord[] =>
  Array.from({ length: 40 }, (_, index) => {
    const fields = {
      dataTypeId: random.pick([1000, 3000, 4000]),
      dataSourceId: random.pick([2, 5]),
      value: String(index)
    }
    const startTimestamp = new Date(Date.UTC(2024, 4, 1, 3 * index))
    return index % 4 === 0 ? total(1 + index / 4, fields) : epochRecord({ startTimestamp, ...fields })
  })

/** Cases of `find`. */
export const findCases: Cases = {
  'find: nothing stored, nothing': async ({ find }) => {
    assertRecords(await find(epochs), [])
  },

  'find: no order asked for, oldest first': async (world) => {
    await save(world, walk(2), walk(10), walk(1))
    assertRecords(await world.find(epochs), [walk(1), walk(2), walk(10)])
  },

  'find: order desc, newest first': async (world) => {
    await save(world, walk(2), walk(10), walk(1))
    assertRecords(await world.find({ ...epochs, order: 'desc' }), [walk(10), walk(2), walk(1)])
  },

  'find: desc with limit 1, the latest value of a type': async (world) => {
    const pulse = { dataTypeId: 3000 }
    await save(world, walk(1, pulse), walk(2, pulse), walk(3))
    assertRecords(await world.find({ ...epochs, dataTypeIds: [3000], order: 'desc', limit: 1 }), [walk(2, pulse)])
  },

  'find: from and to, from included and to excluded': async (world) => {
    await save(world, walk(1), walk(2), walk(3))
    assertRecords(await world.find({ ...epochs, from: at(1), to: at(3) }), [walk(1), walk(2)])
    assertRecords(await world.find({ ...epochs, from: at(2) }), [walk(2), walk(3)])
    assertRecords(await world.find({ ...epochs, to: at(2) }), [walk(1)])
    assertRecords(await world.find({ ...epochs, from: at(2), to: at(2) }), [])
  },

  'find: daily, by day as midnight UTC': async (world) => {
    await save(world, total(1), total(2), total(3))
    const midnight = new Date(`${dayOf(2)}T00:00:00Z`)
    const morning = new Date(`${dayOf(2)}T08:00:00Z`)
    assertRecords(await world.find({ ...days, from: midnight }), [total(2), total(3)])
    assertRecords(await world.find({ ...days, from: morning }), [total(3)])
    assertRecords(await world.find({ ...days, to: midnight }), [total(1)])
    assertRecords(await world.find({ ...days, to: morning, order: 'desc' }), [total(2), total(1)])
  },

  'find: one dimension, the other is left out': async (world) => {
    await save(world, walk(1), total(1))
    assertRecords(await world.find(epochs), [walk(1)])
    assertRecords(await world.find(days), [total(1)])
  },

  'find: several types and sources, only these': async (world) => {
    const [steps, pulse, breath] = [walk(1), walk(2, { dataTypeId: 3000 }), walk(3, { dataTypeId: 4000 })]
    const garmin = walk(4, { dataSourceId: 2 })
    await save(world, steps, pulse, breath, garmin)
    assertRecords(await world.find({ ...epochs, dataTypeIds: [4000, 3000] }), [pulse, breath])
    assertRecords(await world.find({ ...epochs, dataSourceIds: [2] }), [garmin])
    assertRecords(await world.find({ ...epochs, dataTypeIds: [1000], dataSourceIds: [5, 1] }), [steps])
  },

  'find: empty list of types or sources, nothing': async (world) => {
    await save(world, walk(1))
    assertRecords(await world.find({ ...epochs, dataTypeIds: [] }), [])
    assertRecords(await world.find({ ...epochs, dataSourceIds: [] }), [])
  },

  'find: limit 0, nothing': async (world) => {
    await save(world, walk(1))
    assertRecords(await world.find({ ...epochs, limit: 0 }), [])
  },

  'find: limit, the first of the order': async (world) => {
    await save(world, walk(1), walk(2), walk(3))
    assertRecords(await world.find({ ...epochs, limit: 2 }), [walk(1), walk(2)])
    assertRecords(await world.find({ ...epochs, limit: 9 }), [walk(1), walk(2), walk(3)])
  },

  'find: ids that begin alike or look like patterns, only the one asked for': async (world) => {
    const ids = ['a', 'ab', 'A', 'a.b', 'a$', '.*', '$ne', '']
    await save(world, ...ids.filter(Boolean).map((id, minute) => walk(minute, { endUserId: id })))
    for (const [minute, id] of ids.entries()) {
      const expected = id === '' ? [] : [walk(minute, { endUserId: id })]
      assertRecords(await world.find({ ...epochs, endUserId: id }), expected)
    }
  },

  'find: several at one instant, by key and desc the other way round': async (world) => {
    const together = [5, 10, 9, 1].map((dataSourceId) => versioned(walk(1, { dataSourceId })))
    await world.adapter.save(saveBatch(...together))
    await save(world, walk(0), walk(2))
    const upwards = await world.find(epochs)
    const byKey = together.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ record }) => record)
    assertRecords(upwards, [walk(0), ...byKey, walk(2)])
    assertRecords((await world.find({ ...epochs, order: 'desc' })).reverse(), upwards)
    assertRecords(await world.find({ ...epochs, limit: 3 }), upwards.slice(0, 3))
  },

  'find: a newer version was saved, only that': async (world) => {
    await save(world, walk(1))
    await world.adapter.save(saveBatch(versioned(walk(1, { value: '99', parsedValue: 99 }), '2')))
    assertRecords(await world.find(epochs), [walk(1, { value: '99', parsedValue: 99 })])
  },

  'find: found records changed by the caller, the store keeps its own': async (world) => {
    await save(world, walk(1))
    for (const record of await world.find(epochs)) {
      if (record.dimension === 'epoch') record.startTimestamp.setTime(0)
    }
    assertRecords(await world.find(epochs), [walk(1)])
  },

  'find: left early, the adapter goes on': async (world) => {
    await save(world, walk(1), walk(2), walk(3))
    for await (const record of world.adapter.find?.(epochs) ?? []) {
      assertRecords([record], [walk(1)])
      break
    }
    assert.equal((await world.find(epochs)).length, 3)
  },

  'find: more than any page of a driver, all of them in order': async (world) => {
    const records = Array.from({ length: 2_500 }, (_, minute) => walk(minute))
    await save(world, ...[...records].reverse())
    assertRecords(await world.find(epochs), records)
  },

  'find: random queries, what a filter over everything gives': async (world) => {
    await forSeeds(world.seed, async (random, run) => {
      const user = `${endUserId}-${run}`
      const records = manyRecords(random).map((record) => ({ ...record, endUserId: user }))
      await save(world, ...random.shuffle(records))
      for (let index = 0; index < 5; index++) {
        const query = { ...randomQuery(random), endUserId: user }
        const wanted = records.filter((record) => isWanted(query, record)).sort((a, b) => timeOf(a) - timeOf(b))
        if (query.order === 'desc') wanted.reverse()
        const expected = wanted.slice(0, query.limit).map(recordText)
        assert.deepEqual((await world.find(query)).map(recordText), expected, JSON.stringify(query))
      }
    })
  }
}
