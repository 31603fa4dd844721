/** A raw delivery as fields of a document and back. */
import type { RawDelivery } from '@thryve-webhook/middleware'
import { type InboxDocument, type QuarantineDocument, SCHEMA_VERSION } from './documents'
import { requireText } from './require-text'

/** A document ends at 16 MiB; what stands beside the body fits well into 64 KiB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024 - 65_536

/**
 * Checks that a body fits into a document.
 *
 * @throws RangeError before anything is sent.
 */
export const requireStorable = ({ length }: Uint8Array): void => {
  if (length <= MAX_BODY_BYTES) return
  throw new RangeError(
    `A body of ${length} bytes cannot be kept: MongoDB ends a document at 16 MiB. Set "maxCompressedBytes" to ` +
      `${MAX_BODY_BYTES} or less.`
  )
}

/** What inbox and quarantine keep of a delivery, but for its body. */
export const deliveryFields = ({ id, body, contentEncoding, receivedAt, sentAt }: RawDelivery) => ({
  _id: requireText('delivery.id', id),
  schemaVersion: SCHEMA_VERSION,
  receivedAt,
  ...(sentAt !== undefined && { sentAt }),
  ...(contentEncoding !== undefined && { contentEncoding }),
  bytes: body.length
})

/** The delivery without its body. */
export const toBodiless = ({
  _id,
  contentEncoding,
  receivedAt,
  sentAt
}: Pick<InboxDocument, '_id' | 'contentEncoding' | 'receivedAt' | 'sentAt'>): Omit<RawDelivery, 'body'> => ({
  id: _id,
  receivedAt,
  ...(sentAt !== undefined && { sentAt }),
  ...(contentEncoding !== undefined && { contentEncoding })
})

/** The delivery as it was put. */
export const toDelivery = (document: InboxDocument | QuarantineDocument): RawDelivery => ({
  ...toBodiless(document),
  // Only a done marker has none, and nobody is handed one.
  body: document.body ?? new Uint8Array()
})
