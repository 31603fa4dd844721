/** A delivery as it is stored, and how listings are read page by page. */

/** A delivery as it came over the wire, after its signature was verified. */
export interface RawDelivery {
  /** SHA-256 of signature timestamp and body, in hex; random for an unsigned delivery. */
  readonly id: string
  /** The bytes as received, still compressed. */
  readonly body: Uint8Array
  /** `Content-Encoding` as sent, in lower case; absent for identity. */
  readonly contentEncoding?: string
  /** When the receiver got it, by the receiver's clock. */
  readonly receivedAt: Date
  /** The signature's timestamp: when the sender signed it. Absent when unsigned. */
  readonly sentAt?: Date
}

/** A page of a listing. */
export interface Page<T> {
  readonly entries: readonly T[]
  /** Hand it to the next call as `after`; absent on the last page. */
  readonly next?: string
}

/** Which page of a listing. */
export interface PageQuery {
  /** @default 100 */
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string
}
