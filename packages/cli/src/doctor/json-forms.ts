/** The JSON texts that a re-encoded payload may have been. */
import { type BodyForm, detailFields, parseJson, stringifyJson } from '@thryve-webhook/middleware'

/** The order of Thryve's page. */
const VENDOR_ORDER: readonly string[] = [
  'endUserId',
  'endUserAlias',
  'timestampType',
  'type',
  'data',
  'dataSourceId',
  'dataSourceName',
  'epochData',
  'dailyData',
  'dataTypeIds',
  'timestamp',
  'startTimestamp',
  'endTimestamp',
  'startDay',
  'endDay',
  'day',
  'timezoneOffset',
  'dataTypeId',
  'value',
  'additionalDetails',
  ...detailFields
]
const MAX_BYTES = 4 * 1_024 * 1_024

type Compare = (left: string, right: string) => number

const rank = (name: string): number => {
  const index = VENDOR_ORDER.indexOf(name)
  return index === -1 ? VENDOR_ORDER.length : index
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const reorder = (value: unknown, compare: Compare): unknown => {
  if (Array.isArray(value)) return value.map((member) => reorder(member, compare))
  if (!isPlain(value)) return value
  const names = Object.keys(value).sort(compare)
  return Object.fromEntries(names.map((name) => [name, reorder(value[name], compare)]))
}

/** A space after each colon and comma, as Python writes it. */
const spaced = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (!isPlain(value)) return stringifyJson(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}: ${spaced(member)}`)
    .join(', ')}}`
}

const escapeNonAscii = (text: string): string =>
  text.replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** What is known of bytes that are JSON. */
export interface JsonPayload {
  readonly value: unknown
  /** `type`, where it has one. */
  readonly type?: string
  /** Without white space between its parts, and in the order of Thryve's page. */
  readonly isAsSent: boolean
}

/** Reads JSON; anything else is `undefined`. */
export const readJson = (bytes: Uint8Array): JsonPayload | undefined => {
  try {
    const value = parseJson(bytes, { maxValues: 5_000_000 })
    if (!isPlain(value) && !Array.isArray(value)) return undefined
    const text = Buffer.from(bytes).toString('utf8')
    const ordered = stringifyJson(reorder(value, (left, right) => rank(left) - rank(right)))
    const type = isPlain(value) && typeof value['type'] === 'string' ? value['type'] : undefined
    // Other writers spell numbers and escapes otherwise: the length of both is what tells order and white space apart.
    const isAsSent = ordered === text || (ordered.length !== text.length && !/[\n\t]|[:,] /.test(text.slice(0, 4_096)))
    return { value, isAsSent, ...(type === undefined ? {} : { type }) }
  } catch {
    return undefined
  }
}

/** The texts that the payload may have been before something wrote it anew. */
export const jsonForms = (bytes: Uint8Array, { value }: JsonPayload): BodyForm[] => {
  if (bytes.length > MAX_BYTES) return []
  const inOrder = reorder(value, (left, right) => rank(left) - rank(right))
  const texts = [value, inOrder].flatMap((payload) => {
    const compact = stringifyJson(payload)
    return [compact, escapeNonAscii(compact), spaced(payload), JSON.stringify(JSON.parse(compact), null, 2)]
  })
  const trimmed = Buffer.from(bytes).toString('utf8').trim()
  const unique = new Set([trimmed, `${trimmed}\n`, ...texts])
  return [...unique].map((text) => ({ name: 're-encoded', bytes: Buffer.from(text) }))
}
