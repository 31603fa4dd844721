import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { parseJson } from '../src/json'
import { build, epochPayload, post, recordsOf, signed, steps } from './deliveries'

/** The text of a delivery with one entry, with a part of the text replaced: JSON.stringify writes no hostile JSON. */
const textWith = (marker: string, replacement: string, fields: object = { x: 'MARK' }) =>
  JSON.stringify(epochPayload([steps('1', fields)])).replace(marker, () => replacement)

const receiveText = async (text: string | Uint8Array, built = build()) => {
  expect(await post(built, await signed(text))).toMatchObject({ status: 204 })
  const owners = [...new Set(['synthetic-user', ...built.of('*').map((event) => String(event['endUserId']))])]
  const records = (await Promise.all(owners.map((owner) => recordsOf(built.adapter, owner)))).flat()
  const codes = built.of('quarantined').map(({ code }) => code)
  expect(built.of('error')).toEqual([])
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  return { ...built, records, codes }
}

describe('keys', () => {
  test('duplicate keys, the last wins, as in every JavaScript parser', async () => {
    const { records } = await receiveText(textWith('"value":"1"', '"value":"1","value":"2"'))
    expect(records.map(({ value }) => value)).toEqual(['2'])
  })

  test.each([
    ['"__proto__":{"polluted":1,"dataTypeId":7}'],
    ['"constructor":{"prototype":{"polluted":1}}'],
    ['"prototype":{"polluted":1}'],
    ['"toString":1,"valueOf":2,"hasOwnProperty":3,"toJSON":4,"then":5']
  ])('%s, is an unknown field and lends nothing', async (members) => {
    const { records } = await receiveText(textWith('"x":"MARK"', members))
    expect(records).toEqual([expect.objectContaining({ dataTypeId: 1000, value: '1' })])
    expect(JSON.parse(records[0]?.extra ?? '').record).toEqual(JSON.parse(`{${members}}`))
    expect(Object.getPrototypeOf(records[0])).toBe(Object.prototype)
  })

  test.each(['__proto__', 'constructor'])('required fields under %s alone, are missing', async (key) => {
    const { records, codes } = await receiveText(
      `{"${key}":${JSON.stringify(epochPayload([steps()]))},"type":"event.data.epoch.create"}`
    )
    expect(records).toEqual([])
    expect(codes).toEqual(['THRYVE_INVALID_PAYLOAD'])
  })

  test.each(['$where', '$set', '$gt', 'a.b', '.', '', '_bsontype', '_id', '\\u0000', 'a\\u0000b'])(
    'the key "%s", ends in extra as text',
    async (key) => {
      const { records } = await receiveText(textWith('"x":"MARK"', `"${key}":{"$gt":""}`))
      expect(Object.keys(records[0] ?? {})).not.toContain(JSON.parse(`"${key}"`))
      expect(JSON.parse(records[0]?.extra ?? '').record).toEqual(JSON.parse(`{"${key}":{"$gt":""}}`))
    }
  )

  test.each([
    ['words', (index: number) => `k${index}`],
    ['integers', (index: number) => String(index)],
    ['sparse integers', (index: number) => String((index * 65_536) % 4_294_967_291)]
  ])('more than 4,096 different keys, as %s, are not parsed: each costs a hidden class', async (_name, key) => {
    const keys = (count: number) => Array.from({ length: count }, (_, index) => key(index))
    const inOne = (count: number) => `{${keys(count).map((name) => `"${name}" :1`)}}`
    const inMany = (count: number) => `[${keys(count).map((name) => `{"${name}":1}`)}]`
    for (const make of [inOne, inMany]) {
      expect((await receiveText(make(4_096))).codes).not.toContain('THRYVE_TOO_MANY_RECORDS')
      expect((await receiveText(make(100_000))).codes).toEqual(['THRYVE_TOO_MANY_RECORDS'])
    }
  })

  test('few keys a hundred thousand times, are parsed', () => {
    const text = `[${Array.from({ length: 100_000 }, (_, index) => `{"k${index % 40}":1}`)}]`
    expect(parseJson(Buffer.from(text))).toHaveLength(100_000)
  })
})

describe('ids', () => {
  test.each([
    ['an operator', '{"$gt":""}'],
    ['a list', '["synthetic-user"]'],
    ['a number', '5'],
    ['true', 'true'],
    ['empty', '""'],
    ['1 MB', `"${'u'.repeat(1 << 20)}"`],
    ['a lone surrogate', '"\\ud800"']
  ])('endUserId %s, is quarantined', async (_name, id) => {
    const { records, codes } = await receiveText(textWith('"synthetic-user"', id))
    expect(records).toEqual([])
    expect(codes).toEqual(['THRYVE_INVALID_PAYLOAD'])
  })

  test.each(['$where', 'a.b', '__proto__', 'constructor', 'a\\u0000b', '[\\"x\\"]', "'; drop", '\\u202e\\ufeff'])(
    'endUserId "%s", is a user like any other',
    async (id) => {
      const { records } = await receiveText(textWith('"synthetic-user"', `"${id}"`))
      expect(records.map(({ endUserId }) => endUserId)).toEqual([JSON.parse(`"${id}"`)])
    }
  )

  test.each([
    ['dataTypeId', '{"$gt":0}'],
    ['dataTypeId', '"1000"'],
    ['dataTypeId', '1e400'],
    ['dataTypeId', '1.5'],
    ['dataTypeId', '9007199254740993'],
    ['dataTypeId', '123456789012345678901234567890'],
    ['startTimestamp', '{"$date":0}'],
    ['startTimestamp', '"2026-02-31T00:00:00Z"'],
    ['startTimestamp', '"+275760-09-13T00:00:00Z"'],
    ['startTimestamp', '8640000000000001'],
    ['startTimestamp', '-8640000000000001'],
    ['startTimestamp', '1e400'],
    ['startTimestamp', '123456789012345678901234567890'],
    ['value', '{"$gt":""}'],
    ['value', '1e400'],
    ['value', '"\\udc00"'],
    ['value', 'null']
  ])('%s %s, is a bad record beside a good one', async (field, literal) => {
    const payload = JSON.stringify(epochPayload([{ ...steps('1'), [field]: 'MARK' }, steps('2', { dataTypeId: 2 })]))
    const { records, codes } = await receiveText(payload.replace('"MARK"', () => literal))
    expect(records.map(({ value }) => value)).toEqual(['2'])
    expect(codes).toEqual(['THRYVE_INVALID_RECORD'])
  })
})

describe('numbers and text', () => {
  test('-0, is 0 in ids and offsets', async () => {
    const { records } = await receiveText(textWith('1000', '-0', { timezoneOffset: 0 }))
    expect(Object.is(records[0]?.dataTypeId, 0)).toBe(true)
  })

  test('a reference of 30 digits, and a value of as many, survive digit for digit', async () => {
    const digits = '123456789012345678901234567890'
    const details = { additionalDetails: { measurementReference: 'MARK' } }
    const { records } = await receiveText(
      textWith('"MARK"', digits, details).replace('"value":"1"', `"value":-${digits}`)
    )
    expect(records).toEqual([expect.objectContaining({ measurementReference: digits, value: `-${digits}` })])
  })

  test.each(['1e400', '-1e400', '1E+999999999999'])(
    '%s in an unknown field, ends somewhere, not in a crash',
    async (n) => {
      const { records, codes } = await receiveText(textWith('"MARK"', n))
      expect(records.length + codes.length).toBe(1)
    }
  )

  test('an integer of 10,000 digits, is quarantined', async () => {
    const { codes } = await receiveText(textWith('"MARK"', '9'.repeat(10_000)))
    expect(codes).toEqual(['THRYVE_INVALID_JSON'])
  })

  test('a lone surrogate in an unknown field, is stored escaped: extra is well-formed text', async () => {
    const { records } = await receiveText(textWith('"MARK"', '"\\ud800"'))
    expect(records[0]?.extra?.isWellFormed()).toBe(true)
  })

  test.each([
    ['a BOM', Buffer.from(`\ufeff${textWith('"MARK"', '1')}`), undefined],
    ['a raw NUL', Buffer.from(textWith('"MARK"', '"\u0000"')), 'THRYVE_INVALID_JSON'],
    ['a NUL at the end', Buffer.from(`${textWith('"MARK"', '1')}\u0000`), 'THRYVE_INVALID_JSON'],
    ['a second text', Buffer.from(`${textWith('"MARK"', '1')}{}`), 'THRYVE_INVALID_JSON'],
    ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xa2, 0x22]), 'THRYVE_INVALID_UTF8']
  ])('%s, is accepted or quarantined', async (_name, bytes, code) => {
    const { records, codes } = await receiveText(bytes)
    expect(codes).toEqual(code === undefined ? [] : [code])
    expect(records).toHaveLength(code === undefined ? 1 : 0)
  })

  test('a value of 1 MB, is stored as it came', async () => {
    const value = 'v'.repeat(1 << 20)
    const built = build({}, memoryAdapter())
    const { records } = await receiveText(JSON.stringify(epochPayload([steps(value)])), built)
    expect(records[0]?.value === value).toBe(true)
  })
})
