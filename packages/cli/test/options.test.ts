/** What the commands' options understand, and what they refuse. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { duration } from '../src/options/duration'
import { openMongo } from '../src/options/mongo'
import { positiveNumber, wholeNumber } from '../src/options/number'
import { addSchemeOptions, readScheme, type SchemeOptions } from '../src/options/scheme'
import { readSecret } from '../src/options/secret'
import { UsageError } from '../src/terminal'
import { fakeTerminal } from './fake-terminal'

const parseScheme = (...words: string[]) =>
  readScheme(
    addSchemeOptions(new Command('test').exitOverride().configureOutput({ outputError: () => {} }))
      .parse(words, { from: 'user' })
      .opts<SchemeOptions>()
  )

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000]
])('duration: %s, is so many milliseconds', (text, ms) => {
  expect(duration(text)).toBe(ms)
})

test.each(['', '5', '5 s', '-5s', '0s', '5w', '25d', 'Infinitys', '1e3s'])('duration: %j, is refused', (text) => {
  expect(() => duration(text)).toThrow('It must be a duration')
})

test.each(['', 'ten', '1.5', '0', '101', '0x10', '1e1', ' 5'])('wholeNumber: %j of 1 to 100, is refused', (text) => {
  expect(() => wholeNumber(1, 100)(text)).toThrow('It must be a whole number from 1 to 100.')
})

test('wholeNumber: both ends, are understood', () => {
  expect(['1', '+7', '100'].map(wholeNumber(1, 100))).toEqual([1, 7, 100])
})

test.each(['', '0', '-1', '101', 'NaN', '1e1', '.'])('positiveNumber: %j up to 100, is refused', (text) => {
  expect(() => positiveNumber(100)(text)).toThrow('It must be a number above 0 and up to 100.')
})

test('positiveNumber: decimals, are understood', () => {
  expect(['0.5', '.5', '100'].map(positiveNumber(100))).toEqual([0.5, 0.5, 100])
})

describe('readSecret', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'thryve-cli-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const fileWith = (text: string) => {
    const file = join(folder, 'secret')
    writeFileSync(file, text)
    return file
  }

  test('from the environment, as it is', () => {
    expect(readSecret(fakeTerminal({ THRYVE_HMAC_SECRET: ' s3cret' }), {})).toBe(' s3cret')
  })

  test.each(['s3cret', 's3cret\n', 's3cret\r\n'])('from a file with %j, without the line break', (text) => {
    const terminal = fakeTerminal({ THRYVE_HMAC_SECRET: 'another' })
    expect(readSecret(terminal, { secretFile: fileWith(text) })).toBe('s3cret')
  })

  test('nowhere, tells both ways to give one', () => {
    expect(() => readSecret(fakeTerminal(), {})).toThrow(
      new UsageError('the HMAC secret is missing: set THRYVE_HMAC_SECRET, or pass --secret-file.')
    )
  })

  test.each(['', '\n', '  '])('an empty one (%j), is refused', (text) => {
    expect(() => readSecret(fakeTerminal({ THRYVE_HMAC_SECRET: text }), {})).toThrow('is empty')
    expect(() => readSecret(fakeTerminal(), { secretFile: fileWith(text) })).toThrow(UsageError)
  })

  test('from a file that is not there, names the file', () => {
    const secretFile = join(folder, 'missing')
    expect(() => readSecret(fakeTerminal(), { secretFile })).toThrow(
      new UsageError(`the secret file ${secretFile} cannot be read (ENOENT).`)
    )
  })
})

describe('readScheme', () => {
  test('nothing given, is the default of the middleware', () => {
    expect(parseScheme()).toEqual({
      signatureHeader: 'x-hmac-signature',
      timestampHeader: 'x-hmac-timestamp',
      algorithm: 'sha256',
      signaturePrefix: '',
      digestEncoding: 'hex-or-base64',
      signedContent: '{body}{timestamp}',
      secretEncoding: 'utf8'
    })
  })

  test('without a timestamp, signs the body', () => {
    expect(parseScheme('--timestamp-header', 'none')).toMatchObject({ timestampHeader: null, signedContent: '{body}' })
  })

  test('header names, are lower case', () => {
    expect(parseScheme('--signature-header', 'X-Sig').signatureHeader).toBe('x-sig')
  })

  test.each([
    ['--signed-content', '{body}'],
    ['--signed-content', '{body}{body}{timestamp}'],
    ['--signed-content', ''],
    ['--signature-header', 'no header'],
    ['--algorithm', 'md5']
  ])('%s %j, is refused', (...words) => {
    expect(() => parseScheme(...words)).toThrow()
  })
})

test.each([undefined, '', 'localhost', 'mongodb://', 'postgres://user:pass@host/db'])(
  'openMongo: the address %j, is refused and not repeated',
  (url) => {
    const open = () => openMongo(fakeTerminal(url === undefined ? {} : { MONGODB_URI: url }), {})
    expect(open).toThrow(UsageError)
    expect(open).not.toThrow(/pass/)
  }
)

test('openMongo: a prefix that is none, is refused', () => {
  expect(() => openMongo(fakeTerminal({ MONGODB_URI: 'mongodb://localhost/db' }), { prefix: '$' })).toThrow(UsageError)
})
