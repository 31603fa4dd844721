/** Synthetic payloads, and a receiver of them. */
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import type { StorageAdapter, ThryveOptions, ThryveRecord, ThryveWebhook } from '../src/index'
import { receive, thryveWebhook } from '../src/index'
import { type SignedDeliveryOptions, signedDelivery } from '../src/testing/signed-delivery'

export const secret = 'synthetic-secret'
export const START = '2026-01-05T08:00:00Z'

/** An epoch delivery of one user and source. */
export const epochPayload = (items: readonly object[], type = 'event.data.epoch.create') => ({
  endUserId: 'synthetic-user',
  timestampType: 'ISO',
  type,
  data: { dataSourceId: 5, epochData: items }
})

/** One entry of it. */
export const steps = (value = '53', fields: object = {}) => ({
  startTimestamp: START,
  dataTypeId: 1000,
  value,
  ...fields
})

/** Packs and signs with the tests' secret. */
export const signed = (
  payload: object | string | Uint8Array = epochPayload([steps()]),
  options: Partial<SignedDeliveryOptions> = {}
) => signedDelivery(payload, { secret, ...options })

/** Logs of a receiver under test. */
export const collectLogs = () => {
  const lines: unknown[][] = []
  const write = (...line: unknown[]) => lines.push(line)
  return { lines, logger: { warn: write, error: write } }
}

/** A webhook over a fresh memory adapter, with everything it tells collected. */
export const build = (options: ThryveOptions = {}, adapter: StorageAdapter = memoryAdapter()) => {
  const { lines, logger } = collectLogs()
  const webhook: ThryveWebhook = thryveWebhook(options.allowUnsigned === true ? null : secret, adapter, {
    logger,
    ...options
  })
  const told: { name: string; argument: object }[] = []
  for (const name of [
    'stored',
    'quarantined',
    'quarantine-overflow',
    'rejected',
    'error',
    'degraded-identity',
    '*'
  ] as const) {
    webhook.on(name, (argument: object) => told.push({ name, argument }))
  }
  const of = (name: string) =>
    told.filter((entry) => entry.name === name).map(({ argument }) => argument as Record<string, unknown>)
  return { webhook, adapter, told, of, lines }
}

/** Posts without HTTP, and waits until all is settled. */
export const post = async (
  { webhook }: Pick<ReturnType<typeof build>, 'webhook'>,
  delivery: { headers: Readonly<Record<string, string>>; body: Uint8Array },
  headers: Record<string, string> = {}
) => {
  const answer = await receive(webhook, { headers: { ...delivery.headers, ...headers }, body: delivery.body })
  await webhook.idle()
  return answer
}

/** Every record of the tests' user. */
export const recordsOf = async (adapter: StorageAdapter, endUserId = 'synthetic-user'): Promise<ThryveRecord[]> => {
  const records: ThryveRecord[] = []
  for (const dimension of ['epoch', 'daily'] as const) {
    for await (const record of adapter.find?.({ dimension, endUserId }) ?? []) records.push(record)
  }
  return records
}
