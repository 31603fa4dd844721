/** Which deliveries are read entry by entry, what of them is parsed, and what is looked at on the way. */
import { performance } from 'node:perf_hooks'
import timers from 'node:timers/promises'
import { dailyItem, epochItem } from '../src/codecs/item'
import { steps } from './deliveries'
import { detailed, expectSame, payloadOf, read, sourcesOf } from './reading'

const payload = payloadOf(12)
const text = JSON.stringify(payload)
const { data, ...envelope } = payload
const days = Array.from({ length: 40 }, () => ({ day: '2022-09-07', dataTypeId: 1000, value: '72.5' }))
const doubtful = (index: number) => ({ ...detailed(index), x: [index] })
const json = (value: unknown) => JSON.stringify(value)

const expectRead = async (delivery: string, isScanned: boolean) => {
  await expectSame(delivery)
  const { isWhole } = await read(delivery)
  expect(isWhole).toBe(!isScanned)
}
const sized = (length: number) => {
  const ending = (fill: number) => json(payloadOf(6, (index) => steps('x'.repeat(index === 5 ? fill : 0))))
  return ending(length - ending(0).length)
}

describe('readDelivery: entry by entry', () => {
  test.each<[string, string]>([
    ['as a sender writes it', text],
    ['of 2,048 bytes', sized(2_048)],
    ['with lines and indentation', JSON.stringify(payload, null, 2)],
    ['with spaces before the colon of its list', text.replace('"epochData":', '"epochData"  :')],
    ['with the other name of its list', text.replace('"epochData":', '"dailyData":')],
    ['of days', json({ ...envelope, type: 'event.data.daily.create', data: { dataSourceId: 5, dailyData: days } })],
    ['of two sources', json({ ...payload, data: [data, data] })],
    ['of two sources without entries', json({ ...sourcesOf([0, 0]), note: 'x'.repeat(2_000) })],
    ['with a bad entry', text.replace('"value":"7.0"', '"value":{}')],
    [
      'with entries that are no objects',
      json(payloadOf(400, (index) => [null, 7, 'text,]', [[], {}], true][index % 5]))
    ],
    ['with a seam behind its list', json({ ...payload, note: '},{"epochData"' })]
  ])('a delivery %s, is read so', async (_name, delivery) => {
    await expectRead(delivery, true)
  })

  test.each<[string, string]>([
    ['of 2,047 bytes', sized(2_047)],
    ['of an unknown type', json({ ...payload, type: 'event.data.measurement.create' })],
    ['with a bracket in a text behind its list', json({ ...payload, note: ']' })],
    ['whose list has its name within another', text.replace('{', '{"x\\"epochData":[1],')],
    ['with two lists', text.replace('"epochData":', '"dailyData":[],"epochData":')]
  ])('a delivery %s, is not', async (_name, delivery) => {
    await expectRead(delivery, false)
  })

  test('usual entries, are not parsed but for the first', async () => {
    const { parsed } = await read(text)
    expect(parsed).toHaveLength(2)
    expect(parsed[0]).toMatch(/^\{"endUserId".*"epochData":\["[-0-9a-f]{36}0"\]\}\}$/)
    expect(parsed[1]).toBe(json(detailed(0)))
  })

  test('spaces around entries and commas, change nothing in that', async () => {
    expect((await read(JSON.stringify(payload, null, 2))).parsed).toHaveLength(2)
    expect((await read(text.replaceAll('}},{', '}} , {'))).parsed).toHaveLength(2)
  })

  test('the first list is empty, the first entry of the next is parsed', async () => {
    const { parsed } = await read(json(sourcesOf([0, 20, 20])))
    expect(parsed.slice(1)).toEqual([json(detailed(0))])
  })

  test('doubtful entries, are parsed each alone', async () => {
    const isDoubtful = (index: number) => [0, 3, 11].includes(index)
    const { parsed } = await read(
      json(payloadOf(12, (index) => (isDoubtful(index) ? doubtful(index) : detailed(index))))
    )
    expect(parsed.slice(1)).toEqual([0, 0, 3, 11].map((index) => json(doubtful(index))))
  })

  test.each([
    ['epoch', epochItem, text],
    [
      'daily',
      dailyItem,
      json({ ...envelope, type: 'event.data.daily.create', data: { dataSourceId: 5, dailyData: days } })
    ]
  ] as const)(
    'usual entries of the dimension %s, are not shown to the composed codecs',
    async (_name, item, delivery) => {
      const validate = jest.spyOn(item.ISO, 'validate')
      const { result } = await read(delivery)
      expect(result).toHaveProperty('right.badRecords', 0)
      expect(validate).not.toHaveBeenCalled()
      validate.mockRestore()
    }
  )
})

describe('readDelivery: what is wrong with entries', () => {
  const bad = (isBad: (index: number) => boolean) => (index: number) =>
    isBad(index) ? { ...detailed(index), value: {} } : detailed(index)

  test.each([0, 1, 6, 11])('entry %i of 12 is bad, it is named', async (place) => {
    const result = await expectSame(
      json(
        payloadOf(
          12,
          bad((index) => index === place)
        )
      )
    )
    expect(result).toMatchObject({ right: { badRecords: 1, failures: [{ path: `data.epochData[${place}].value` }] } })
    expect(result).toHaveProperty('right.event.records.length', 11)
  })

  test.each([0, 3, 9])('entry %i of 10 is bad in each of two sources, both are named', async (place) => {
    const result = await expectSame(
      json(
        sourcesOf(
          [10, 10],
          bad((index) => index === place)
        )
      )
    )
    const failures = [0, 1].map((source) => ({ path: `data[${source}].epochData[${place}].value` }))
    expect(result).toMatchObject({ right: { badRecords: 2, failures } })
  })

  test('entries of days, are named by the list they stand in', async () => {
    const dailyData = [...days, { ...days[0], day: '2022-02-30' }]
    const delivery = json({ ...envelope, type: 'event.data.daily.update', data: { dataSourceId: 5, dailyData } })
    expect(await expectSame(delivery)).toMatchObject({ right: { failures: [{ path: 'data.dailyData[40].day' }] } })
  })

  const between = `${json(detailed(4))},`
  test.each<[string, string, string]>([
    ['a comma too many at the end', '}}]}}', '}},]}}'],
    ['a comma too many at the beginning', '"epochData":[', '"epochData":[,'],
    ['two commas', between, `${between},`],
    ['no comma', between, between.slice(0, -1)],
    ['two objects for one', between, `{}${between}`],
    ['a byte order mark before an entry', between, `\ufeff${between}`],
    ['a colon between entries', between, `${between.slice(0, -1)}:`],
    ['a text that does not end', between, `"${between}`],
    ['another bracket at the end of an entry', '}},', '}],'],
    ['text behind the end', '}}]}}', '}}]}}x'],
    ['nothing where an entry should be', between, ' ,']
  ])('%s, no JSON', async (_name, found, replaced) => {
    expect(text).toContain(found)
    expect(await expectSame(text.replace(found, replaced))).toBe('THRYVE_INVALID_JSON')
  })

  test.each<[string, string]>([
    [
      'spaces around entries and commas',
      text.replaceAll('}},{', '}} \n,\r\t{').replace('[{', '[ {').replace('}]', '} ]')
    ],
    ['a list of one space', json({ ...payloadOf(0), note: 'x'.repeat(2_000) }).replace('[]', '[ ]')],
    ['a list of spaces', json({ ...payloadOf(0), note: 'x'.repeat(2_000) }).replace('[]', '[ \r\n\t ]')],
    ['an empty list', json({ ...payloadOf(0), note: 'x'.repeat(2_000) })],
    ['lists of spaces', json({ ...sourcesOf([0, 0, 1]), note: 'x'.repeat(2_000) }).replaceAll('[]', '[ ]')]
  ])('%s, nothing', async (_name, delivery) => {
    expect(await expectSame(delivery)).toHaveProperty('right.badRecords', 0)
    expect((await read(delivery)).isWhole).toBe(false)
  })
})

describe('readDelivery: timestampType', () => {
  const usual = (index: number) => ({ ...detailed(index), startTimestamp: 1_714_521_600_000 + index })
  const lists = (first: readonly unknown[], second: readonly unknown[]) =>
    json({
      ...envelope,
      data: [first, second].map((epochData) => ({ dataSourceId: 5, epochData })),
      note: 'x'.repeat(2_000)
    })
  const labelled = (label: string, delivery: string) =>
    delivery.replace('"timestampType":"ISO"', `"timestampType":"${label}"`)

  test.each<[string, string, string]>([
    ['a number in the first entry, a text in the next', lists([usual(0), detailed(1)], []), 'UNIX'],
    ['a text in the first entry, a number in the next', lists([detailed(0), usual(1)], []), 'ISO'],
    ['a number in a bad first entry', lists([{ ...usual(0), value: {} }, detailed(1)], []), 'UNIX'],
    ['an empty first list', lists([], [usual(0)]), 'UNIX'],
    ['a first entry without a timestamp', labelled('UNIX', lists([{}, detailed(1)], [detailed(2)])), 'UNIX'],
    ['a first entry that is a number', lists([7, usual(1)], [usual(2)]), 'ISO'],
    ['a first entry that is null, a number in the next', lists([null, usual(1)], []), 'ISO'],
    ['a first entry that is null, a number first in the next list', lists([null, detailed(1)], [usual(2)]), 'UNIX'],
    ['no entry', labelled('unix', lists([], [])), 'UNIX']
  ])('%s, as when read whole', async (_name, delivery, form) => {
    expect(await expectSame(delivery)).toHaveProperty('right.event.timestampType', form)
    expect((await read(delivery)).isWhole).toBe(false)
  })
})

describe('readDelivery: turns', () => {
  afterEach(() => jest.restoreAllMocks())

  test.each([
    ['one list', payloadOf(300), 4],
    ['several lists', sourcesOf([60, 60, 0, 60, 60, 60]), 4],
    ['lists of different length', sourcesOf([60, 10, 60]), 2],
    ['a short list', payloadOf(63), 0]
  ])('others have waited, they have theirs after every 64 entries of %s', async (_name, delivery, turns) => {
    const turn = jest.spyOn(timers, 'setImmediate')
    const clock = jest.spyOn(performance, 'now').mockReturnValue(7)
    await read(json(delivery))
    expect(turn).not.toHaveBeenCalled()
    let now = 7
    clock.mockImplementation(() => {
      now += 5
      return now
    })
    await read(json(delivery))
    expect(turn).toHaveBeenCalledTimes(turns)
  })
})
