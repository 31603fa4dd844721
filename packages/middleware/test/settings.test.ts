import { readSettings } from '../src/options/settings'
import type { StorageAdapter } from '../src/storage/storage'

const adapter = { save: async () => ({ inserted: 0, updated: 0, unchanged: 0, stale: 0 }) } as StorageAdapter
const limits = [
  'toleranceSeconds',
  'maxCompressedBytes',
  'maxBytes',
  'maxRecords',
  'bodyTimeoutMs',
  'ackDeadlineMs',
  'maxConcurrentDeliveries',
  'maxInFlightBytes',
  'maxConcurrentDecompressions',
  'reorderWindowSeconds',
  'listenerTimeoutMs'
]

describe('readSettings', () => {
  test('defaults, are those the documentation names', () => {
    const { secrets, clock, logger, random, ...settings } = readSettings('s', adapter)
    expect(secrets).toEqual(['s'])
    expect(settings).toMatchSnapshot()
    expect(Object.isFrozen(settings)).toBe(false)
    expect(Object.isFrozen(readSettings('s', adapter))).toBe(true)
  })

  test.each(
    limits.flatMap((name) =>
      [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1.5, '10mb', '300', null, 2 ** 31, {}].map(
        (value) => [name, value] as const
      )
    )
  )('%s: %p, is an error that names it', (name, value) => {
    expect(() => readSettings('s', adapter, { [name]: value })).toThrow(new RegExp(`^"${name}" must be a whole number`))
  })

  test.each([
    ['secret', [undefined, adapter]],
    ['secret', ['', adapter]],
    ['secret', ['  ', adapter]],
    ['secret', [[], adapter]],
    ['secret', [['ok', ''], adapter]],
    ['secret', [5, adapter]],
    ['secret', [null, adapter]],
    ['secret', [null, adapter, { allowUnsigned: false }]],
    ['secret', ['zz', adapter, { signature: { secretEncoding: 'hex' } }]],
    ['adapter', ['s', undefined]],
    ['adapter', ['s', null]],
    ['adapter', ['s', {}]],
    ['adapter', ['s', { save: true }]],
    ['path', ['s', adapter, { path: 'x' }]],
    ['path', ['s', adapter, { path: '/x?y' }]],
    ['path', ['s', adapter, { path: '' }]],
    ['path', ['s', adapter, { path: 5 }]],
    ['acknowledgeAfter', ['s', adapter, { acknowledgeAfter: 'received' }]],
    ['invalidPayload', ['s', adapter, { invalidPayload: 'drop' }]],
    ['invalidPayload', ['s', { ...adapter, inbox: {} }, { invalidPayload: 'reject' }]],
    ['identity', ['s', adapter, { identity: 'user' }]],
    ['observe', ['s', adapter, { observe: true }]],
    ['observe', ['s', { ...adapter, quarantine: {} }, { observe: 'yes' }]],
    ['observe', [null, { ...adapter, quarantine: {} }, { observe: true, allowUnsigned: true }]],
    ['capture', ['s', adapter, { capture: true }]],
    ['capture', ['s', adapter, { capture: null }]],
    ['capture', ['s', adapter, { capture: { folder: '' } }]],
    ['capture.maxFiles', ['s', adapter, { capture: { folder: 'x', maxFiles: 0 } }]],
    ['capture.path', ['s', adapter, { capture: { folder: 'x', path: 'y' } }]],
    ['signature.signaturePrefix', ['s', adapter, { signature: { signaturePrefix: 'v 1' } }]],
    ['signature.digestEncoding', ['s', adapter, { signature: { digestEncoding: 'base32' } }]],
    ['signature.signedContent', ['s', adapter, { signature: { signedContent: '{body}{bodyBase64}{timestamp}' } }]],
    ['maxInFlightBytes', ['s', adapter, { maxInFlightBytes: 1_000 }]],
    ['maxByte', ['s', adapter, { maxByte: 1_000 }]],
    ['signature.header', ['s', adapter, { signature: { header: 'x' } }]],
    ['signature.signatureHeader', ['s', adapter, { signature: { signatureHeader: 'a b' } }]],
    ['signature.timestampHeader', ['s', adapter, { signature: { timestampHeader: '' } }]],
    ['signature.signedContent', ['s', adapter, { signature: { signedContent: '{body}' } }]],
    ['signature.signedContent', ['s', adapter, { signature: { signedContent: '{timestamp}' } }]],
    ['signature.signedContent', ['s', adapter, { signature: { signedContent: '{body}{timestamp}{url}' } }]],
    ['signature.algorithm', ['s', adapter, { signature: { algorithm: 'none' } }]],
    ['signature.algorithm', ['s', adapter, { signature: { algorithm: 'md5' } }]],
    ['signature.secretEncoding', ['s', adapter, { signature: { secretEncoding: 'latin1' } }]],
    ['authenticate', ['s', adapter, { authenticate: { type: 'basic', username: 'u', password: '' } }]],
    ['authenticate', ['s', adapter, { authenticate: { type: 'bearer' } }]],
    ['authenticate', ['s', adapter, { authenticate: null }]],
    ['authenticate', ['s', adapter, { authenticate: 'Bearer x' }]],
    ['authenticate', ['s', adapter, { authenticate: { type: 'header', name: 'x y', value: 'v' } }]]
  ])('"%s" of %p, is a TypeError that names it', (name, args) => {
    const attempt = () => readSettings(...(args as Parameters<typeof readSettings>))
    expect(attempt).toThrow(TypeError)
    expect(attempt).toThrow(`"${name}"`)
  })

  test('an error about a secret, does not print it', () => {
    const attempt = () => readSettings(['canary-secret', ''], adapter)
    expect(attempt).not.toThrow(/canary/)
  })
})
