import { isRight } from 'fp-ts/lib/Either'
import { decodeDelivery } from '../src/codecs/delivery'
import { encodeDelivery } from '../src/codecs/encode-delivery'
import type { ThryveEvent } from '../src/events'
import { stringifyJson } from '../src/json'

const item = { startTimestamp: '2022-09-07T19:39:32Z', dataTypeId: 1000, value: '53.0' }
const daily = { day: '2022-09-07', dataTypeId: 1000, value: '11203' }
const source = { dataSourceId: 5, epochData: [item] }
const epoch = { endUserId: 'user-1', timestampType: 'ISO', type: 'event.data.epoch.create', data: source }

const eventOf = (payload: unknown): ThryveEvent => {
  const result = decodeDelivery(payload)
  if (isRight(result) && result.right.badRecords === 0) return result.right.event
  throw new Error(JSON.stringify(result))
}
const reencoded = (payload: unknown) => stringifyJson(encodeDelivery(eventOf(payload)))

describe('encodeDelivery', () => {
  test.each<[string, object]>([
    ['one source', epoch],
    ['an alias', { endUserId: 'user-1', endUserAlias: 'alias', timestampType: 'ISO', type: epoch.type, data: source }],
    ['a source with a name', { ...epoch, data: { dataSourceId: 5, dataSourceName: 'Watch', epochData: [item, item] } }],
    ['several sources', { ...epoch, data: [source, { dataSourceId: 2, epochData: [item, item] }, source] }],
    [
      'sources that differ in a name alone',
      { ...epoch, data: [source, { dataSourceId: 5, dataSourceName: 'Watch', epochData: [item] }] }
    ],
    ['no source', { ...epoch, data: [] }],
    ['a daily list', { ...epoch, type: 'event.data.daily.update', data: { dataSourceId: 5, dailyData: [daily] } }],
    [
      'unix timestamps',
      {
        ...epoch,
        timestampType: 'UNIX',
        data: { dataSourceId: 5, epochData: [{ startTimestamp: 1, endTimestamp: 2, dataTypeId: 1, value: '1' }] }
      }
    ],
    [
      'all details',
      {
        ...epoch,
        data: {
          dataSourceId: 5,
          epochData: [
            {
              startTimestamp: '2022-09-07T19:39:32Z',
              endTimestamp: '2022-09-07T19:39:33Z',
              timezoneOffset: -120,
              dataTypeId: 1000,
              value: '53.0',
              additionalDetails: {
                creationTimestamp: '2022-09-07T19:39:34.500Z',
                dataTypeName: 'Steps',
                valueType: 'DOUBLE',
                thirdPartyDataSourceId: 7,
                thirdPartyDataSourceName: 'Phone',
                measurementReference: 9_007_163_812_253_719,
                generationType: 'TRACKER',
                trustworthiness: 'PLAUSIBLE',
                medicalGrade: false,
                chronologicalExactness: 1.5
              }
            }
          ]
        }
      }
    ],
    [
      'unknown fields at every place',
      {
        ...epoch,
        data: {
          dataSourceId: 5,
          x: 1,
          epochData: [{ ...item, additionalDetails: { valueType: 'DOUBLE', z: [3] }, y: { a: null } }]
        },
        w: 'new'
      }
    ],
    [
      'a notification with unknown fields',
      {
        endUserId: 'user-1',
        timestampType: 'ISO',
        type: 'notification.source.connect',
        data: { dataSourceId: 5, timestamp: '2022-09-07T19:39:32Z', x: 1 },
        w: 'new'
      }
    ]
  ])('%s, comes back as it was written', (_name, payload) => {
    expect(encodeDelivery(eventOf(payload))).toStrictEqual(payload)
    expect(reencoded(payload)).toHaveLength(JSON.stringify(payload).length)
  })

  test('neighbours of one source, are one source again', () => {
    expect(JSON.parse(reencoded({ ...epoch, data: [source, source] }))).toEqual({
      ...epoch,
      data: { ...source, epochData: [item, item] }
    })
  })

  test('one source in a list, is a source without one', () => {
    expect(JSON.parse(reencoded({ ...epoch, data: [source] }))).toEqual(epoch)
  })
})
