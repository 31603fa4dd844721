/** A whole delivery: from parsed JSON to a typed event, and back. */
import * as E from 'fp-ts/lib/Either'
import * as t from 'io-ts'
import type { ErrorCode } from '../errors'
import { type DataEvent, type EventName, isEventName, type ThryveEvent, type TimestampType } from '../events'
import type { DecodeFailure } from '../storage/quarantine'
import { encodeDelivery, type WireDelivery } from './encode-delivery'
import { renderFailures } from './failures'
import { extraOf } from './item'
import { type NotificationName, notification } from './notification'
import { optional } from './optional'
import { isObject, shape, type UnknownFields } from './shape'
import { type DecodedSources, decodeSources } from './source'
import { EndUserId, Text } from './text'

/** A delivery that was decoded, with what had to be left out of it. */
export interface Decoded {
  readonly event: ThryveEvent
  /** The first failures of bad records; empty when all is well. */
  readonly failures: readonly DecodeFailure[]
  /** How many records are bad. */
  readonly badRecords: number
}

/** Why nothing of a delivery could be decoded. */
export interface Undecodable {
  readonly code: Extract<ErrorCode, 'THRYVE_INVALID_PAYLOAD' | 'THRYVE_UNKNOWN_TYPE'>
  readonly failures: readonly DecodeFailure[]
  /** The user, where it could be read. */
  readonly endUserId?: string
}

/** Everything of a delivery but its records. */
export const Envelope = shape('delivery', {
  endUserId: EndUserId,
  endUserAlias: optional(Text),
  timestampType: optional(Text),
  type: Text,
  data: t.unknown
})

const isNotification = (name: EventName): name is NotificationName => name in notification.ISO

/** The first timestamp's JavaScript type decides; the label only where there is no timestamp. */
const formOf = (holder: unknown, label: string | undefined): TimestampType => {
  const stamp = isObject(holder)
    ? (holder['startTimestamp'] ?? holder['day'] ?? holder['timestamp'] ?? holder['startDay'])
    : undefined
  if (stamp === undefined) return label?.toUpperCase() === 'UNIX' ? 'UNIX' : 'ISO'
  return typeof stamp === 'number' ? 'UNIX' : 'ISO'
}

const unknownType = (payload: object): Undecodable => ({
  code: 'THRYVE_UNKNOWN_TYPE',
  failures: [{ path: 'type', expected: 'an event name of this version' }],
  ...ownerOf(payload)
})

const invalidPayload = (errors: t.Errors, payload: unknown): Undecodable => ({
  code: 'THRYVE_INVALID_PAYLOAD',
  failures: renderFailures(errors),
  ...ownerOf(payload)
})

/** An envelope of records, decoded. */
export interface OpenEnvelope {
  readonly fields: Readonly<Record<'endUserId' | 'type', string>> & { readonly endUserAlias?: string }
  readonly label: string | undefined
  readonly unknown: UnknownFields | undefined
}

/** Puts an envelope and its records together. */
export const closeDelivery = ({ fields, label, unknown }: OpenEnvelope, sources: DecodedSources): Decoded => {
  const { records, errors, badRecords, firstItem } = sources
  const event = { ...fields, timestampType: formOf(firstItem, label), ...extraOf({ delivery: unknown }), records }
  return { event: event as unknown as DataEvent, failures: renderFailures(errors), badRecords }
}

/**
 * Decodes a parsed payload. Bad records are left out and reported; the good ones of the same delivery go on.
 *
 * @example decodeDelivery(parseJson(bytes))
 */
export const decodeDelivery = (payload: unknown): E.Either<Undecodable, Decoded> => {
  const type = isObject(payload) ? payload['type'] : undefined
  if (isObject(payload) && !(typeof type === 'string' && isEventName(type))) return E.left(unknownType(payload))

  const envelope = Envelope.decode(payload)
  if (E.isLeft(envelope)) return E.left(invalidPayload(envelope.left, payload))
  const { data, timestampType: label, unknown, ...fields } = envelope.right
  const name = fields.type as EventName

  if (isNotification(name)) {
    const form = formOf(data, label)
    const decoded = notification[form][name].validate(data, [{ key: 'data', type: notification[form][name] }])
    if (E.isLeft(decoded)) return E.left(invalidPayload(decoded.left, payload))
    const { unknown: unknownData, ...members } = decoded.right
    const extra = extraOf({ delivery: unknown, data: unknownData })
    return E.right({
      event: { ...fields, timestampType: form, ...extra, ...members } as ThryveEvent,
      failures: [],
      badRecords: 0
    })
  }

  const sources = decodeSources(name.startsWith('event.data.epoch') ? 'epoch' : 'daily', data, { ...fields, unknown })
  if (E.isLeft(sources)) return E.left(invalidPayload(sources.left, payload))
  return E.right(closeDelivery({ fields, label, unknown }, sources.right))
}

/**
 * The codec of a whole delivery. It decodes only if every record is good; the receiver itself keeps the good ones of a
 * mixed delivery, see {@link decodeDelivery}. Decoding what it encoded gives the same event.
 *
 * @example isRight(Delivery.decode(parseJson(bytes)))
 */
export const Delivery: t.Type<ThryveEvent, WireDelivery, unknown> = new t.Type(
  'delivery',
  (u): u is ThryveEvent => isEncodable(u),
  (u, context) => {
    const decoded = decodeDelivery(u)
    const failures = E.isLeft(decoded) ? decoded.left.failures : decoded.right.failures
    if (E.isRight(decoded) && decoded.right.badRecords === 0) return t.success(decoded.right.event)
    return t.failures(failures.map(({ path, expected }) => ({ value: u, context, message: `${path}: ${expected}` })))
  },
  encodeDelivery
)

const isEncodable = (u: unknown): boolean => {
  try {
    return E.isRight(Delivery.decode(encodeDelivery(u as ThryveEvent)))
  } catch {
    return false
  }
}

const ownerOf = (payload: unknown): { endUserId?: string } => {
  const endUserId = isObject(payload) ? payload['endUserId'] : undefined
  return EndUserId.is(endUserId) ? { endUserId } : {}
}
