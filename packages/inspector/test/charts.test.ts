/** Charts of many records: few points, little memory, the host stays awake. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import type { RecordQuery, StorageAdapter, ThryveRecord } from '@thryve-webhook/middleware'
import { dailyRecord, epochRecord, saveBatch, versioned } from '@thryve-webhook/middleware/testing'
import { MAX_BUCKETS, MAX_SERIES, readCharts } from '../src/charts'
import { createScan, type ScanContext } from '../src/scan'
import { readTable } from '../src/table'

setFlagsFromString('--expose-gc')
/** What is collected is not held: without this, garbage would count, and a busy machine leaves much of it. */
const collectGarbage = runInNewContext('gc') as () => void

const BEGIN_MS = Date.parse('2026-01-01T00:00:00Z')
const RECORDS = 100_000
const query: RecordQuery = { dimension: 'epoch', endUserId: 'synthetic-user' }

const contextOf = (adapter: StorageAdapter, more: Partial<ScanContext> = {}): ScanContext => ({
  adapter,
  maxRecords: 1_000_000,
  signal: new AbortController().signal,
  ...more
})

const recordAt = (index: number, parsedValue: number | string | boolean = index % 200): ThryveRecord =>
  epochRecord({
    startTimestamp: new Date(BEGIN_MS + index * 60_000),
    dataSourceId: index % 3,
    value: String(parsedValue),
    parsedValue
  })

/** A store that makes its records while they are read, so that all memory that is used is the reader's. */
const endless = (records: number): StorageAdapter => ({
  save: () => Promise.reject(new Error('not for saving')),
  async *find({ limit = records, order }: RecordQuery) {
    const count = Math.min(limit, records)
    for (let index = 0; index < count; index++) yield recordAt(order === 'desc' ? records - 1 - index : index)
  }
})

test('charts: 100,000 records of one user, are at most so many points for each source, with all of them counted', async () => {
  const adapter = memoryAdapter()
  for (let from = 0; from < RECORDS; from += 10_000) {
    const batch = [...Array(10_000).keys()].map((index) => versioned(recordAt(from + index)))
    await adapter.save(saveBatch(...batch))
  }
  const startedAt = process.cpuUsage()
  const { charts, records, isPartial } = await readCharts(createScan(), contextOf(adapter), query)
  const { user, system } = process.cpuUsage(startedAt)
  console.info(`charts of ${RECORDS} records: ${Math.round((user + system) / 1_000)} ms of processor time`)
  expect([records, isPartial, charts.length]).toEqual([RECORDS, false, 1])
  expect(charts[0]?.sources).toHaveLength(3)
  for (const { mean, min, max } of charts[0]?.sources ?? []) {
    expect(mean).toHaveLength(MAX_BUCKETS)
    expect(Math.min(...min.map(Number))).toBe(0)
    expect(Math.max(...max.map(Number))).toBe(199)
  }
  expect(charts[0]?.times).toHaveLength(MAX_BUCKETS)
})

test('charts: ten times the records, hold no more memory', async () => {
  const held = async (records: number): Promise<number> => {
    let least = Number.POSITIVE_INFINITY
    let most = 0
    const adapter = endless(records)
    const find = adapter.find?.bind(adapter)
    const watched: StorageAdapter = {
      ...adapter,
      async *find(asked: RecordQuery) {
        let read = 0
        for await (const record of find?.(asked) ?? []) {
          yield record
          read += 1
          if (read % (records / 5) !== 0) continue
          collectGarbage()
          const { heapUsed, arrayBuffers } = process.memoryUsage()
          least = Math.min(least, heapUsed + arrayBuffers)
          most = Math.max(most, heapUsed + arrayBuffers)
        }
      }
    }
    const { charts } = await readCharts(createScan(), contextOf(watched), query)
    expect(charts[0]?.times.length).toBeLessThanOrEqual(MAX_BUCKETS)
    return most - least
  }
  await held(20_000)
  const few = await held(20_000)
  const many = await held(200_000)
  const leastPerKeptRecord = 100
  expect(many - few).toBeLessThan(180_000 * leastPerKeptRecord)
})

test('charts: while they are read, other work goes on', async () => {
  let turns = 0
  let isDone = false
  const turn = (): void => {
    turns += 1
    if (!isDone) setImmediate(turn)
  }
  setImmediate(turn)
  await readCharts(createScan(), contextOf(endless(50_000)), query)
  isDone = true
  expect(turns).toBeGreaterThan(40)
})

test('charts: more sources and types than lines, draw so many and tell of the rest', async () => {
  const adapter: StorageAdapter = {
    ...endless(0),
    async *find() {
      for (let index = 0; index < 10_000; index++) {
        yield epochRecord({ dataSourceId: index, dataTypeId: index % 7, startTimestamp: new Date(BEGIN_MS + index) })
      }
    }
  }
  const { charts, omittedSeries } = await readCharts(createScan(), contextOf(adapter), query)
  expect(charts.reduce((sum, { sources }) => sum + sources.length, 0)).toBe(MAX_SERIES)
  expect(omittedSeries).toBeGreaterThan(0)
})

test('charts: few records, keep their own times and values, and what is no number is counted', async () => {
  const adapter = memoryAdapter()
  const records = [recordAt(0, 5), recordAt(3, 9.5), recordAt(6, 'high'), recordAt(9, true)]
  await adapter.save(saveBatch(...records.map((record) => versioned(record))))
  const { charts } = await readCharts(createScan(), contextOf(adapter), query)
  expect(charts[0]).toMatchObject({
    times: [0, 180, 540].map((seconds) => BEGIN_MS / 1_000 + seconds),
    records: 4,
    withoutNumber: 1,
    sources: [{ dataSourceId: 0, mean: [5, 9.5, 1], min: [5, 9.5, 1], max: [5, 9.5, 1] }]
  })
})

test('charts: days, are a point each', async () => {
  const adapter = memoryAdapter()
  const days = ['2026-01-01', '2026-01-02', '2026-01-05']
  await adapter.save(
    saveBatch(...days.map((day, index) => versioned(dailyRecord({ day, value: `${index}`, parsedValue: index }))))
  )
  const { charts } = await readCharts(createScan(), contextOf(adapter), { ...query, dimension: 'daily' })
  expect(charts[0]?.times).toEqual(days.map((day) => Date.parse(day) / 1_000))
  expect(charts[0]?.sources[0]?.mean).toEqual([0, 1, 2])
})

test('charts: a scan beyond its limit, ends there and says so', async () => {
  const context = contextOf(endless(5_000), { maxRecords: 1_000 })
  expect(await readCharts(createScan(), context, query)).toMatchObject({ records: 1_000, isPartial: true })
})

test('scan: the browser has gone, ends early', async () => {
  const gone = new AbortController()
  const adapter = endless(100_000)
  let read = 0
  const scan = createScan()(contextOf(adapter, { signal: gone.signal }), query, () => {
    read += 1
    if (read === 500) gone.abort()
  })
  await expect(scan).rejects.toMatchObject({ code: 'INSPECTOR_BUSY' })
  expect(read).toBe(1_000)
})

test('scan: two run, sixteen wait, more are refused; a failure gives its place on', async () => {
  let finish = (): void => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  let running = 0
  const adapter: StorageAdapter = {
    ...endless(0),
    // biome-ignore lint/correctness/useYield: it fails before it finds anything
    async *find() {
      running += 1
      await finished
      throw new Error('the store failed')
    }
  }
  const scan = createScan()
  const scans = [...Array(19)].map(() =>
    scan(contextOf(adapter), query, () => {}).catch((error: Error) => error.message)
  )
  expect(await scans[18]).toMatch(/Too many/)
  expect(running).toBe(2)
  finish()
  expect(await Promise.all(scans.slice(0, 18))).toEqual(Array(18).fill('the store failed'))
})

test('table: page by page, every record once, newest first, also where many share an instant', async () => {
  const adapter = memoryAdapter()
  const records = [...Array(230).keys()].map((index) =>
    epochRecord({ startTimestamp: new Date(BEGIN_MS + Math.floor(index / 90)), dataTypeId: index, value: `${index}` })
  )
  await adapter.save(saveBatch(...records.map((record) => versioned(record))))
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = await readTable(createScan(), contextOf(adapter), query, { after, isRevealed: true })
    seen.push(...page.rows.map(({ value }) => value ?? ''))
    after = page.next
  } while (after !== undefined)
  expect(seen).toHaveLength(230)
  expect(new Set(seen).size).toBe(230)
  expect(Number(seen[0])).toBeGreaterThanOrEqual(180)
})
