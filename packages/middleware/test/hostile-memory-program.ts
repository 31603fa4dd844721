/** Receives one kind of attack, many at once, in a process of its own, and prints how far its peak of memory rose. */
import { readFileSync } from 'node:fs'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { compress } from '@mongodb-js/zstd'
import { signedDelivery } from '../src/testing/signed-delivery'
import { build, epochPayload, secret, signed, steps } from './deliveries'
import { frame, rle } from './zstd-frames'

const MIB = 1_024 * 1_024
const MAX_BYTES = 4 * MIB
const { attack, copies } = JSON.parse(process.argv[2] ?? '') as { attack: string; copies: number }

const filled = (open: string, unit: (index: number) => string, close: string): string => {
  const units: string[] = []
  let length = open.length + close.length
  for (let index = 0; length < MAX_BYTES - 512; index += 1) {
    const next = unit(index)
    units.push(next)
    length += next.length + 1
  }
  return open + units.join() + close
}

const inExtra = (json: string): string =>
  JSON.stringify(epochPayload([steps('1', { x: 'MARK' })])).replace('"MARK"', () => json)

const ofRecords = (unit: (index: number) => string): string =>
  filled(
    '{"endUserId":"synthetic-user","type":"event.data.epoch.create","data":{"dataSourceId":5,"epochData":[',
    unit,
    ']}}'
  )

const zeros = Buffer.alloc(64 * MIB)
const packed = (encoding: string, body: Buffer) => ({ encoding, body })
const attacks: Record<string, () => Promise<{ encoding: string; body: Buffer }>> = {
  'zstd bomb': async () => packed('zstd', await compress(zeros)),
  'zstd bomb of RLE blocks': async () => packed('zstd', frame(Array.from({ length: 4_096 }, () => rle(128 * 1_024)))),
  'gzip bomb': async () => packed('gzip', gzipSync(zeros)),
  'br bomb': async () => packed('br', brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })),
  'empty objects': async () => packed('identity', Buffer.from(inExtra(filled('[', () => '{}', ']')))),
  'empty objects as records': async () => packed('identity', Buffer.from(ofRecords(() => '{}'))),
  'small lists': async () => packed('identity', Buffer.from(inExtra(filled('[', () => '[1,1,1,1,1,1]', ']')))),
  'many keys': async () => packed('identity', Buffer.from(filled('{', (i) => `"k${i.toString(36)}":1`, '}'))),
  'many keys in small objects': async () =>
    packed('identity', Buffer.from(filled('[', (i) => `{"k${i.toString(36)}":1}`, ']'))),
  'long integers': async () => packed('identity', Buffer.from(filled('[', (i) => `1${i}${'9'.repeat(30)}`, ']'))),
  'deep lists': async () => packed('identity', Buffer.alloc(MAX_BYTES, '[')),
  'one long id': async () =>
    packed('identity', Buffer.from(JSON.stringify({ ...epochPayload([]), endUserId: 'u'.repeat(MAX_BYTES - 200) })))
}

/** Linux starts a child's maxRSS at its parent's size, which would hide growth; VmHWM is the program's own. */
const peakKib = (): number => {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
  } catch {
    return process.resourceUsage().maxRSS
  }
}

const main = async () => {
  const { webhook, of } = build({ maxBytes: MAX_BYTES, maxRecords: 20_000, maxConcurrentDeliveries: 200 })
  const receiveAll = async (deliveries: readonly { headers: Readonly<Record<string, string>>; body: Uint8Array }[]) => {
    const answers = await Promise.all(deliveries.map((delivery) => webhook.receive(delivery)))
    await webhook.idle()
    return [...new Set(answers.map(({ status }) => status))]
  }
  // Warm: honest deliveries as large as are allowed, so that the baseline holds code, pools and a grown heap.
  const honest = Array.from({ length: 19_000 }, (_, i) => steps('1', { dataTypeId: i % 50, pad: 'x'.repeat(120) }))
  for (let i = 0; i < 2; i += 1) await receiveAll([await signed(epochPayload(honest))])

  const { encoding, body } = (await attacks[attack]?.()) ?? packed('identity', Buffer.alloc(0))
  const now = Math.floor(Date.now() / 1_000)
  const signedCopies = await Promise.all(
    Array.from({ length: copies }, async (_, i) => {
      const { headers } = await signedDelivery(body, { secret, encoding: 'identity', timestamp: String(now + i) })
      return { headers: { ...headers, 'content-encoding': encoding }, body }
    })
  )
  const before = peakKib()
  const statuses = await receiveAll(signedCopies)
  const grownMib = Math.round((peakKib() - before) / 1_024)
  const codes = [...new Set(of('quarantined').map(({ code }) => code))]
  console.log(JSON.stringify({ statuses, codes, quarantined: of('quarantined').length, grownMib }))
}

void main()
