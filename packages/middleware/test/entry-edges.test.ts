/** Deliveries between the scanner and the parser: what each sees is a part, and the law holds for the whole. */
import { expectSame, scannedOf } from './delivery-law'

const entry = '{"startTimestamp":"2022-09-07T19:39:32Z","dataTypeId":1000,"value":"53.0"}'
const unix = entry.replace('"2022-09-07T19:39:32Z"', '1662579572000')
const bad = '{"dataTypeId":1000}'

const around = (data: string) => `{"endUserId":"u","type":"event.data.epoch.create","data":${data}}`
const sourceOf = (entries: string) => `{"dataSourceId":5,"epochData":[${entries}]}`
const deliveryOf = (entries: string) => around(sourceOf(entries))
const sourcesOf = (...lists: readonly string[]) => around(`[${lists.map(sourceOf).join()}]`)

describe('a byte order mark', () => {
  test('before the delivery, is no part of it', async () => {
    expect(await scannedOf(`\ufeff${deliveryOf(entry)}`)).toBe(1)
  })

  test.each([
    ['before the first entry', `\ufeff${entry},${entry}`],
    ['before another entry', `${entry},\ufeff${entry}`],
    ['before an entry that is not plain', `${entry},\ufeff${bad}`],
    ['behind an entry', `${entry}\ufeff,${entry}`],
    ['behind an entry that is not plain', `${bad}\ufeff,${entry}`],
    ['behind spaces', `${entry}, \ufeff${entry}`],
    ['instead of an entry', `${entry},\ufeff`]
  ])('%s, is no JSON', async (_name, entries) => {
    expect(await expectSame(deliveryOf(entries))).toBe('THRYVE_INVALID_JSON')
  })
})

describe('the form of timestamps', () => {
  test.each([
    [[unix, entry], 'UNIX'],
    [['', unix], 'UNIX'],
    [['null', unix], 'UNIX'],
    [['null,null', '', unix], 'UNIX'],
    [['null', entry], 'ISO'],
    [['7', unix], 'ISO'],
    [[`null,${unix}`], 'ISO']
  ])('sources of %j, is %s as the first entry that is not null has it', async (lists, form) => {
    const delivery = lists.length > 1 ? sourcesOf(...lists) : deliveryOf(lists.join())
    expect(await expectSame(delivery)).toHaveProperty('right.event.timestampType', form)
  })
})
