/** Promise: no order, repetition or concurrency of the same deliveries changes what is stored in the end. */
import { strict as assert } from 'node:assert'
import type { SaveBatch, SaveResult, VersionedRecord } from '../../storage/storage'
import { dailyRecord, epochRecord, saveBatch, versioned } from '../synthetic-records'
import { assertCounts, assertStored, recordText, totalOf } from './compare'
import { forSeeds, type Random } from './random'
import type { Cases, World } from './world'

type Model = Map<string, VersionedRecord>

const slot = (user: string, index: number, value: string, version: string): VersionedRecord => {
  const fields = { endUserId: user, value, parsedValue: value }
  const start = new Date(Date.UTC(2024, 4, 1, 0, index))
  return index % 4 === 3
    ? versioned(dailyRecord({ ...fields, day: `2024-05-${String(index + 1).padStart(2, '0')}` }), version)
    : versioned(epochRecord({ ...fields, startTimestamp: start }), version)
}

/** Several versions of several keys; two neighbouring versions may have the same content. */
const randomVersions = (random: Random, user: string): VersionedRecord[] =>
  Array.from({ length: 1 + random.below(6) }, (_, index) => {
    let content = 0
    return Array.from({ length: 1 + random.below(4) }, (_unused, version) => {
      if (random.isTrue(0.7)) content++
      return slot(user, index, `content ${content}`, `v${version}`)
    })
  }).flat()

/** The versions in any order, some of them repeatedly, in batches that hold each key once. */
const randomBatches = (random: Random, versions: readonly VersionedRecord[]): SaveBatch[] => {
  const arrivals = random.shuffle(versions.flatMap((each) => Array(1 + random.below(3)).fill(each) as typeof versions))
  const batches: VersionedRecord[][] = [[]]
  for (const arrival of arrivals) {
    const open = batches.at(-1) ?? []
    if (open.some(({ key }) => key === arrival.key) || random.isTrue(0.2)) batches.push([arrival])
    else open.push(arrival)
  }
  return batches.map((records) => saveBatch(...records))
}

const saveOne = (model: Model, arrival: VersionedRecord): keyof SaveResult => {
  const stored = model.get(arrival.key)
  if (stored === undefined || arrival.version >= stored.version) model.set(arrival.key, arrival)
  if (stored === undefined) return 'inserted'
  if (recordText(stored.record) === recordText(arrival.record)) return 'unchanged'
  return arrival.version < stored.version ? 'stale' : 'updated'
}

const saveInModel = (model: Model, { records }: SaveBatch): SaveResult => {
  const counts = { inserted: 0, updated: 0, unchanged: 0, stale: 0 }
  for (const record of records) counts[saveOne(model, record)]++
  return counts
}

const assertUser = async ({ probe }: World, user: string, model: Model): Promise<void> => {
  const records = (await probe.records()).filter(({ record }) => record.endUserId === user)
  await assertStored({ records: async () => records }, [...model.values()])
}

/** Saves at once from every adapter; the results must account for every record. */
const saveAtOnce = async (world: World, size: number, batches: readonly SaveBatch[]): Promise<SaveResult> => {
  const crowd = await world.crowd(size)
  const results = await Promise.all(batches.map((batch, index) => crowd[index % size]?.save(batch)))
  const sum = { inserted: 0, updated: 0, unchanged: 0, stale: 0 }
  results.forEach((result, index) => {
    assert.ok(result)
    assert.equal(totalOf(result), batches[index]?.records.length, 'the counts of a batch add up to its length')
    for (const count of ['inserted', 'updated', 'unchanged', 'stale'] as const) sum[count] += result[count]
  })
  return sum
}

/** Cases of `save` where the order is not given. */
export const saveOrderCases: Cases = {
  'save: any order with repetitions, the newest of each key stays and every count is right': async (world) => {
    await forSeeds(world.seed, async (random, run) => {
      const user = `synthetic-user-${run}`
      const model: Model = new Map()
      for (const batch of randomBatches(random, randomVersions(random, user))) {
        assertCounts(await world.adapter.save(batch), saveInModel(model, batch))
      }
      await assertUser(world, user, model)
    })
  },

  'save: any contents and versions in a row, as the rules say': async (world) => {
    await forSeeds(world.seed, async (random, run) => {
      const user = `synthetic-user-${run}`
      const model: Model = new Map()
      for (let step = 0; step < 12; step++) {
        const batch = saveBatch(slot(user, random.below(2), `content ${random.below(3)}`, `v${random.below(3)}`))
        assertCounts(await world.adapter.save(batch), saveInModel(model, batch))
      }
      await assertUser(world, user, model)
    })
  },

  'save: the same batch from many at once, inserted once': async (world) => {
    const records = Array.from({ length: 50 }, (_, index) => slot('synthetic-user', index % 28, 'same', 'v1'))
    const distinct = [...new Map(records.map((record) => [record.key, record])).values()]
    const sum = await saveAtOnce(world, 8, Array(8).fill(saveBatch(...distinct)))
    assertCounts(sum, { inserted: distinct.length, unchanged: 7 * distinct.length })
    await assertStored(world.probe, distinct)
  },

  'save: different versions of the same keys from many at once, the newest stays': async (world) => {
    const contentOf = (version: number) =>
      Array.from({ length: 20 }, (_, index) => slot('synthetic-user', index, `content ${version}`, `v${version}`))
    const newestInTheMiddle = [3, 5, 0, 7, 1, 6, 4, 2].map((version) => saveBatch(...contentOf(version)))
    const sum = await saveAtOnce(world, 8, newestInTheMiddle)
    assert.equal(sum.inserted, 20)
    assert.equal(sum.unchanged, 0)
    await assertStored(world.probe, contentOf(7))
  },

  'save: overlapping batches in any order from many at once, the newest of each key stays': async (world) => {
    await forSeeds(world.seed, async (random, run) => {
      const user = `synthetic-user-${run}`
      const batches = randomBatches(random, randomVersions(random, user))
      const model: Model = new Map()
      for (const batch of batches) saveInModel(model, batch)
      const sum = await saveAtOnce(world, 4, batches)
      assert.equal(sum.inserted, model.size, 'each key is inserted once, by one of the savers')
      await assertUser(world, user, model)
    })
  }
}
