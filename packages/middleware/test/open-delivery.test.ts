/** Which deliveries are opened without parsing their entries, and what is found. */
import { openDelivery } from '../src/codecs/open-delivery'
import { detailed, outcomeOf, payloadOf, sourcesOf } from './reading'

const payload = payloadOf(3)
const { data, ...envelope } = payload
const json = (value: unknown) => JSON.stringify(value)
const text = json(payload)
const entries = json(data.epochData).slice(1, -1)
const daily = { ...envelope, type: 'event.data.daily.update' }

const open = (delivery: string | Uint8Array) => openDelivery(Buffer.from(delivery))

/** The texts of the lists that were found; nothing where the delivery is not opened. */
const listsOf = (delivery: string) => {
  const bytes = Buffer.from(delivery)
  return openDelivery(bytes)?.lists.map(({ start, end }) => bytes.toString('utf8', start, end))
}

describe('openDelivery', () => {
  test('one source, its list and all that is said around it', () => {
    const opened = open(json({ ...payload, endUserAlias: 'alias', data: { dataSourceName: 'name', ...data } }))
    expect(opened).toMatchObject({
      envelope: {
        fields: { endUserId: 'synthetic-user', endUserAlias: 'alias', type: 'event.data.epoch.create' },
        label: 'ISO',
        unknown: undefined
      },
      dimension: 'epoch',
      level: 2,
      lists: [
        { source: { endUserId: 'synthetic-user', endUserAlias: 'alias', dataSourceId: 5, dataSourceName: 'name' } }
      ]
    })
    expect(opened?.lists[0]?.context.map(({ key, type }) => [key, type.name])).toEqual([
      ['data', 'source'],
      ['epochData', 'list']
    ])
  })

  test('a list of sources, a list for each', () => {
    const delivery = json(sourcesOf([2, 0, 1]))
    const opened = open(delivery)
    expect(opened).toMatchObject({
      level: 3,
      lists: [5, 6, 7].map((dataSourceId) => ({ source: { dataSourceId } }))
    })
    expect(opened?.lists.map(({ context }) => context.map(({ key }) => key))).toEqual(
      [0, 1, 2].map((index) => ['data', String(index), 'epochData'])
    )
    expect(opened?.lists[1]?.context.map(({ type }) => type.name)).toEqual(['source', 'source', 'list'])
    expect(listsOf(delivery)).toEqual([json([detailed(0), detailed(1)]).slice(1, -1), '', json(detailed(0))])
  })

  test('unknown fields of envelope and source, stand in each of its records', () => {
    const opened = open(json({ ...payload, new: 1, data: { other: 2, ...data } }))
    expect(opened?.envelope.unknown).toEqual({ new: 1 })
    expect(opened?.lists[0]?.source.extra).toBe('{"delivery":{"new":1},"source":{"other":2}}')
  })

  test.each([
    ['event.data.epoch.create', 'epoch'],
    ['event.data.epoch.update', 'epoch'],
    ['event.data.daily.create', 'daily'],
    ['event.data.daily.update', 'daily']
  ])('the type %s, tells the dimension', (type, dimension) => {
    expect(open(json({ ...payload, type }))).toMatchObject({ dimension })
  })

  test('a view of bytes, is read where it stands', () => {
    const bytes = Buffer.from(`xx${text}yy`)
    const opened = openDelivery(new Uint8Array(bytes.buffer, bytes.byteOffset + 2, bytes.length - 4))
    expect(opened?.lists[0]).toMatchObject({ start: text.indexOf(entries) })
  })

  test('characters beyond ASCII, places are those of bytes', () => {
    const delivery = json({ ...sourcesOf([1, 1]), endUserId: '日本' }).replaceAll('"1000.0"', '"ü"')
    expect(listsOf(delivery)).toEqual([json(detailed(0)), json(detailed(0))])
  })

  test.each<[string, string]>([
    ['the name dailyData', json({ ...daily, data: { dataSourceId: 5, dailyData: data.epochData } })],
    ['a list that is null beside it', text.replace('"epochData"', '"dailyData":null,$&')],
    ['nine spaces around its colon', text.replace('"epochData":', `"epochData"${' '.repeat(9)}:${' '.repeat(9)}`)],
    ['lines around its colon', text.replace('"epochData":', '"epochData"\n:\n')],
    ['fields behind it', text.replace(/\}$/, ',"note":{}}')],
    ['a text that looks like one before it', text.replace('{', '{"note":"\\"epochData\\":[",')],
    ['a text that looks like a list of sources before it', text.replace('{', '{"note":"data: [",')]
  ])('a list with %s, is found', (_name, delivery) => {
    expect(listsOf(delivery)).toEqual([entries])
  })

  test.each([0, 9])('a list of sources with %i spaces around its colon, its lists are found', (spaces) => {
    const delivery = json(sourcesOf([3, 3])).replace('"data":', `"data"${' '.repeat(spaces)}:${' '.repeat(spaces)}`)
    expect(listsOf(delivery)).toEqual([entries, entries])
  })

  test('what looks like a list of sources in an entry, is a part of it', () => {
    const entry = { ...detailed(0), x: { data: [1] } }
    expect(listsOf(json({ ...payload, data: { dataSourceId: 5, epochData: [entry] } }))).toEqual([json(entry)])
  })

  test('no source and no list, nothing is left to read', () => {
    expect(open(json({ ...envelope, data: [] }))).toMatchObject({ lists: [], level: 3 })
  })
})

describe('openDelivery: opens none', () => {
  test.each<[string, object]>([
    ['of an unknown type', { ...payload, type: 'event.data.measurement.create' }],
    ['of a type that is no text', { ...payload, type: 7 }],
    ['of a type that is missing', { ...payload, type: undefined }],
    ['of a notification', { ...payload, type: 'notification.data.epoch.createupdate' }],
    ['of no user', { ...payload, endUserId: 7 }],
    ['of no source', { ...payload, data: { epochData: data.epochData } }],
    ['whose source is null', { ...payload, data: null, epochData: data.epochData }],
    ['with a source that is none', { ...envelope, data: [data, { ...data, dataSourceId: 'x' }] }],
    ['with a source without a list', { ...envelope, data: [data, { dataSourceId: 5 }] }],
    ['whose lists stand one in a source and one behind', { ...envelope, data: [data], epochData: [] }],
    ['with both lists', { ...envelope, data: [{ ...data, dailyData: [] }] }],
    [
      'with another list in an unknown field of its source',
      { ...envelope, data: [{ ...data, x: { epochData: [1] } }] }
    ],
    ['with too much in a source', { ...payload, data: { ...data, note: 'x'.repeat(4_000), more: 'x'.repeat(90) } }]
  ])('a delivery %s', (_name, delivery) => {
    expect(open(json(delivery))).toBeUndefined()
  })

  test.each<[string, string]>([
    ['whose source has another list', text.replace('"epochData":', '"dailyDat\\u0061":[{}],"epochData":')],
    ['whose source has another list of none', text.replace('"epochData":', '"dailyDat\\u0061":[],"epochData":')],
    [
      'whose list stands outside of its source',
      `{${json(envelope).slice(1, -1)},"data":{"dataSourceId":5,"epochDat\\u0061":[]},"dailyData":[1]}`
    ],
    [
      'whose list of one stands outside of its source',
      `{${json(envelope).slice(1, -1)},"data":{"dataSourceId":5,"epochDat\\u0061":["x"]},"dailyData":[1]}`
    ],
    [
      'with two lists of one name in one source, and none in the next',
      json({ ...envelope, data: [data, { dataSourceId: 6, epochDato: [] }] })
        .replace('"epochData":', '"epochData":[],"epochData":')
        .replace('epochDato', 'epochDat\\u0061')
    ],
    ['with ten spaces before its colon', text.replace('"epochData":', `"epochData"${' '.repeat(10)}:`)],
    ['with ten spaces behind its colon', text.replace('"epochData":', `"epochData":${' '.repeat(10)}`)]
  ])('a delivery %s', (_name, delivery) => {
    expect(JSON.parse(delivery)).toBeDefined()
    expect(open(delivery)).toBeUndefined()
  })

  test.each([
    ['nothing', ''],
    ['an object that does not end', '{'],
    ['a list without its object', '"epochData":[]'],
    ['a list behind another end', ']"epochData":[]'],
    ['a delivery with text behind it', `${text}x`]
  ])('%s, no JSON', async (_name, delivery) => {
    expect(await outcomeOf(() => open(delivery))).toBe('THRYVE_INVALID_JSON')
  })

  test.each(['{}', '[]', '7', 'null', '"epochData":[', ']"epochData":['])('%s', (delivery) => {
    expect(open(delivery)).toBeUndefined()
  })
})

describe('openDelivery: cost', () => {
  test('lists that do not end before the next begins, no end is looked for again', () => {
    const start = '{"endUserId":"u","type":"event.data.epoch.create","data":[{"dataSourceId":5,"epochData":['
    const found = jest.spyOn(String.prototype, 'lastIndexOf')
    expect(open(`${start}${'{"epochData":['.repeat(25)}${']}'.repeat(25)}]}]}`)).toBeUndefined()
    expect(found).toHaveBeenCalledTimes(1)
    found.mockRestore()
  })
})

describe('openDelivery: what surrounds the lists', () => {
  const start = '{"endUserId":"u","type":"event.data.epoch.create","data":'
  const list = '"epochData":['
  /** A text with spaces in its middle, so long in all. */
  const padded = (length: number, first: string, last: string) =>
    first + ' '.repeat(length - first.length - last.length) + last

  test.each([
    [4_096, 100, true],
    [4_097, 100, false],
    [200, 4_096, true],
    [200, 4_097, false],
    [4_096, 4_096, true]
  ])('%i bytes before and %i behind, opened: %p', (before, behind, isOpened) => {
    const head = padded(before, `${start}{"dataSourceId":5,`, list)
    const delivery = head + entries + padded(behind, ']}', '}')
    expect(listsOf(delivery)).toEqual(isOpened ? [entries] : undefined)
  })

  test.each([
    [[4_096, 4_096], 5, true],
    [[4_096, 4_097], 5, false],
    [[4_096, 4_096, 4_096, 4_096], 4_096, true],
    [[4_096, 4_096, 4_096, 4_096, 40], 5, false],
    [[4_096, 4_096, 4_096, 4_056, 40], 5, true]
  ])('%j bytes before the lists of sources and %i behind, opened: %p', (lengths, behind, isOpened) => {
    const heads = lengths.map((length, index) =>
      padded(length, `${index === 0 ? `${start}[` : ']},'}{"dataSourceId":5,`, list)
    )
    const delivery = heads.map((head) => head + entries).join('') + padded(behind, ']}]', '}')
    expect(listsOf(delivery)).toEqual(isOpened ? lengths.map(() => entries) : undefined)
  })

  test.each([
    [64, true],
    [65, false]
  ])('%i sources, opened: %p', (count, isOpened) => {
    const counts = Array.from({ length: count }, () => 1)
    expect(listsOf(json(sourcesOf(counts)))).toEqual(isOpened ? counts.map(() => json(detailed(0))) : undefined)
  })
})
