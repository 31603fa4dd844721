/** `inbox`: what was acknowledged and is not stored yet. */
import type { Inbox, InboxEntry, InboxState } from '@thryve-webhook/middleware'
import { Command, Option } from 'commander'
import { wholeNumber } from '../options/number'
import { addExamples } from '../output/examples'
import { printFields, shown } from '../output/fields'
import { isJson, printJson } from '../output/print'
import { printPages } from '../output/print-pages'
import { printRevealed, revealPayload } from '../reveal/reveal-payload'
import type { CommandFactory } from '../run'
import { entriesOf, pagesOf } from '../store/entries-of'
import { addStoreOptions, type Store, type StoreOptions } from '../store/open-store'
import { requireCapability, withStore } from '../store/with-store'
import { CommandError, UsageError } from '../terminal'
import { type ChangeVerb, changeEach } from './change-each'

interface ListOptions extends StoreOptions {
  readonly state?: InboxState
  readonly limit?: number
  readonly reveal?: boolean
}

const MAX_ROWS = 1_000_000_000
const HEAD = ['ID', 'STATE', 'RECEIVED', 'AVAILABLE', 'ATTEMPTS', 'BYTES', 'LAST ERROR']

const inboxOf = (store: Store): Inbox => requireCapability(store.adapter.inbox, 'inbox', store)

/** A user's id is shown only where it was asked for. */
const fieldsOf = ({ endUserId, ...entry }: InboxEntry, reveal: boolean): InboxEntry =>
  reveal && endUserId !== undefined ? { ...entry, endUserId } : entry

const rowOf = (entry: InboxEntry, reveal: boolean): (string | number)[] => {
  const { deliveryId, state, receivedAt, availableAt, attempts, bytes, lastError, endUserId } = entry
  const row = [
    shown(deliveryId),
    state,
    shown(receivedAt),
    shown(availableAt ?? '-'),
    attempts,
    bytes,
    lastError ?? '-'
  ]
  return reveal ? [...row, shown(endUserId ?? '-')] : row
}

const stats: CommandFactory = (terminal) =>
  addExamples(
    addStoreOptions(new Command('stats').description('how many deliveries are in which state')),
    ['inbox stats', 'inbox stats --json'],
    '0 done · 1 the store failed · 2 wrong usage'
  ).action((options: StoreOptions, command: Command) =>
    withStore(terminal, options, async (store) => {
      const counts = await inboxOf(store).stats()
      if (isJson(command)) printJson(terminal, counts)
      else printFields(terminal, counts)
    })
  )

const list: CommandFactory = (terminal, setExitCode) =>
  addExamples(
    addStoreOptions(
      new Command('list')
        .description('deliveries that wait, are worked on or are dead, oldest first')
        .addOption(new Option('--state <state>', 'only these').choices(['ready', 'leased', 'dead', 'done']))
        .option('--limit <count>', 'at most so many', wholeNumber(1, MAX_ROWS))
        .option('--reveal', "show users' ids, too")
    ),
    ['inbox list --state dead', 'inbox list --json | head -n 20'],
    '0 done · 1 the store failed · 2 wrong usage · 130 ended by Ctrl-C'
  ).action(({ state, limit, reveal = false, ...options }: ListOptions, command: Command) =>
    withStore(terminal, options, async (store) => {
      const inbox = inboxOf(store)
      const pages = pagesOf((query) => inbox.list({ ...query, ...(state === undefined ? {} : { state }) }), limit)
      const isWhole = await printPages(terminal, pages, {
        isJson: isJson(command),
        head: reveal ? [...HEAD, 'USER'] : HEAD,
        rightColumns: [4, 5],
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
        .description('one delivery, without health data unless --reveal')
        .argument('<id>', 'the delivery')
        .option('--reveal', 'print the user and the decoded payload, which is health data')
    ),
    ['inbox show 3f0c…', 'inbox show 3f0c… --reveal --json'],
    '0 done · 1 not there, or the store failed · 2 wrong usage'
  ).action((id: string, { reveal = false, ...options }: ListOptions, command: Command) =>
    withStore(terminal, options, async (store) => {
      const inbox = inboxOf(store)
      const get = requireCapability(inbox.get?.bind(inbox), 'inbox.get', store)
      const entry = await get(id)
      if (entry === undefined) throw new CommandError('no such delivery is in the inbox.')
      const { delivery, ...summary } = entry
      const { sentAt, contentEncoding } = delivery ?? {}
      const fields = { ...fieldsOf(summary, reveal), sentAt, contentEncoding }
      const revealed =
        reveal && delivery !== undefined ? await revealPayload(delivery, store.options?.maxBytes) : undefined
      if (isJson(command)) return printJson(terminal, { ...fields, ...revealed })
      printFields(terminal, fields)
      if (revealed !== undefined) printRevealed(terminal, revealed)
    })
  )

const REQUEUE: ChangeVerb = { done: 'requeued', missing: 'not a dead delivery' }
const DROP: ChangeVerb = { done: 'dropped', missing: 'not a dead delivery' }

const requeue: CommandFactory = (terminal, setExitCode) =>
  addExamples(
    addStoreOptions(
      new Command('requeue')
        .description('have dead deliveries worked on again, with all their attempts')
        .argument('[ids...]', 'the deliveries')
        .option('--all-dead', 'all that are dead')
    ),
    ['inbox requeue 3f0c… 91ab…', 'inbox requeue --all-dead'],
    '0 all requeued · 1 some were not there, or the store failed · 2 wrong usage · 130 ended by Ctrl-C'
  ).action((ids: string[], { allDead = false, ...options }: StoreOptions & { allDead?: boolean }, command: Command) => {
    if (allDead === ids.length > 0)
      throw new UsageError('name deliveries, or pass --all-dead. See inbox requeue --help.')
    return withStore(terminal, options, async (store) => {
      const inbox = inboxOf(store)
      const dead = async function* () {
        for await (const { deliveryId } of entriesOf((query) => inbox.list({ ...query, state: 'dead' })))
          yield deliveryId
      }
      const isJsonWanted = isJson(command)
      // One that another operator was quicker with is no failure where all were meant.
      const verb = { ...REQUEUE, isJson: isJsonWanted, isMissingFine: allDead }
      setExitCode(await changeEach(terminal, allDead ? dead() : ids, (id) => inbox.requeue(id), verb))
    })
  })

const drop: CommandFactory = (terminal, setExitCode) =>
  addExamples(
    addStoreOptions(
      new Command('drop')
        .description('throw dead deliveries away for good: what they hold is lost')
        .argument('<ids...>', 'the deliveries')
    ),
    ['inbox drop 3f0c… 91ab…'],
    '0 all dropped · 1 some were not there, or the store failed · 2 wrong usage · 130 ended by Ctrl-C'
  ).action((ids: string[], options: StoreOptions, command: Command) =>
    withStore(terminal, options, async (store) => {
      const inbox = inboxOf(store)
      setExitCode(await changeEach(terminal, ids, (id) => inbox.remove(id), { ...DROP, isJson: isJson(command) }))
    })
  )

/** Makes `inbox`. */
export const inboxCommand: CommandFactory = (terminal, setExitCode) => {
  const command = new Command('inbox').description('deliveries that were acknowledged and are not stored yet')
  for (const make of [stats, list, show, requeue, drop]) command.addCommand(make(terminal, setExitCode))
  return command
}
