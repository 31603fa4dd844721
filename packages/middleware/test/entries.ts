/** Entries of a delivery as JSON text, and what the scanner and the composed codecs make of them. */
import { isDeepStrictEqual } from 'node:util'
import { isRight } from 'fp-ts/lib/Either'
import { EntryScanner } from '../src/codecs/entry-scanner'
import { dailyItem, epochItem, toDailyRecord, toEpochRecord } from '../src/codecs/item'
import { JsonCursor } from '../src/codecs/json-cursor'
import { ThryveError } from '../src/errors'
import { parseJson } from '../src/json'
import type { Dimension, ThryveRecord } from '../src/records'

/** The members of an object, each value as JSON writes it. */
export type Members = Readonly<Record<string, string | undefined>>

export const dimensions = ['epoch', 'daily'] as const
export const source = { endUserId: 'user-1', endUserAlias: 'alias', dataSourceId: 5, dataSourceName: 'Watch' }
export const iso = '"2022-09-07T19:39:32Z"'

/** An object as a sender writes it. */
export const write = (members: Members): string => {
  const present = Object.entries(members).filter(([, value]) => value !== undefined)
  return `{${present.map(([name, value]) => `"${name}":${value}`).join()}}`
}

export const least = {
  epoch: { startTimestamp: iso, dataTypeId: '1000', value: '"53.0"' },
  daily: { day: '"2022-09-07"', dataTypeId: '1000', value: '"53.0"' }
} satisfies Record<Dimension, Members>
export const own: Members = { timezoneOffset: '-120.5' }
export const details: Members = {
  creationTimestamp: '1662579572000',
  dataTypeName: '"Steps"',
  valueType: '"DOUBLE"',
  thirdPartyDataSourceId: '7',
  thirdPartyDataSourceName: '"Phone"',
  measurementReference: '9007163812253719',
  generationType: '"manual_entry"',
  trustworthiness: '"PLAUSIBLE"',
  medicalGrade: 'false',
  chronologicalExactness: '1.5'
}
/** Entries of all fields. */
export const usual: Record<Dimension, Members> = {
  epoch: { ...least.epoch, ...own, endTimestamp: '1', additionalDetails: write(details) },
  daily: { ...least.daily, ...own, additionalDetails: write(details) }
}

/** What is read; nothing where it is left to others, be it by an error that says what is no JSON. */
export const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ThryveError) return undefined
    throw error
  }
}

const composed = (dimension: Dimension, text: string): ThryveRecord | undefined => {
  const wire = attempt(() => parseJson(Buffer.from(text)))
  if (dimension === 'epoch') {
    const decoded = epochItem.ISO.decode(wire)
    return isRight(decoded) ? toEpochRecord(source, decoded.right) : undefined
  }
  const decoded = dailyItem.ISO.decode(wire)
  return isRight(decoded) ? toDailyRecord(source, decoded.right) : undefined
}

/** Reads entries that stand one behind another, and tells which are taken. What is taken must be the composed codecs' record. */
export const scanAll = (dimension: Dimension, texts: readonly string[]): boolean[] => {
  const bytes = Buffer.from(`${texts.join()}]`)
  const cursor = new JsonCursor(bytes)
  const scanner = new EntryScanner(cursor, dimension)
  let start = 0
  return texts.map((text) => {
    cursor.at = start
    const taken = attempt(() => scanner.read(source))
    const read = bytes.toString('utf8', start, cursor.at)
    start += Buffer.byteLength(text) + 1
    if (taken === undefined) return false
    const expected = composed(dimension, read)
    // Jest's own comparison is a hundred times slower; it is asked for its report alone.
    if (!isDeepStrictEqual(taken, expected)) expect([read, taken]).toStrictEqual([read, expected])
    if (JSON.stringify(taken) !== JSON.stringify(expected)) throw new Error(`another order: ${read}`)
    // An entry may end before its text does: what stands behind it, is for others to judge.
    return read === text
  })
}

/** Whether an entry is taken, both times if it comes twice. */
export const isTaken = (dimension: Dimension, text: string): boolean => {
  const [first, second] = scanAll(dimension, [text, text])
  if (first !== second) throw new Error(`once only: ${text}`)
  return first === true
}
