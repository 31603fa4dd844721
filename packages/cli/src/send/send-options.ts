/** The options of `send`. */
import type { Identity } from '@thryve-webhook/middleware'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { duration } from '../options/duration'
import { addMongoOptions, type MongoOptions } from '../options/mongo'
import { positiveNumber, wholeNumber } from '../options/number'
import { addSchemeOptions, type SchemeOptions } from '../options/scheme'
import { addSecretOption, type SecretOptions } from '../options/secret'

/** What `send` is told. */
export interface SendOptions extends SecretOptions, SchemeOptions, MongoOptions {
  readonly users: number
  readonly days: number
  readonly firstDay: number
  readonly seed: string
  readonly batch: number
  readonly rate?: number
  readonly concurrency: number
  readonly format: 'iso' | 'unix'
  readonly shape: 'object' | 'array'
  readonly details: 'on' | 'off'
  readonly chaos?: boolean
  readonly verify?: boolean
  readonly from?: string
  readonly identity: Identity
  readonly reorderWindow: number
  readonly drainTimeout: number
  readonly timeout: number
  readonly retryDelay: number
  readonly disableAfter: number
  readonly unsigned?: boolean
  readonly signatureEncoding: 'hex' | 'base64'
  readonly timestampUnit: 's' | 'ms'
  readonly header: Readonly<Record<string, string>>
}

/** Sets the header of web authentication, so that no password stands in a command line. */
export const AUTHORIZATION_VARIABLE = 'THRYVE_AUTHORIZATION'

const urlOf = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new InvalidArgumentError('It must be a URL, such as http://localhost:3000/webhooks/thryve.')
}

const seedOf = (text: string): string => {
  if (/^[\w-]{1,40}$/.test(text)) return text
  throw new InvalidArgumentError('It must be 1 to 40 letters, digits, - or _.')
}

const dayOf = (text: string): number => {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  if (ms >= 0 && new Date(ms).toISOString().startsWith(text)) return ms
  throw new InvalidArgumentError('It must be a day since 1970, such as 2026-01-05.')
}

const headersOf = (text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*([\t\x20-\x7e]*)$/.exec(text) ?? []
  if (name !== undefined && value !== undefined) return { ...before, [name.toLowerCase()]: value }
  throw new InvalidArgumentError("It must be a header, such as 'x-team: health'.")
}

/** What a file's payloads cannot be: made up, held against a ledger. */
const MADE_UP = ['users', 'days', 'seed', 'firstDay', 'batch', 'format', 'shape', 'details', 'chaos', 'verify']

/** Adds them to the command. */
export const addSendOptions = (command: Command): Command => {
  command
    .argument('<url>', 'address of the webhook', urlOf)
    .option('--users <count>', 'synthetic users', wholeNumber(1, 1_000_000), 3)
    .option('--days <count>', 'days of each user, some 230 records a day', wholeNumber(1, 3_660), 7)
    .option('--first-day <day>', 'first of the days', dayOf, Date.UTC(2026, 0, 5))
    .option('--seed <text>', 'same seed, same data (default: a random one, told at the end)', seedOf)
    .option('--batch <records>', 'records in a delivery', wholeNumber(1, 100_000), 100)
    .option('--rate <number>', 'deliveries a second (default: as fast as they are answered)', positiveNumber(100_000))
    .option('--concurrency <count>', 'deliveries at once', wholeNumber(1, 1_000), 4)
    .addOption(new Option('--format <form>', 'timestamps').choices(['iso', 'unix']).default('iso'))
    .addOption(new Option('--shape <shape>', 'of the data').choices(['object', 'array']).default('object'))
    .addOption(new Option('--details <state>', 'additionalDetails').choices(['on', 'off']).default('on'))
    .option('--chaos', 'everything that can go wrong on the way, in any order')
    .option('--verify', 'compare the database with what was sent; needs MONGODB_URI')
    .addOption(
      new Option(
        '--from <file>',
        'send the payloads of this file, one JSON a line; "-" reads standard input'
      ).conflicts(MADE_UP)
    )
    .addOption(
      new Option('--identity <kind>', "the receiver's option, for --verify")
        .choices(['origin', 'source'])
        .default('origin')
    )
    .option('--reorder-window <duration>', "the receiver's option, for --verify", duration, 3_600_000)
    .option('--drain-timeout <duration>', 'how long --verify waits for the inbox', duration, 600_000)
    .option('--timeout <duration>', 'how long the vendor waits for an answer', duration, 2_000)
    .option('--retry-delay <duration>', 'wait before the first retry; it doubles with each', duration, 1_000)
    .option(
      '--disable-after <count>',
      'failed deliveries in a row that switch the webhook off',
      wholeNumber(1, 1_000_000),
      10
    )
    .option('--unsigned', 'send no signature')
    .addOption(
      new Option('--signature-encoding <form>', 'of hex-or-base64, the one to send')
        .choices(['hex', 'base64'])
        .default('hex')
    )
    .addOption(new Option('--timestamp-unit <unit>', 'of the timestamp header').choices(['s', 'ms']).default('s'))
    .option(
      '--header <header>',
      `a further header, any number of times; ${AUTHORIZATION_VARIABLE} sets Authorization`,
      headersOf,
      {}
    )
  for (const option of command.options) {
    if (option.long === '--first-day') option.default(option.defaultValue, '2026-01-05')
    if (option.long === '--reorder-window') option.default(option.defaultValue, '1h')
    if (option.long === '--drain-timeout') option.default(option.defaultValue, '10m')
    if (option.long === '--timeout') option.default(option.defaultValue, '2s')
    if (option.long === '--retry-delay') option.default(option.defaultValue, '1s')
    if (option.long === '--header') option.default(option.defaultValue, 'none')
  }
  return addMongoOptions(addSchemeOptions(addSecretOption(command)))
}
