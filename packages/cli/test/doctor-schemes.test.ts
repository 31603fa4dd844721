import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { type Receiver, thryveWebhook } from '@thryve-webhook/middleware'
import { run } from '../src/run'
import { type Arrived, requestOf, type SenderScheme, secret, usual, withFolder, writeCapture } from './doctor-requests'
import { fakeTerminal } from './fake-terminal'

const doctor = (request: Arrived, key = secret) =>
  withFolder(async (folder) => {
    const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: key })
    const exitCode = await run(['doctor', '--json', writeCapture(folder, request)], terminal)
    expect(terminal.written.stderr).toBe('')
    expect(terminal.written.stdout).not.toContain(key)
    return { exitCode, ...JSON.parse(terminal.written.stdout).requests[0] }
  })

/** Runs the line as a program would hold it. */
const webhookOf = (line: string): Receiver => {
  const make = new Function('thryveWebhook', 'secret', 'adapter', `return ${line}`)
  return make(thryveWebhook, secret, memoryAdapter())
}

const digests: Record<string, SenderScheme['digest']> = {
  hex: (digest) => digest.toString('hex'),
  HEX: (digest) => digest.toString('hex').toUpperCase(),
  base64: (digest) => digest.toString('base64'),
  base64url: (digest) => digest.toString('base64url'),
  'v1=hex': (digest) => `v1=${digest.toString('hex')}`,
  'v1,base64': (digest) => `v1,${digest.toString('base64')}`,
  'hmac:base64url': (digest) => `hmac:${digest.toString('base64url')}`
}
const contents: readonly (readonly [before: string, after: string])[] = [
  ['', '{t}'],
  ['{t}', ''],
  ...['.', ':', '\n', ',', '|', '-', '_', ' ', ';'].flatMap((separator) => [
    [`{t}${separator}`, ''] as const,
    ['', `${separator}{t}`] as const
  ]),
  ['v0:{t}:', '']
]
const names = [
  ['X-HMAC-Signature', 'X-HMAC-Timestamp'],
  ['X-Thryve-Signature', 'X-Thryve-Timestamp'],
  ['Signature', 'Date-Sent'],
  ['X-Auth-Signature', 'X-Auth-Timestamp']
] as const
const algorithms = ['sha1', 'sha256', 'sha384', 'sha512']
const secretEncodings = ['utf8', 'hex', 'base64'] as const

/** The parts run at strides of their own, so that each meets the others in turn. */
const combinations: [string, SenderScheme][] = []
for (let index = 0; index < 252; index++) {
  const [digestName = '', digest = digests['hex']] = Object.entries(digests)[(index + Math.floor(index / 21)) % 7] ?? []
  const [before, after] = contents[index % contents.length] ?? ['', '']
  const algorithm = algorithms[(index >> 1) % 4] ?? 'sha256'
  const secretEncoding = secretEncodings[(index + Math.floor(index / 3)) % 3] ?? 'utf8'
  const [signatureHeader, timestampHeader] = names[(index + Math.floor(index / 7)) % 4] ?? names[0]
  const stamp = index % 2 === 0 ? (ms: number) => String(Math.floor(ms / 1_000)) : (ms: number) => String(ms)
  const name = `${algorithm} ${digestName} ${JSON.stringify(`${before}{body}${after}`)} ${secretEncoding} ${signatureHeader}`
  if (digest)
    combinations.push([
      name,
      { ...usual, algorithm, digest, before, after, secretEncoding, signatureHeader, timestampHeader, stamp }
    ])
}
combinations.push(
  ...algorithms.flatMap((algorithm) =>
    secretEncodings.map((secretEncoding): [string, SenderScheme] => [
      `${algorithm} body alone ${secretEncoding}`,
      { ...usual, algorithm, secretEncoding, after: '', timestampHeader: null }
    ])
  ),
  ['base64 of the body', { ...usual, signed: (sent) => Buffer.from(sent.toString('base64')) }],
  [
    'timestamp, base64 of the body',
    { ...usual, before: '{t}.', after: '', signed: (sent) => Buffer.from(sent.toString('base64')) }
  ],
  ['an algorithm in front', { ...usual, digest: (digest) => `sha256=${digest.toString('base64')}` }]
)

describe('doctor: a scheme', () => {
  test('the table, has at least 60 different ones', () => {
    expect(new Set(combinations.map(([name]) => name)).size).toBeGreaterThanOrEqual(200)
  })

  test.each(combinations)('%s, is found, and its line verifies and stores', async (_name, scheme) => {
    const request = await requestOf(scheme)
    const { exitCode, finding, line, isCertain } = await doctor(request)
    expect([exitCode, finding, isCertain]).toEqual([0, 'verified', true])
    const webhook = webhookOf(line)
    let stored = 0
    webhook.on('stored', ({ inserted }) => {
      stored += inserted
    })
    const headers = Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]))
    expect(await webhook.receive({ headers, body: request.body })).toMatchObject({ status: 204 })
    await webhook.idle()
    expect(stored).toBe(1)
    const forged = Buffer.from(request.body)
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
    expect((await webhook.receive({ headers, body: forged })).status).toBe(401)
  })

  test.each([
    ['decompressed', { ...usual, signed: (_: Buffer, plain: Buffer) => plain }, 'signed-decompressed'],
    [
      'base64 of decompressed',
      { ...usual, signed: (_: Buffer, plain: Buffer) => Buffer.from(plain.toString('base64')) },
      'signed-decompressed'
    ],
    ['text of the bytes', { ...usual, signed: (sent: Buffer) => Buffer.from(sent.toString('utf8')) }, 'signed-text'],
    ['an ISO timestamp', { ...usual, stamp: (ms: number) => new Date(ms).toISOString() }, 'scheme-timestamp'],
    ['an HTTP date', { ...usual, stamp: (ms: number) => new Date(ms).toUTCString() }, 'scheme-timestamp'],
    ['microseconds', { ...usual, stamp: (ms: number) => `${ms}000` }, 'scheme-timestamp'],
    [
      'a list in one header',
      { ...usual, digest: (digest: Buffer) => `v1=${digest.toString('hex')},v0=00` },
      'scheme-several-values'
    ]
  ])('%s, is found and said to be unusable', async (_name, scheme: SenderScheme, expected) => {
    const { exitCode, finding, isCertain, line, fixes } = await doctor(await requestOf(scheme))
    expect([exitCode, finding, isCertain, line]).toEqual([1, expected, true, undefined])
    expect(fixes.length).toBeGreaterThan(0)
  })

  test('base64 without padding, is found and said to be unusable', async () => {
    for (let tries = 0; tries < 50; tries++) {
      const digest = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
      const request = await requestOf({ ...usual, stamp: (ms) => String(ms + tries), digest })
      const isPlain = !/[+/]/.test(request.headers.find(([name]) => name === usual.signatureHeader)?.[1] ?? '')
      if (isPlain) continue
      expect((await doctor(request)).finding).toBe('scheme-unpadded')
      return
    }
    throw new Error('50 digests without + or /')
  })
})
