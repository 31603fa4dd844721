/** `quarantine`: what is authentic and could not be understood. */
import type { Quarantine, QuarantineSummary } from '@thryve-webhook/middleware'
import { Command } from 'commander'
import { wholeNumber } from '../options/number'
import { addExamples } from '../output/examples'
import { printFields, shown } from '../output/fields'
import { isJson, printJson } from '../output/print'
import { printPages } from '../output/print-pages'
import { visible } from '../output/visible'
import { printRevealed, revealPayload } from '../reveal/reveal-payload'
import type { CommandFactory } from '../run'
import { pagesOf } from '../store/entries-of'
import { addStoreOptions, type Store, type StoreOptions } from '../store/open-store'
import { requireCapability, withStore } from '../store/with-store'
import { CommandError } from '../terminal'
import { changeEach } from './change-each'
import { quarantineReplay } from './quarantine-replay'

interface ListOptions extends StoreOptions {
  readonly limit?: number
  readonly reveal?: boolean
}

const MAX_ROWS = 1_000_000_000
const HEAD = ['ID', 'FIRST SEEN', 'SCOPE', 'BAD RECORDS', 'BYTES', 'CODE']

const quarantineOf = (store: Store): Quarantine => requireCapability(store.adapter.quarantine, 'quarantine', store)

/** Paths and codes hold no values; a user's id is shown only where it was asked for. */
const fieldsOf = ({ delivery, endUserId, ...entry }: QuarantineSummary, reveal: boolean) => ({
  deliveryId: delivery.id,
  ...entry,
  receivedAt: delivery.receivedAt,
  sentAt: delivery.sentAt,
  contentEncoding: delivery.contentEncoding,
  ...(reveal ? { endUserId } : {})
})

const rowOf = (
  { delivery, firstSeenAt, scope, badRecords, bytes, code, endUserId }: QuarantineSummary,
  reveal: boolean
) => {
  const row = [shown(delivery.id), shown(firstSeenAt), scope, badRecords, bytes, shown(code)]
  return reveal ? [...row, shown(endUserId ?? '-')] : row
}

const list: CommandFactory = (terminal, setExitCode) =>
  addExamples(
    addStoreOptions(
      new Command('list')
        .description('quarantined deliveries, newest first')
        .option('--limit <count>', 'at most so many', wholeNumber(1, MAX_ROWS))
        .option('--reveal', "show users' ids, too")
    ),
    ['quarantine list --limit 20', 'quarantine list --json'],
    '0 done · 1 the store failed · 2 wrong usage · 130 ended by Ctrl-C'
  ).action(({ limit, reveal = false, ...options }: ListOptions, command: Command) =>
    withStore(terminal, options, async (store) => {
      const quarantine = quarantineOf(store)
      const pages = pagesOf((query) => quarantine.list(query), limit)
      const isWhole = await printPages(terminal, pages, {
        isJson: isJson(command),
        head: reveal ? [...HEAD, 'USER'] : HEAD,
        rightColumns: [3, 4],
        fieldsOf: (entry) => fieldsOf(entry, reveal),
        rowOf: (entry) => rowOf(entry, reveal)
      })
      if (!isWhole) setExitCode(130)
    })
  )

const show: CommandFactory = (terminal) =>
  addExamples(
    addStoreOptions(
      new Command('show')
        .description('one delivery and what is wrong with it, without health data unless --reveal')
        .argument('<id>', 'the delivery')
        .option('--reveal', 'print the user and the payload, which is health data')
    ),
    ['quarantine show 3f0c…', 'quarantine show 3f0c… --reveal'],
    '0 done · 1 not there, or the store failed · 2 wrong usage'
  ).action((id: string, { reveal = false, ...options }: ListOptions, command: Command) =>
    withStore(terminal, options, async (store) => {
      const entry = await quarantineOf(store).get(id)
      if (entry === undefined) throw new CommandError('no such delivery is in the quarantine.')
      const { delivery } = entry
      const fields = fieldsOf({ ...entry, bytes: delivery.body.length }, reveal)
      const revealed = reveal ? await revealPayload(delivery, store.options?.maxBytes) : undefined
      if (isJson(command)) return printJson(terminal, { ...fields, ...revealed })
      const { failures, ...rest } = fields
      printFields(terminal, rest)
      for (const { path, expected } of failures)
        terminal.stdout.write(`${visible(path)}: expected ${visible(expected)}\n`)
      if (revealed !== undefined) printRevealed(terminal, revealed)
    })
  )

const drop: CommandFactory = (terminal, setExitCode) =>
  addExamples(
    addStoreOptions(
      new Command('drop')
        .description('throw quarantined deliveries away for good: what they hold is lost')
        .argument('<ids...>', 'the deliveries')
    ),
    ['quarantine drop 3f0c… 91ab…'],
    '0 all dropped · 1 some were not there, or the store failed · 2 wrong usage · 130 ended by Ctrl-C'
  ).action((ids: string[], options: StoreOptions, command: Command) =>
    withStore(terminal, options, async (store) => {
      const quarantine = quarantineOf(store)
      const verb = { done: 'dropped', missing: 'not in the quarantine', isJson: isJson(command) }
      setExitCode(await changeEach(terminal, ids, (id) => quarantine.remove(id), verb))
    })
  )

/** Makes `quarantine`. */
export const quarantineCommand: CommandFactory = (terminal, setExitCode) => {
  const command = new Command('quarantine').description('deliveries that are authentic and could not be understood')
  for (const make of [list, show, quarantineReplay, drop]) command.addCommand(make(terminal, setExitCode))
  return command
}
