/** A delivery before it is packed and signed. */
import {
  type DataEvent,
  encodeDelivery,
  stringifyJson,
  type ThryveRecord,
  type TimestampType
} from '@thryve-webhook/middleware'

/** How the records look on the wire. */
export interface WireForm {
  readonly format: TimestampType
  readonly shape: 'object' | 'array'
}

/** `forged`: another secret · `tampered`: changed after it was signed · `stale`: signed yesterday · `unsigned`: no headers. */
export type Seal = 'signed' | 'forged' | 'tampered' | 'stale' | 'unsigned'

/** `split`: several zstd frames, skippable ones among them · `truncated`: the last bytes are missing. */
export type Packing = 'one frame' | 'split' | 'truncated'

/** A delivery to send. */
export interface PlannedDelivery {
  /** For the summary, such as `late create`. */
  readonly kind: string
  /** The JSON text. Deliveries that share this very object are one and the same request, sent again. */
  readonly payload: Uint8Array
  /** The good records in it, in their order, as the receiver must understand them. */
  readonly records: readonly ThryveRecord[]
  readonly recordCount: number
  readonly isUpdate: boolean
  readonly seal: Seal
  readonly packing: Packing
  /** Whether it, or some of it, must end in the quarantine. */
  readonly isQuarantined: boolean
  /** How much of the whole work is done with it, for the progress display. */
  readonly progress: number
}

/** One entry of a source's list of records, on the wire. */
export type WireItem = Record<string, unknown>

interface WireSource extends Record<string, unknown> {
  epochData?: WireItem[]
  dailyData?: WireItem[]
}

/** How a payload differs from what the records say, without another meaning for the good ones. */
export type Distortion = (items: WireItem[]) => WireItem[]

const eventOf = (records: readonly ThryveRecord[], isUpdate: boolean, format: TimestampType): DataEvent => {
  const [first] = records as [ThryveRecord]
  const { dimension, endUserId, endUserAlias } = first
  const alias = endUserAlias === undefined ? {} : { endUserAlias }
  const type = `event.data.${dimension}.${isUpdate ? 'update' : 'create'}`
  return { type, endUserId, ...alias, timestampType: format, records } as DataEvent
}

const sourcesOf = (data: unknown): WireSource[] => (Array.isArray(data) ? data : [data]) as WireSource[]

/**
 * Writes the payload of some records of one user and dimension.
 *
 * @param records At least one.
 */
export const payloadOf = (
  records: readonly ThryveRecord[],
  isUpdate: boolean,
  { format, shape }: WireForm,
  distort: Distortion = (items) => items
): Buffer => {
  const wire = encodeDelivery(eventOf(records, isUpdate, format))
  const sources = sourcesOf(wire.data).map(({ epochData, dailyData, ...source }) => ({
    ...source,
    ...(epochData && { epochData: distort(epochData) }),
    ...(dailyData && { dailyData: distort(dailyData) })
  }))
  return Buffer.from(stringifyJson({ ...wire, data: shape === 'array' ? sources : sources[0] }))
}

/** Plans an ordinary delivery. */
export const planDelivery = (
  records: readonly ThryveRecord[],
  isUpdate: boolean,
  form: WireForm,
  rest: Partial<PlannedDelivery> & { readonly distort?: Distortion } = {}
): PlannedDelivery => {
  const { distort, ...fields } = rest
  return {
    kind: isUpdate ? 'update' : 'create',
    payload: payloadOf(records, isUpdate, form, distort),
    records,
    recordCount: records.length,
    isUpdate,
    seal: 'signed',
    packing: 'one frame',
    isQuarantined: false,
    progress: 0,
    ...fields
  }
}
