/** Comparisons that say the same in every realm and for every kind of object a driver may return. */
import { strict as assert } from 'node:assert'
import { types } from 'node:util'
import type { ThryveRecord } from '../../records'
import type { RawDelivery } from '../../storage/raw-delivery'
import type { SaveResult, VersionedRecord } from '../../storage/storage'
import type { StoreProbe } from './world'

/** A record as text: fields by name, dates told from text, absent and undefined the same. */
export const recordText = (record: ThryveRecord): string =>
  Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${types.isDate(value) ? `Date(${value.getTime()})` : JSON.stringify(value)}`)
    .sort()
    .join(' ')

/** The same records in the same order. */
export const assertRecords = (actual: readonly ThryveRecord[], expected: readonly ThryveRecord[]): void =>
  assert.deepEqual(actual.map(recordText), expected.map(recordText))

/** The store holds these records and versions, and nothing else. */
export const assertStored = async (probe: StoreProbe, expected: readonly VersionedRecord[]): Promise<void> => {
  const text = ({ key, version, record }: VersionedRecord) => `${key} @${version} ${recordText(record)}`
  const stored = await probe.records()
  assert.deepEqual(stored.map(text).sort(), expected.map(text).sort())
}

/** The counts, those not named being 0. */
export const assertCounts = (actual: SaveResult, expected: Partial<SaveResult>): void => {
  const { inserted, updated, unchanged, stale } = actual
  const none = { inserted: 0, updated: 0, unchanged: 0, stale: 0 }
  assert.deepEqual({ inserted, updated, unchanged, stale }, { ...none, ...expected })
}

/** How many records a result accounts for. */
export const totalOf = ({ inserted, updated, unchanged, stale }: SaveResult): number =>
  inserted + updated + unchanged + stale

/** Bytes as text, for comparing and for reading in a failure. */
export const hex = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? 'none' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')

/** The same delivery, byte for byte. */
export const assertDelivery = (actual: RawDelivery, expected: RawDelivery): void => {
  const plain = ({ id, body, contentEncoding, receivedAt, sentAt }: RawDelivery) => ({
    id,
    body: hex(body),
    contentEncoding,
    receivedAt: receivedAt.getTime(),
    sentAt: sentAt?.getTime()
  })
  assert.deepEqual(plain(actual), plain(expected))
}
