/** `send`: deliveries as the vendor sends them, made up or from a file, orderly or not. */
import { randomBytes } from 'node:crypto'
import { Command } from 'commander'
import { openMongo, requireMongo } from '../options/mongo'
import { readScheme } from '../options/scheme'
import { readSecret } from '../options/secret'
import { isJson } from '../output/print'
import type { CommandFactory } from '../run'
import { planChaos } from '../send/chaos'
import { createLedger, type Ledger } from '../send/ledger'
import type { PackOptions } from '../send/pack'
import { openPayloadFile } from '../send/payload-lines'
import { planDeliveries } from '../send/plan'
import type { PlannedDelivery } from '../send/planned-delivery'
import { sendDeliveries } from '../send/send-deliveries'
import { AUTHORIZATION_VARIABLE, addSendOptions, type SendOptions } from '../send/send-options'
import { isGood, printJsonSummary, printSummary, warn } from '../send/summary'
import { userIdOf } from '../send/synthetic-user'
import { type Verification, verifyStore } from '../send/verify'
import { type Terminal, UsageError } from '../terminal'

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

const packOptionsOf = (terminal: Terminal, options: SendOptions): PackOptions => {
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

const planOf = (terminal: Terminal, options: SendOptions, seed: string, { secret, scheme }: PackOptions): Plan => {
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
const refuseUnknowable = ({ details, identity }: SendOptions, { secret, scheme }: PackOptions): void => {
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
  addSendOptions(new Command('send'))
    .description('send deliveries as the vendor does, made up or from a file')
    .addHelpText('after', EXAMPLES)
    .action(async (url: URL, options: SendOptions, command: Command) => {
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
