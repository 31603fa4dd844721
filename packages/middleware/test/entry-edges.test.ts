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

describe('what is no list of entries', () => {
  test.each([
    `${entry},`,
    `,${entry}`,
    `${entry},,${entry}`,
    `${entry} ${entry}`,
    `${entry}x`,
    `${bad}${bad}`,
    `${entry}}`,
    `${entry}]`,
    `{${entry}`,
    `${entry},]`,
    `${entry},"`,
    `${entry},"\\`,
    `"a" ${bad}`,
    ','
  ])('%s, is refused', async (entries) => {
    expect(await expectSame(deliveryOf(entries))).toBe('THRYVE_INVALID_JSON')
  })

  test('a control character in a text, is refused', async () => {
    for (let code = 0; code < 32; code += 1) {
      const control = String.fromCharCode(code)
      expect(await expectSame(deliveryOf(entry.replace('53', control)))).toBe('THRYVE_INVALID_JSON')
    }
  })

  test.each([[0x80], [0xc3], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xc0, 0x80]])(
    '%j in a text, is no UTF-8',
    async (...bytes) => {
      const [before, after] = deliveryOf(`${entry},${entry}`).split(/53(?!.*53)/) as [string, string]
      const delivery = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)])
      expect(await expectSame(delivery)).toBe('THRYVE_INVALID_UTF8')
    }
  )

  test.each([60, 61])('an entry of %i levels of lists, is refused beyond 64 of all', async (levels) => {
    const deep = (lists: number) => bad.replace('1000', '['.repeat(lists) + ']'.repeat(lists))
    const outcome = await expectSame(deliveryOf(`${entry},${deep(levels)}`))
    expect(outcome === 'THRYVE_INVALID_JSON').toBe(levels > 60)
    expect((await expectSame(sourcesOf('', `${entry},${deep(levels - 1)}`))) === 'THRYVE_INVALID_JSON').toBe(
      levels > 60
    )
  })
})

describe('what only the codecs read', () => {
  test.each([
    entry,
    `${entry.slice(0, -1)},"x":9007199254740993}`,
    `${entry.slice(0, -1)},"__proto__":{"value":"1"}}`,
    `${entry.slice(0, -1)},"toString":{}}`,
    entry.replace('"53.0"', '9007199254740993'),
    entry.replace('"value"', '"valu\\u0065"'),
    entry.replace('"value"', '"value":"1","value"'),
    `${entry.slice(0, -1)},"additionalDetails":{"valueType":"STRING"},"additionalDetails":null}`,
    bad,
    'null',
    '[]',
    '"\\ud800"',
    '7'
  ])('%s between plain entries, is read in its place', async (unusual) => {
    const isPlain = unusual === entry
    expect(await scannedOf(deliveryOf(`${entry},${unusual} , ${entry}`))).toBe(isPlain ? 3 : 2)
    expect(await scannedOf(sourcesOf(`${unusual},${entry}`, `${entry},${unusual}`))).toBe(isPlain ? 4 : 2)
  })
})
