import { parseJson } from '../src/json'
import { build, epochPayload, post, recordsOf, signed, steps } from './deliveries'

const nested = (levels: number, inner = '1') => '['.repeat(levels) + inner + ']'.repeat(levels)
const codeOf = (text: string, maxValues?: number) => {
  try {
    parseJson(Buffer.from(text), maxValues === undefined ? {} : { maxValues })
    return undefined
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe('depth', () => {
  test.each([
    ['64 lists', nested(64), undefined],
    ['65 lists', nested(65), 'THRYVE_INVALID_JSON'],
    ['65 objects', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`, 'THRYVE_INVALID_JSON'],
    ['200,000 that are never closed', '['.repeat(200_000), 'THRYVE_INVALID_JSON'],
    ['65 side by side', `[${Array(65).fill('[]').join()}]`, undefined],
    ['brackets in a text', `["${'['.repeat(100)}"]`, undefined],
    ['brackets behind an escaped quote', `["\\"${'['.repeat(100)}"]`, undefined],
    ['brackets behind an escaped backslash', `["\\\\",${nested(64)}]`, 'THRYVE_INVALID_JSON'],
    ['brackets in a key', `{"${'{'.repeat(100)}":1}`, undefined]
  ])('%s, ends as %s is', (_name, text, code) => {
    expect(codeOf(text)).toBe(code)
  })

  test('200,000 levels in unknown fields, are quarantined', async () => {
    const built = build()
    const payload = JSON.stringify(epochPayload([steps('1', { x: 'DEEP' })])).replace('"DEEP"', nested(200_000))
    expect(await post(built, await signed(payload))).toMatchObject({ status: 204 })
    expect(built.of('quarantined')).toEqual([expect.objectContaining({ code: 'THRYVE_INVALID_JSON' })])
  })

  test.each([20, 31, 40, 50])('%i levels in unknown fields, are stored or quarantined', async (levels) => {
    const built = build()
    const payload = JSON.stringify(epochPayload([steps('1', { x: 'DEEP' })])).replace('"DEEP"', nested(levels))
    expect(await post(built, await signed(payload))).toMatchObject({ status: 204 })
    expect((await recordsOf(built.adapter)).length + built.of('quarantined').length).toBe(1)
  })
})

describe('values', () => {
  test.each([
    ['[1,2,3]', 4],
    ['{"a":1,"b":[2]}', 4],
    ['[{},{}]', 3],
    ['["a,b","[{,"]', 3],
    ['1', 1]
  ])('%s, may be parsed where its %i values are allowed, not with less', (text, values) => {
    // An empty list or object counts twice, since its opening might hold a first value.
    const empties = text.match(/\{\}|\[\]/g)?.length ?? 0
    expect(codeOf(text, values + empties)).toBeUndefined()
    expect(codeOf(text, values - 1)).toBe('THRYVE_TOO_MANY_RECORDS')
  })

  test('more values than the records of maxRecords can have, are not parsed', async () => {
    const built = build({ maxRecords: 10 })
    const payload = JSON.stringify(epochPayload([steps('1', { x: 'LIST' })])).replace(
      '"LIST"',
      `[${'{},'.repeat(240)}1]`
    )
    expect(await post(built, await signed(payload))).toMatchObject({ status: 204 })
    expect(built.of('quarantined')).toEqual([
      expect.objectContaining({ code: 'THRYVE_TOO_MANY_RECORDS', scope: 'delivery' })
    ])
  })

  test('records with every field, as many as maxRecords, are stored', async () => {
    const built = build({ maxRecords: 200 })
    const additionalDetails = {
      creationTimestamp: '2026-01-05T09:00:00Z',
      dataTypeName: 'Steps',
      valueType: 'LONG',
      thirdPartyDataSourceId: 12,
      thirdPartyDataSourceName: 'watch',
      measurementReference: 9007163812253719,
      generationType: 'TRACKER',
      trustworthiness: 'PLAUSIBLE',
      medicalGrade: false,
      chronologicalExactness: 1
    }
    const full = { endTimestamp: '2026-01-05T08:01:00Z', timezoneOffset: 60, additionalDetails }
    const items = Array.from({ length: 200 }, (_, dataTypeId) => steps('1', { ...full, dataTypeId }))
    await post(built, await signed(epochPayload(items)))
    expect(await recordsOf(built.adapter)).toHaveLength(200)
    expect(built.of('quarantined')).toEqual([])
  })
})

describe('maxRecords', () => {
  const many = (count: number) => Array.from({ length: count }, (_, dataTypeId) => steps('1', { dataTypeId }))

  test.each([
    ['one source', (count: number) => epochPayload(many(count))],
    [
      'a source of each',
      (count: number) => ({
        ...epochPayload([]),
        data: many(count).map((item) => ({ dataSourceId: 5, epochData: [item] }))
      })
    ],
    ['no records', (count: number) => ({ ...epochPayload([]), data: Array.from({ length: count }, () => ({})) })],
    ['bad records', (count: number) => epochPayload(Array.from({ length: count }, () => ({ value: 1 })))]
  ])('%s: exactly so many are looked at, one more are quarantined whole', async (_name, make) => {
    const codes = []
    for (const count of [20, 21]) {
      const built = build({ maxRecords: 20 })
      expect(await post(built, await signed(make(count)))).toMatchObject({ status: 204 })
      codes.push(built.of('quarantined')[0]?.['code'])
      if (count === 21) expect(await recordsOf(built.adapter)).toEqual([])
    }
    expect(codes[0]).not.toBe('THRYVE_TOO_MANY_RECORDS')
    expect(codes[1]).toBe('THRYVE_TOO_MANY_RECORDS')
  })
})
