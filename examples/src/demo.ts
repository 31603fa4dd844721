/**
 * Real signed and compressed deliveries over HTTP on loopback, and what became of each. Exits 0 only if all is as it must be.
 * With `--ui` a page to look at instead, until it is stopped.
 */
import type { AddressInfo } from 'node:net'
import { styleText } from 'node:util'
import type { ThryveRecord } from '@thryve-webhook/middleware'
import { signedDelivery } from '@thryve-webhook/middleware/testing'
import { createApp } from './express-memory'
import { runLivePage } from './live-page'

const secret = 'demo-secret'
const user = 'synthetic-user-1'

const source = { dataSourceId: 5, dataSourceName: 'Apple' }
const details = (creationTimestamp: string | number, valueType: string) => ({
  creationTimestamp,
  dataTypeName: 'Steps',
  valueType,
  thirdPartyDataSourceId: 1,
  generationType: 'TRACKER',
  measurementReference: 9007199254740993n
})
const walk = (value: string, creationTimestamp: string) => ({
  startTimestamp: '2026-01-05T08:00:00Z',
  endTimestamp: '2026-01-05T08:15:00Z',
  dataTypeId: 1000,
  value,
  additionalDetails: details(creationTimestamp, 'LONG')
})
const day = (value: string, of: string | number, created: string | number) => ({
  day: of,
  dataTypeId: 1000,
  value,
  additionalDetails: details(created, 'LONG')
})
const delivery = (type: string, records: readonly object[], timestampType = 'ISO') => ({
  endUserId: user,
  timestampType,
  type: `event.data.${type}`,
  data: { ...source, [type.startsWith('epoch') ? 'epochData' : 'dailyData']: records }
})

const created = delivery('epoch.create', [walk('812', '2026-01-05T08:20:00Z')])
const evening = {
  ...walk('3407', ''),
  startTimestamp: 1767639600000,
  endTimestamp: 1767640500000,
  additionalDetails: details(1767640600000, 'LONG')
}

/** What is sent, and what must come of it. */
const steps: readonly {
  name: string
  payload: object
  answer: number
  outcome: string
  sign?: 'forged' | 'late' | 'a week ago'
}[] = [
  { name: 'epoch, ISO timestamps', payload: created, answer: 204, outcome: 'stored: 1 inserted' },
  {
    name: 'epoch, unix timestamps',
    payload: delivery('epoch.create', [evening], 'UNIX'),
    answer: 204,
    outcome: 'stored: 1 inserted'
  },
  {
    name: 'daily, ISO',
    payload: delivery('daily.create', [day('4219', '2026-01-05', '2026-01-06T00:10:00Z')]),
    answer: 204,
    outcome: 'stored: 1 inserted'
  },
  {
    name: 'daily, unix, labelled ISO',
    payload: delivery('daily.create', [day('9530', 1767657600000, 1767744600000)]),
    answer: 204,
    outcome: 'stored: 1 inserted'
  },
  {
    name: 'an update of the first',
    payload: delivery('epoch.update', [walk('845', '2026-01-05T08:40:00Z')]),
    answer: 204,
    outcome: 'stored: 1 updated'
  },
  { name: 'the first again, late', payload: created, answer: 204, outcome: 'stored: 1 stale', sign: 'late' },
  {
    name: 'a bad record beside a good one',
    payload: delivery('epoch.create', [
      walk('845', '2026-01-05T08:40:00Z'),
      { ...walk('1', ''), startTimestamp: 'yesterday' }
    ]),
    answer: 204,
    outcome: 'quarantined: 1 record'
  },
  {
    name: 'a type of tomorrow',
    payload: { ...created, type: 'event.data.measurement.create' },
    answer: 204,
    outcome: 'quarantined: delivery'
  },
  { name: 'a forged body', payload: created, answer: 401, outcome: 'refused: wrong', sign: 'forged' },
  { name: 'a replay of last week', payload: created, answer: 401, outcome: 'refused: stale', sign: 'a week ago' }
]
const finalValues = [
  '2026-01-05T08:00:00.000Z 845',
  '2026-01-05T19:00:00.000Z 3407',
  '2026-01-05 4219',
  '2026-01-06 9530'
]

const row = (...columns: string[]) => columns.map((text, index) => text.padEnd([34, 8, 26, 4][index] ?? 0)).join('  ')
const placeOf = (record: ThryveRecord) =>
  record.dimension === 'epoch' ? record.startTimestamp.toISOString() : record.day

const main = async (): Promise<boolean> => {
  const { app, webhook, adapter } = createApp(secret)
  let outcomes: string[] = []
  webhook.on('stored', ({ deliveryId: _, type: __, ...counts }) => {
    const [name, count] = Object.entries(counts).find(([, n]) => n > 0) ?? ['', 0]
    outcomes.push(`stored: ${count} ${name}`)
  })
  webhook.on('quarantined', ({ scope, badRecords }) => {
    outcomes.push(`quarantined: ${scope === 'delivery' ? scope : `${badRecords} record`}`)
  })
  webhook.on('rejected', ({ reason }) => outcomes.push(`refused: ${reason}`))

  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/thryve`

  console.log(`The receiver listens on ${url}\n`)
  console.log(styleText('bold', row('delivery', 'answer', 'outcome', '')))
  let isAllRight = true
  for (const step of steps) {
    outcomes = []
    const shiftSeconds = step.sign === 'a week ago' ? -7 * 86_400 : step.sign === 'late' ? 5 : 0
    const timestamp = String(Math.floor(Date.now() / 1_000) + shiftSeconds)
    const { headers, body } = await signedDelivery(step.payload, { secret, timestamp })
    if (step.sign === 'forged') body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1
    const { status } = await fetch(url, { method: 'POST', headers: { ...headers }, body: Uint8Array.from(body) })
    await webhook.idle()
    const isRight = status === step.answer && outcomes.includes(step.outcome)
    isAllRight &&= isRight
    const mark = isRight ? styleText('green', 'ok') : styleText('red', `expected ${step.answer}, ${step.outcome}`)
    console.log(row(step.name, String(status), outcomes.at(-1) ?? 'nothing', mark))
  }

  console.log(`\n${styleText('bold', row('stored records', 'steps', 'reference', ''))}`)
  const values: string[] = []
  for (const dimension of ['epoch', 'daily'] as const) {
    for await (const record of adapter.find({ dimension, endUserId: user })) {
      values.push(`${placeOf(record)} ${record.parsedValue}`)
      console.log(row(placeOf(record), record.value, record.measurementReference ?? '', ''))
    }
  }
  isAllRight &&= JSON.stringify(values) === JSON.stringify(finalValues)

  const { entries } = await adapter.quarantine.list()
  console.log(`\n${styleText('bold', row('quarantined', 'records', 'reason', ''))}`)
  for (const { code, badRecords, failures } of entries) {
    console.log(row(failures[0]?.path ?? '', String(badRecords), code, ''))
  }
  isAllRight &&= entries.length === 2

  await webhook.close()
  server.close()
  return isAllRight
}

const report = (isAllRight: boolean): void => {
  console.log(isAllRight ? styleText('green', '\nAll is as it must be.') : styleText('red', '\nNot as it must be.'))
  process.exitCode = isAllRight ? 0 : 1
}

if (process.argv.includes('--ui')) void runLivePage()
else void main().then(report)
