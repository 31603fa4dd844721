/** What the four collections hold. */
import type {
  DailyRecord,
  DecodeFailure,
  Dimension,
  EpochRecord,
  InboxState,
  QuarantineItem
} from '@thryve-webhook/middleware'

/** Stands in every document, so that a later version can tell what it reads. */
export const SCHEMA_VERSION = 1

/** All fields a record can have, but for `dimension`: the collection says it. */
type RecordFields = Partial<Omit<EpochRecord, 'dimension'> & Omit<DailyRecord, 'dimension'>>

/** A document of `epoch` or `daily`: the record's fields under Thryve's names, and how it came to be. */
export interface RecordDocument extends RecordFields {
  /** The record's natural key. */
  _id: string
  /** Leads the index, and is the shard key. */
  readonly endUserId: string
  readonly dataTypeId: number
  /** Decides against other versions of the record, as text. */
  version: string
  /** How often the document was written: with `version` it tells a writer that another one came first. */
  revision: number
  schemaVersion: number
  /** The delivery that brought this version. */
  deliveryId: string
  /** When that was received, by the receiver's clock. */
  receivedAt: Date
}

/** The bytes of a delivery and what was said with them. */
interface DeliveryFields {
  /** The delivery's id. */
  _id: string
  schemaVersion: number
  receivedAt: Date
  sentAt?: Date
  contentEncoding?: string
  /** Size of the body. */
  bytes: number
  endUserId?: string
}

/** A document of `inbox`. */
export interface InboxDocument extends DeliveryFields {
  state: InboxState
  /** When it may next be claimed (ready: not before; leased: when the lease runs out); null for done and dead. */
  availableAt: Date | null
  attempts: number
  /** Grows with every claim, so that a worker that lost its lease changes nothing. */
  token: number
  /** Who holds the lease. */
  owner?: string
  /** Absent from a done marker. */
  body?: Uint8Array
  /** How often the sender delivered it again. */
  duplicates: number
  lastError?: string
  /** When a done marker goes. */
  expiresAt?: Date
}

/** A document of `quarantine`. */
export interface QuarantineDocument extends DeliveryFields {
  body: Uint8Array
  scope: QuarantineItem['scope']
  code: string
  failures: DecodeFailure[]
  headers?: [name: string, value: string][]
  badRecords: number
  firstSeenAt: Date
}

/** Which field places a record in time. */
export const timeField = { epoch: 'startTimestamp', daily: 'day' } as const satisfies Record<
  Dimension,
  keyof RecordFields
>
