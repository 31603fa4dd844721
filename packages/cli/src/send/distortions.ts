/** What is odd about real payloads: texts "null", bad records, broken JSON. */

import type { Distortion, WireItem } from './planned-delivery'
import type { Random } from './random'

/** Ways to write that nothing is there; each means the same as leaving the field out. */
const NOTHINGS = [null, 'null', undefined] as const

const withNothings = (item: WireItem, random: Random): WireItem => {
  if (!('startTimestamp' in item) || 'endTimestamp' in item) return item
  const details = item['additionalDetails'] as object | undefined
  return {
    ...item,
    endTimestamp: random.pick(NOTHINGS),
    ...(details && { additionalDetails: { chronologicalExactness: null, ...details } })
  }
}

/** Writes absent ends as `null` or as the text `"null"`, here and there. */
export const nullTexts =
  (random: Random): Distortion =>
  (items) =>
    items.map((item) => withNothings(item, random))

const spoil = (item: WireItem, random: Random): WireItem => {
  const time = 'day' in item ? 'day' : 'startTimestamp'
  const { [time]: _time, ...timeless } = item
  return random.pick<WireItem>([
    timeless,
    { ...item, [time]: '2026-02-31' },
    { ...item, [time]: '2026-02-31T08:00:00Z' },
    { ...item, dataTypeId: 'steps' },
    { ...item, value: { steps: 12 } },
    { ...item, value: undefined }
  ])
}

/** Puts bad copies of some records among the good ones. */
export const badRecords =
  (random: Random): Distortion =>
  (items) =>
    items.flatMap((item, index) => (index === 0 || random.happens(0.1) ? [spoil(item, random), item] : [item]))

/** Breaks a whole payload, so that nothing of it can be understood. */
export const breakPayload = (payload: Buffer, random: Random): Buffer => {
  const text = payload.toString()
  return Buffer.from(
    random.pick([
      text.slice(0, -random.between(1, 20)),
      text.replace('"type":"event.data.', '"type":"event.synthetic.'),
      text.replace('"data":', '"datum":'),
      `[${text}]`
    ])
  )
}
