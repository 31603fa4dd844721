/** `send`: deliveries as the vendor sends them, made up or from a file, orderly or not. */
import { randomBytes } from 'node:crypto'
import type { Identity } from '@thryve-webhook/middleware'
import { Command, InvalidArgumentError, Option } from 'commander'
import { duration } from '../options/duration'
import { addMongoOptions, type MongoOptions, openMongo, requireMongo } from '../options/mongo'
import { positiveNumber, wholeNumber } from '../options/number'
import { addSchemeOptions, readScheme, type SchemeOptions } from '../options/scheme'
import { addSecretOption, readSecret, type SecretOptions } from '../options/secret'
import { isJson } from '../output/print'
import type { CommandFactory } from '../run'
import { planChaos } from '../send/chaos'
import { createLedger, type Ledger } from '../send/ledger'
import type { PackOptions } from '../send/pack'
import { openPayloadFile } from '../send/payload-lines'
import { planDeliveries } from '../send/plan'
import type { PlannedDelivery } from '../send/planned-delivery'
import { sendDeliveries } from '../send/send-deliveries'
import { isGood, printJsonSummary, printSummary, warn } from '../send/summary'
import { userIdOf } from '../send/synthetic-user'
import { type Verification, verifyStore } from '../send/verify'
import { type Terminal, UsageError } from '../terminal'

interface Options extends SecretOptions, SchemeOptions, MongoOptions {
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

const AUTHORIZATION_VARIABLE = 'THRYVE_AUTHORIZATION'

const EXAMPLES = `
Examples:
  thryve-webhook send http://localhost:3000/webhooks/thryve
  thryve-webhook send http://localhost:3000/webhooks/thryve --users 10 --days 30 --rate 20
  thryve-webhook send http://localhost:3000/webhooks/thryve --chaos --verify    # needs MONGODB_URI
  thryve-webhook send http://localhost:3000/webhooks/thryve --from payloads.ndjson --json

It gives a delivery 2 s and three retries, as the vendor does, and stops when the webhook would be switched off.
--chaos sends duplicates, late creates, growing intervals, bad records, split zstd frames, forged and stale deliveries,
in any order. --verify holds the database against what was sent; use a fresh --seed for each such run.
Exit codes: 0 all accepted (and verified) · 1 unreachable, given up, switched off, forgery accepted, or differences
2 wrong usage · 130 ended by Ctrl-C, with the summary so far`

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

const addOptions = (command: Command): Command => {
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

const packOptionsOf = (terminal: Terminal, options: Options): PackOptions => {
  const { signatureEncoding, timestampUnit } = options
  const authorization = terminal.env[AUTHORIZATION_VARIABLE]
  const headers = { ...(authorization ? { authorization } : {}), ...options.header }
  return {
    ...(options.unsigned === true ? {} : { secret: readSecret(terminal, options) }),
    scheme: readScheme(options),
    signatureEncoding,
    timestampUnit,
    headers
  }
}

interface Plan {
  readonly total: number
  readonly deliveries: Iterable<PlannedDelivery> | AsyncIterable<PlannedDelivery>
}

const planOf = (terminal: Terminal, options: Options, seed: string, { secret, scheme }: PackOptions): Plan => {
  if (options.from !== undefined) {
    const file = openPayloadFile(options.from, terminal)
    return { total: file.size, deliveries: file.deliveries() }
  }
  const { users, days, batch, shape } = options
  const plan = {
    ...{ seed, users, days, batch, shape },
    firstDayMs: options.firstDay,
    format: options.format === 'unix' ? 'UNIX' : 'ISO',
    hasDetails: options.details === 'on'
  } as const
  const timely = scheme.timestampHeader === null ? [] : (['stale'] as const)
  const forgeries = secret === undefined ? [] : (['forged', 'tampered', 'unsigned', ...timely] as const)
  const deliveries = options.chaos === true ? planChaos({ ...plan, forgeries }) : planDeliveries(plan)
  return { total: users * days, deliveries }
}

/** Where the receiver alone knows when a delivery was sent, no ledger can tell which version wins. */
const refuseUnknowable = ({ details, identity }: Options, { secret, scheme }: PackOptions): void => {
  const isTimeKnown = secret !== undefined && scheme.timestampHeader !== null
  if (details === 'off' && !isTimeKnown) {
    throw new UsageError(
      '--verify with --details off needs signatures with a timestamp: they decide which version wins.'
    )
  }
  if (details === 'on' && identity === 'source') {
    throw new UsageError(
      '--verify with --identity source needs --details off: with details, keys of that receiver collide.'
    )
  }
}

/** A command like the vendor. */
export const sendCommand: CommandFactory = (terminal, setExitCode) =>
  addOptions(new Command('send'))
    .description('send deliveries as the vendor does, made up or from a file')
    .addHelpText('after', EXAMPLES)
    .action(async (url: URL, options: Options, command: Command) => {
      const packing = packOptionsOf(terminal, options)
      const seed = options.seed ?? randomBytes(4).toString('hex')
      const { total, deliveries } = planOf(terminal, options, seed, packing)
      const { rate, concurrency, disableAfter, users } = options
      const sending = {
        url,
        plan: deliveries,
        pack: packing,
        total,
        concurrency,
        disableAfter,
        timeoutMs: options.timeout,
        retryDelayMs: options.retryDelay,
        ...(rate === undefined ? {} : { rate })
      }
      const send = async (ledger?: Ledger) => sendDeliveries(terminal, { ...sending, ...(ledger && { ledger }) })

      const finish = (result: Awaited<ReturnType<typeof send>>, verification?: Verification): void => {
        const summary = {
          ...(options.from === undefined ? { seed } : {}),
          result,
          ...(verification && { verification })
        }
        if (isJson(command)) printJsonSummary(terminal, summary)
        // Nothing was learnt where there was no server: the failure says it all.
        else if (result.report.latencyMs.max > 0 || result.failure === undefined) printSummary(terminal, summary)
        warn(terminal, summary, disableAfter)
        setExitCode(result.isInterrupted ? 130 : isGood(summary) ? 0 : 1)
        if (result.failure !== undefined) throw result.failure
      }

      if (options.verify !== true) {
        finish(await send())
        return
      }
      refuseUnknowable(options, packing)
      const adapter = openMongo(terminal, options)
      try {
        await requireMongo(adapter)
        const ledger = createLedger({ identity: options.identity, reorderWindowMs: options.reorderWindow })
        const result = await send(ledger)
        if (result.isInterrupted || result.failure !== undefined) {
          finish(result)
          return
        }
        const userIds = Array.from({ length: users }, (_, index) => userIdOf(seed, index + 1))
        const hasIds = packing.secret !== undefined && packing.scheme.timestampHeader !== null
        const quarantinedIds = hasIds ? result.quarantinedIds : []
        try {
          const drainTimeoutMs = options.drainTimeout
          finish(result, await verifyStore(terminal, { adapter, ledger, userIds, quarantinedIds, drainTimeoutMs }))
        } catch (failure) {
          finish({ ...result, isInterrupted: terminal.signal.aborted, failure })
        }
      } finally {
        await adapter.close()
      }
    })
