/** Requests of senders with schemes of their own. Their HMAC is Node's, not that of the search. */
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeCapture } from '@thryve-webhook/middleware'
import { signedDelivery } from '@thryve-webhook/middleware/testing'

/** How a sender signs. */
export interface SenderScheme {
  readonly signatureHeader: string
  readonly timestampHeader: string | null
  readonly algorithm: string
  readonly before: string
  readonly after: string
  readonly secretEncoding: 'utf8' | 'hex' | 'base64'
  readonly digest: (digest: Buffer) => string
  /** What of the body is signed. @default its bytes as sent */
  readonly signed?: (sent: Buffer, plain: Buffer) => Buffer
  /** Makes the timestamp's text. @default seconds */
  readonly stamp?: (nowMs: number) => string
}

/** The default of the middleware. */
export const usual: SenderScheme = {
  signatureHeader: 'X-HMAC-Signature',
  timestampHeader: 'X-HMAC-Timestamp',
  algorithm: 'sha256',
  before: '',
  after: '{t}',
  secretEncoding: 'utf8',
  digest: (digest) => digest.toString('hex')
}

/** Text, hex and base64 at once. */
export const secret = 'c0ffee00c0ffee11c0ffee22c0ffee33'

/** A delivery of one synthetic record, as JSON. */
export const payload = {
  endUserId: 'synthetic-user',
  timestampType: 'ISO',
  type: 'event.data.daily.create',
  data: { dataSourceId: 5, dailyData: [{ day: '2024-05-01', timezoneOffset: 0, dataTypeId: 1000, value: '11203' }] }
}

/** A request as it arrives. */
export interface Arrived {
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
  readonly isComplete?: boolean
  readonly receivedAt?: Date
}

/** What a sender sends. */
export const requestOf = async (
  scheme: SenderScheme,
  { content = payload as object | string, encoding = 'zstd' as 'zstd' | 'gzip' | 'identity', key = secret } = {}
): Promise<Arrived> => {
  const packed = await signedDelivery(content, { secret: 'unused', encoding })
  const plain = (await signedDelivery(content, { secret: 'unused', encoding: 'identity' })).body
  const nowMs = Date.now()
  const stamp = (scheme.stamp ?? ((ms: number) => String(Math.floor(ms / 1_000))))(nowMs)
  const hmac = createHmac(scheme.algorithm, Buffer.from(key, scheme.secretEncoding))
    .update(scheme.before.replace('{t}', stamp))
    .update((scheme.signed ?? ((sent: Buffer) => sent))(packed.body, plain))
    .update(scheme.after.replace('{t}', stamp))
  return {
    headers: [
      ['Host', 'receiver.example'],
      ['Content-Type', 'application/json'],
      ['Content-Length', String(packed.body.length)],
      ...(encoding === 'identity' ? [] : [['Content-Encoding', encoding] as const]),
      ...(scheme.timestampHeader === null ? [] : [[scheme.timestampHeader, stamp] as const]),
      [scheme.signatureHeader, scheme.digest(hmac.digest())],
      ['X-Request-Id', '0'.repeat(32)],
      ['X-Forwarded-For', '192.0.2.1']
    ],
    body: packed.body,
    receivedAt: new Date(nowMs)
  }
}

/** Headers with some replaced, or taken away. */
export const withHeaders = (request: Arrived, changes: Record<string, string | undefined>): Arrived => ({
  ...request,
  headers: request.headers.flatMap(([name, value]): [string, string][] => {
    const isChanged = Object.hasOwn(changes, name)
    const next = changes[name]
    if (!isChanged) return [[name, value]]
    return next === undefined ? [] : [[name, next]]
  })
})

/** A folder of files that goes when the test is done. */
export const withFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Writes a request as a capture. @returns its path. */
export const writeCapture = (folder: string, request: Arrived, name = 'capture.json'): string => {
  const file = join(folder, name)
  const { headers, body, isComplete = true, receivedAt = new Date() } = request
  writeFileSync(file, encodeCapture({ receivedAt, method: 'POST', path: '/x', headers, body, isComplete }))
  return file
}
