/**
 * Finds the entries of a long delivery without parsing them: the text around its lists is parsed instead, with a placeholder
 * for each list, and shows whether they are the lists of sound sources.
 */
import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/lib/Either'
import * as t from 'io-ts'
import { isEventName } from '../events'
import { parseJson } from '../json'
import { Envelope, type OpenEnvelope } from './delivery'
import type { SourceFields } from './item'
import { isObject, List } from './shape'
import { openSource, Source } from './source'

/** Room for what stands before a list of entries, and behind the last one. */
const MAX_SURROUNDINGS = 4_096
const MAX_ALL_SURROUNDINGS = 16_384
/** More sources are so small that slices gain nothing. */
const MAX_LISTS = 64

const LIST_START = /"(?:epochData|dailyData)"\s{0,9}:\s{0,9}\[/g
/** `data` is a list of sources. */
const SOURCES_START = /"data"\s{0,9}:\s{0,9}\[/

/** Stands for the entries of a list. No sender can guess it. */
const PLACEHOLDER = randomUUID()

/** Where a list of entries stands in the text, without its brackets. */
interface Span {
  readonly start: number
  readonly end: number
}

/** The entries of a source, still unread. */
export interface OpenList extends Span {
  readonly source: SourceFields
  readonly context: t.Context
}

/** A delivery whose entries are still unread. */
export interface OpenDelivery {
  readonly envelope: OpenEnvelope
  readonly dimension: 'epoch' | 'daily'
  readonly lists: readonly OpenList[]
  /** How many levels the entries' lists stand in. */
  readonly level: number
}

/** Where lists of entries seem to stand. What surrounds them must be parsed to be sure. */
const findLists = (bytes: Buffer): readonly Span[] => {
  LIST_START.lastIndex = 0
  const beginning = bytes.toString('latin1', 0, MAX_SURROUNDINGS)
  const first = LIST_START.exec(beginning)
  if (first === null) return []
  const start = first.index + first[0].length
  const end = bytes.lastIndexOf(']')
  if (!SOURCES_START.test(beginning.slice(0, first.index))) return [{ start, end }]
  const text = bytes.toString('latin1')
  const spans: Span[] = []
  let open = start
  LIST_START.lastIndex = start
  for (let next = LIST_START.exec(text); next !== null; next = LIST_START.exec(text)) {
    const end = text.lastIndexOf(']', next.index)
    // Once in vain is enough: to look through 60 MB for each of 62 lists took 7 s.
    if (end < open) return []
    spans.push({ start: open, end })
    open = next.index + next[0].length
    if (spans.length >= MAX_LISTS) return []
  }
  return [...spans, { start: open, end: text.lastIndexOf(']', end - 1) }]
}

/** The text with a placeholder for the entries of each list; nothing where there is none, or much around them. */
const surroundingsOf = (bytes: Buffer, spans: readonly Span[]): Buffer | undefined => {
  const parts: Uint8Array[] = []
  let length = 0
  let at = 0
  for (const [index, { start, end }] of spans.entries()) {
    if (end < start || start - at > MAX_SURROUNDINGS) return undefined
    parts.push(bytes.subarray(at, start), Buffer.from(`"${PLACEHOLDER}${index}"`))
    length += start - at
    at = end
  }
  const isLong = bytes.length - at > MAX_SURROUNDINGS || length > MAX_ALL_SURROUNDINGS
  return isLong ? undefined : Buffer.concat([...parts, bytes.subarray(at)])
}

/** Reads what a source says of itself, if the list is all that it holds. */
const openList = (
  raw: unknown,
  context: t.Context,
  { fields, unknown, index, span }: Omit<OpenEnvelope, 'label'> & { readonly index: number; readonly span: Span }
): OpenList | undefined => {
  const opened = openSource(raw, context, { ...fields, unknown })
  if (E.isLeft(opened)) return undefined
  const { fields: source, epochData, dailyData } = opened.right
  const list = epochData ?? dailyData ?? []
  if (list[0] !== `${PLACEHOLDER}${index}` || list.length !== 1 || (epochData && dailyData)) return undefined
  const name = epochData === undefined ? 'dailyData' : 'epochData'
  return { ...span, source, context: t.appendContext(context, name, List, list) }
}

/** Reads what surrounds the entries. @returns nothing where they are not the lists of sound sources. */
export const openDelivery = (input: Uint8Array): OpenDelivery | undefined => {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength)
  const spans = findLists(bytes)
  const outside = surroundingsOf(bytes, spans)
  if (outside === undefined) return undefined
  const surroundings = parseJson(outside)
  const type = isObject(surroundings) ? surroundings['type'] : undefined
  if (typeof type !== 'string' || !isEventName(type) || !type.startsWith('event.data.')) return undefined
  const decoded = Envelope.decode(surroundings)
  if (E.isLeft(decoded)) return undefined
  const { data, timestampType: label, unknown, ...fields } = decoded.right
  const root: t.Context = [{ key: 'data', type: Source, actual: data }]
  const sources = Array.isArray(data)
    ? data.map((source, index) => [source, t.appendContext(root, String(index), Source)] as const)
    : [[data, root] as const]
  if (sources.length !== spans.length) return undefined
  const lists: OpenList[] = []
  for (const [index, [source, context]] of sources.entries()) {
    const list = openList(source, context, { fields, unknown, index, span: spans[index] as Span })
    if (list === undefined) return undefined
    lists.push(list)
  }
  const dimension = type.startsWith('event.data.epoch') ? 'epoch' : 'daily'
  return { envelope: { fields, label, unknown }, dimension, lists, level: Array.isArray(data) ? 3 : 2 }
}
