/** Deliveries between the scanner and the parser: what each sees is a part, and the law holds for the whole. */
import { expectSame, scannedOf } from './delivery-law'

const entry = '{"startTimestamp":"2022-09-07T19:39:32Z","dataTypeId":1000,"value":"53.0"}'
const bad = '{"dataTypeId":1000}'

const around = (data: string) => `{"endUserId":"u","type":"event.data.epoch.create","data":${data}}`
const sourceOf = (entries: string) => `{"dataSourceId":5,"epochData":[${entries}]}`
const deliveryOf = (entries: string) => around(sourceOf(entries))

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
