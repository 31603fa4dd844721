/** A sender like the vendor: 2 s of patience, three retries, then it gives up. */
import { createHash } from 'node:crypto'
import { sign } from '../../src/signature/signature'
import { secret } from '../deliveries'
import type { VirtualTime } from './virtual-time'

/** A delivery, and what is known of it from outside. */
export interface Sent {
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly sentAtMs: number
  readonly isUpdate: boolean
  readonly records: readonly { readonly key: string; readonly value: string; readonly createdAtMs?: number }[]
  /** `listener`: every listener call fails. `store`: the store refuses it for ever. */
  readonly poison?: 'listener' | 'store'
  /** How its listener behaves the first times. */
  readonly failures: number
  /** How long its listener takes the first time. */
  readonly slowMs: number
  /** Whether a receiver ever answered 204. */
  isPromised: boolean
  /** Whether the sender has no more tries. */
  isGivenUp: boolean
  told: number
  /** Listener calls that succeeded. */
  heard: number
}

const PATIENCE_MS = 2_000
const TRIES = 4
const USERS = 2
const TYPES = 3

/** The users in it. */
export const everyUser: readonly string[] = Array.from({ length: USERS }, (_, user) => `synthetic-user-${user}`)

/** A record's key, in this world. */
export const keyOf = (endUserId: string, dataTypeId: number): string => `${endUserId}/${dataTypeId}`

/** Makes a delivery of one or two records out of few keys, so that versions meet. */
export const makeDelivery = (
  index: number,
  sentAtMs: number,
  random: () => number,
  traits: Pick<Sent, 'failures' | 'slowMs' | 'poison'>
): Sent => {
  const isUpdate = random() < 0.5
  const endUserId = everyUser[Math.floor(random() * USERS)] as string
  const firstType = Math.floor(random() * TYPES)
  const dataTypeIds = random() < 0.5 ? [firstType] : [firstType, (firstType + 1) % TYPES]
  const createdAtMs = random() < 0.5 ? sentAtMs - Math.floor(random() * 60_000) : undefined
  const value = `${traits.poison ?? 'value'} ${index}`
  const payload = {
    endUserId,
    timestampType: 'UNIX',
    type: `event.data.epoch.${isUpdate ? 'update' : 'create'}`,
    data: {
      dataSourceId: 5,
      epochData: dataTypeIds.map((dataTypeId) => ({
        startTimestamp: 1_767_600_000_000,
        dataTypeId: 1_000 + dataTypeId,
        value,
        ...(createdAtMs !== undefined && { additionalDetails: { creationTimestamp: createdAtMs } })
      }))
    }
  }
  const body = Buffer.from(JSON.stringify(payload))
  const timestamp = String(sentAtMs)
  return {
    id: createHash('sha256').update(timestamp).update(body).digest('hex'),
    headers: { 'content-length': String(body.length), ...sign(body, { secret, timestamp }) },
    body,
    sentAtMs,
    isUpdate,
    records: dataTypeIds.map((type) => ({
      key: keyOf(endUserId, 1_000 + type),
      value,
      ...(createdAtMs !== undefined && { createdAtMs })
    })),
    ...traits,
    isPromised: false,
    isGivenUp: false,
    told: 0,
    heard: 0
  }
}

/** Posts to some receiver. The answer's status; no call where none comes. */
export type Post = (sent: Sent, answered: (status: number) => void) => void

/** Sends a delivery until it is answered 204, sometimes once more: the answer may have been lost on the way. */
export const send = (time: VirtualTime, random: () => number, sent: Sent, post: Post, done: () => void): void => {
  let tries = 0
  const attempt = (): void => {
    tries += 1
    let isOver = false
    const end = (status?: number): void => {
      if (isOver) return
      isOver = true
      const isContent = status === 204 && random() > 0.15
      if (!isContent && tries < TRIES) {
        time.after(500 + 9_500 * random(), attempt)
        return
      }
      sent.isGivenUp = !sent.isPromised
      done()
    }
    time.after(PATIENCE_MS, end)
    post(sent, end)
  }
  attempt()
}

const versionOf = ({ sentAtMs, isUpdate }: Sent, createdAtMs: number | undefined): readonly number[] => [
  createdAtMs ?? sentAtMs + (isUpdate ? 3_600_000 : 0),
  isUpdate ? 1 : 0,
  sentAtMs
]

const isGreater = (a: readonly number[], b: readonly number[]): boolean => {
  const at = a.findIndex((part, index) => part !== b[index])
  return at >= 0 && (a[at] as number) > (b[at] as number)
}

/** What must be stored when exactly these deliveries were, in whatever order: written anew, not with the code under test. */
export const expectedRecords = (stored: readonly Sent[]): Map<string, string> => {
  const winners = new Map<string, { readonly version: readonly number[]; readonly value: string }>()
  for (const sent of stored) {
    for (const { key, value, createdAtMs } of sent.records) {
      const version = versionOf(sent, createdAtMs)
      const winner = winners.get(key)
      if (winner === undefined || isGreater(version, winner.version)) winners.set(key, { version, value })
    }
  }
  return new Map([...winners].map(([key, { value }]) => [key, value]))
}
