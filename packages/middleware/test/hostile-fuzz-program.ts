/** Throws random deliveries at a receiver for as many runs as asked, and prints what became of them. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { encodeDelivery } from '../src/codecs/encode-delivery'
import { parseJson, stringifyJson } from '../src/json'
import { signedDelivery } from '../src/testing/signed-delivery'
import { eventArbitrary } from './arbitraries'
import { build, secret } from './deliveries'

const { seed, runs } = JSON.parse(process.argv[2] ?? '') as { seed: number; runs: number }

type Mutation = readonly [kind: 'set' | 'cut' | 'drop' | 'insert' | 'repeat', at: number, bytes: Uint8Array]

const mutate = (bytes: Buffer, mutations: readonly Mutation[]): Buffer => {
  let result = bytes
  for (const [kind, where, piece] of mutations) {
    const at = Math.floor(where * result.length)
    const [head, tail] = [result.subarray(0, at), result.subarray(at)]
    if (kind === 'cut') result = Buffer.from(head)
    else if (kind === 'drop') result = Buffer.concat([head, tail.subarray(piece.length)])
    else if (kind === 'insert') result = Buffer.concat([head, piece, tail])
    else if (kind === 'repeat') result = Buffer.concat([head, tail, tail.subarray(0, 200)])
    else result = Buffer.concat([head, piece, tail.subarray(piece.length)])
  }
  return result
}

const hostileText = fc.constantFrom(
  'null',
  '{}',
  '[]',
  '1e400',
  '-0',
  '"__proto__"',
  '9007199254740993',
  '{"$gt":""}',
  '"\\ud800"',
  '[[[['
)
const piece = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 8 }),
  hostileText.map((text) => Buffer.from(text))
)
const mutations = fc.array(
  fc.tuple(
    fc.constantFrom('set', 'cut', 'drop', 'insert', 'repeat'),
    fc.double({ min: 0, max: 0.999, noNaN: true }),
    piece
  ),
  { maxLength: 3 }
) as fc.Arbitrary<Mutation[]>

/** Kept inputs, each of which once mattered or is a form of its own: payloads, and bodies that are packed already. */
const CORPUS = join(__dirname, 'corpus')
const kept = (extension: string): Buffer[] =>
  readdirSync(CORPUS)
    .filter((name) => name.endsWith(extension))
    .map((name) => readFileSync(join(CORPUS, name)))

const plain = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...kept('.json')) },
  { weight: 6, arbitrary: eventArbitrary.map((event) => Buffer.from(stringifyJson(encodeDelivery(event)))) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 5 }).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) }
)

const header = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 70 }),
  fc.constantFrom('zstd', 'gzip', 'br', '', 'identity', 'gzip, gzip', '99999999999', '-1', 'NaN')
)
const headers = fc.option(
  fc.tuple(
    fc.constantFrom('x-hmac-signature', 'x-hmac-timestamp', 'content-encoding', 'content-length', 'authorization'),
    fc.oneof(header, fc.array(header, { maxLength: 3 }), fc.constant(undefined))
  ),
  { nil: undefined, freq: 3 }
)

/** A payload mutated before it is packed, or a kept frame; the body mutated after, signed at the very end; sometimes a header is, too. */
const deliveries = fc.record({
  plain,
  frame: fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...kept('.zst')) }
  ),
  inside: mutations,
  outside: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: mutations }),
  encoding: fc.constantFrom('zstd', 'gzip', 'br', 'identity'),
  header: headers
})

const isJson = (bytes: Uint8Array): boolean => {
  try {
    parseJson(bytes)
    return true
  } catch {
    return false
  }
}

const main = async () => {
  const { webhook, of } = build({
    maxBytes: 65_536,
    maxCompressedBytes: 16_384,
    maxInFlightBytes: 1 << 20,
    maxRecords: 50
  })
  const counts: Record<string, number> = {}
  const acknowledged = new Set<string>()
  let parsed = 0
  const post = fc.asyncProperty(deliveries, async ({ plain, frame, inside, outside, encoding, header }) => {
    const payload = mutate(plain, inside)
    if (isJson(payload)) parsed += 1
    const packed = await signedDelivery(payload, { secret, encoding: frame === undefined ? encoding : 'zstd' })
    const body = mutate(frame ?? packed.body, outside)
    const resigned = await signedDelivery(body, { secret, encoding: 'identity' })
    const own = { ...packed.headers, ...resigned.headers }
    const sent = header === undefined ? own : { ...own, [header[0]]: header[1] }
    const { status } = await webhook.receive({ headers: sent, body })
    counts[status] = (counts[status] ?? 0) + 1
    const timestamp = String((sent as Record<string, unknown>)['x-hmac-timestamp'])
    if (status === 204) acknowledged.add(createHash('sha256').update(timestamp).update(body).digest('hex'))
  })
  await fc.assert(post, { seed, numRuns: runs, endOnFailure: true })
  await webhook.idle()
  const settled = new Set(['stored', 'quarantined', '*'].flatMap(of).map(({ deliveryId }) => deliveryId))
  const lost = [...acknowledged].filter((id) => !settled.has(id)).length
  const errors = of('error').map(({ code }) => code)
  const strangers = [...settled].filter((id) => !acknowledged.has(String(id))).length
  console.log(
    JSON.stringify({
      counts,
      parsed,
      acknowledged: acknowledged.size,
      stored: of('stored').length,
      quarantined: of('quarantined').length,
      lost,
      strangers,
      rssBytes: process.memoryUsage.rss(),
      errors
    })
  )
}

void main()
