/** Raw deliveries for tests: their bytes mean nothing. */
import { randomBytes } from 'node:crypto'
import type { QuarantineItem } from '../storage/quarantine'
import type { RawDelivery } from '../storage/raw-delivery'

/** A delivery with an id of its own; what is given replaces its fields. */
export const rawDelivery = (fields: Partial<RawDelivery> = {}): RawDelivery => ({
  id: randomBytes(32).toString('hex'),
  body: Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00),
  contentEncoding: 'zstd',
  receivedAt: new Date(),
  sentAt: new Date(),
  ...fields
})

/** A delivery that is not JSON, of an unknown user; what is given replaces its fields. */
export const quarantineItem = (fields: Partial<QuarantineItem> = {}): QuarantineItem => ({
  delivery: rawDelivery(),
  scope: 'delivery',
  code: 'THRYVE_INVALID_JSON',
  failures: [],
  badRecords: 0,
  ...fields
})
