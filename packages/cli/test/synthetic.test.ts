/** Synthetic people live like people. */
import { planChaos } from '../src/send/chaos'
import { chunksOf } from '../src/send/plan'
import { syntheticDay } from '../src/send/synthetic-day'
import { syntheticUser } from '../src/send/synthetic-user'

const monday = Date.UTC(2026, 0, 5)
const users = Array.from({ length: 20 }, (_, index) => syntheticUser('test', index + 1))
const days = users.map((user) => ({ user, ...syntheticDay('test', user, monday) }))

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length

/** The hour by the user's own clock. */
const hourOf = (startTimestamp: Date, timezoneOffset: number): number =>
  new Date(startTimestamp.getTime() + timezoneOffset * 60_000).getUTCHours()

test('steps: none at night, and as many as the daily sum says', () => {
  for (const { user, epoch, daily } of days) {
    const own = epoch.filter(({ dataTypeId, generationType }) => dataTypeId === 1000 && generationType === 'TRACKER')
    expect(own.filter(({ startTimestamp }) => hourOf(startTimestamp, user.timezoneOffset) < 4)).toEqual([])
    expect(String(sum(own.map(({ parsedValue }) => Number(parsedValue))))).toBe(daily[0]?.value)
  }
})

test('heart rate: lower at night than in the afternoon, and never impossible', () => {
  for (const { user, epoch } of days) {
    const at = (from: number, to: number) =>
      epoch
        .filter(({ dataTypeId }) => dataTypeId === 3000)
        .filter(({ startTimestamp }) => {
          const hour = hourOf(startTimestamp, user.timezoneOffset)
          return hour >= from && hour < to
        })
        .map(({ parsedValue }) => Number(parsedValue))
    expect(mean(at(1, 5))).toBeLessThan(mean(at(14, 20)))
    expect(Math.min(...at(0, 24))).toBeGreaterThan(30)
    expect(Math.max(...at(0, 24))).toBeLessThan(150)
  }
})

test('sleep: 4 to 12 hours, as the daily sum says', () => {
  for (const { daily } of days) {
    const minutes = Number(daily[1]?.value)
    expect(minutes).toBeGreaterThan(4 * 60)
    expect(minutes).toBeLessThan(12 * 60)
  }
})

const options = {
  seed: 'test',
  users: 3,
  days: 3,
  firstDayMs: monday,
  batch: 50,
  format: 'ISO',
  shape: 'object',
  hasDetails: true,
  forgeries: []
} as const

test('chunksOf: no chunk is larger than the batch, nothing is lost, no key comes twice', () => {
  const chunks = [...chunksOf(options)].map(({ records }) => records)
  expect(Math.max(...chunks.map((records) => records.length))).toBe(50)
  const keys = chunks.flat().map((record) => {
    const time = record.dimension === 'epoch' ? record.startTimestamp.getTime() : record.day
    return `${record.endUserId} ${record.dimension} ${record.dataTypeId} ${time} ${record.thirdPartyDataSourceId}`
  })
  expect(new Set(keys).size).toBe(keys.length)
  const all = sum(
    [1, 2, 3].flatMap((number) =>
      [0, 1, 2].map((day) => {
        const { epoch, daily } = syntheticDay('test', syntheticUser('test', number), monday + day * 86_400_000)
        return epoch.length + daily.length
      })
    )
  )
  expect(keys.length).toBe(all)
})

test('planChaos: the same seed, the same deliveries in the same order', () => {
  const plan = () => [...planChaos(options)].map(({ kind, payload }) => `${kind} ${Buffer.from(payload).toString()}`)
  expect(plan()).toEqual(plan())
})

test('planChaos: nothing to forge, no forgeries', () => {
  expect([...planChaos(options)].every(({ seal }) => seal === 'signed')).toBe(true)
})
