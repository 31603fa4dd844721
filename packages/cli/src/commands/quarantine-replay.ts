/** `quarantine replay`: runs deliveries again as a receiver with the host's own options would. */
import { createReceiver, type Quarantine, type Receiver, ThryveError } from '@thryve-webhook/middleware'
import { Command } from 'commander'
import { addSecretOption, findSecret, type SecretOptions } from '../options/secret'
import { addExamples } from '../output/examples'
import { isJson, printJson } from '../output/print'
import { startProgress } from '../output/progress'
import { visible } from '../output/visible'
import type { CommandFactory } from '../run'
import { entriesOf } from '../store/entries-of'
import { addStoreOptions, type Store, type StoreOptions } from '../store/open-store'
import { requireCapability, withStore } from '../store/with-store'
import { CommandError, type Terminal, UsageError } from '../terminal'

interface ReplayOptions extends StoreOptions, SecretOptions {
  readonly all?: boolean
  readonly code?: string
}

/** What a replay came to. */
interface Outcome {
  replayed: number
  /** Named, but not there. */
  readonly missing: string[]
  /** How many stay, by why. */
  readonly kept: Record<string, number>
}

/** This command reports by itself. */
const quiet = { warn: () => {}, error: () => {} }

/**
 * It must not take work from the inbox, hence `stored`. Nothing comes in, so a secret is needed only for what `observe`
 * kept: that must pass its signature now.
 */
const openReceiver = ({ adapter, options, listeners, origin }: Store, secret: string | undefined): Receiver => {
  try {
    const settings = { logger: quiet, ...options, acknowledgeAfter: 'stored' } as const
    const receiver =
      secret === undefined
        ? createReceiver(null, adapter, { ...settings, allowUnsigned: true })
        : createReceiver(secret, adapter, settings)
    listeners?.(receiver)
    return receiver
  } catch (error) {
    throw new UsageError(`${origin}: ${(error as Error).message.split('\n')[0]}.`)
  }
}

const idsOf = async function* (quarantine: Quarantine, code: string | undefined): AsyncGenerator<string> {
  for await (const entry of entriesOf((query) => quarantine.list(query))) {
    if (code === undefined || entry.code === code) yield entry.delivery.id
  }
}

/** A store that is away fails every delivery; one that is there may refuse a single one. */
const requireStore = async ({ adapter }: Store): Promise<void> => {
  try {
    await adapter.check?.()
  } catch (cause) {
    throw new CommandError('the store cannot be used any more: what was not replayed stays in the quarantine.', {
      cause
    })
  }
}

const replayOne = async (store: Store, receiver: Receiver, id: string): Promise<string | boolean> => {
  try {
    return await receiver.replay(id)
  } catch (error) {
    if (!(error instanceof ThryveError)) throw error
    if (error.code === 'THRYVE_STORE_FAILED') await requireStore(store)
    return error.code
  }
}

const report = (terminal: Terminal, { replayed, missing, kept }: Outcome, isJsonWanted: boolean): void => {
  if (isJsonWanted) {
    printJson(terminal, { replayed, missing, kept })
    return
  }
  for (const id of missing) terminal.stderr.write(`${visible(id)}: not in the quarantine\n`)
  terminal.stdout.write(`replayed: ${replayed}\n`)
  for (const [code, count] of Object.entries(kept)) terminal.stdout.write(`kept, ${code}: ${count}\n`)
}

/** Makes `quarantine replay`. */
export const quarantineReplay: CommandFactory = (terminal, setExitCode) =>
  addExamples(
    addSecretOption(
      addStoreOptions(
        new Command('replay')
          .description('run quarantined deliveries again; what is understood now is stored and taken out')
          .argument('[ids...]', 'the deliveries')
          .option('--all', 'every one')
          .option('--code <code>', 'with --all: only those kept for this reason')
      )
    ),
    ['quarantine replay 3f0c…', 'quarantine replay --all --code THRYVE_UNKNOWN_TYPE'],
    '0 all replayed · 1 some stay, are not there, or the store failed · 2 wrong usage · 130 ended by Ctrl-C'
  ).action((ids: string[], { all = false, code, ...options }: ReplayOptions, command: Command) => {
    if (all === ids.length > 0) throw new UsageError('name deliveries, or pass --all. See quarantine replay --help.')
    if (code !== undefined && !all) throw new UsageError('--code goes with --all. See quarantine replay --help.')
    return withStore(terminal, options, async (store) => {
      const quarantine = requireCapability(store.adapter.quarantine, 'quarantine', store)
      const receiver = openReceiver(store, findSecret(terminal, options))
      if (store.listeners === undefined) {
        terminal.stderr.write('note: no listeners hear of this; the config file\'s "listeners" attaches yours.\n')
      }
      const outcome: Outcome = { replayed: 0, missing: [], kept: {} }
      const progress = startProgress(terminal, { format: 'replayed {value}', total: 0 })
      try {
        for await (const id of all ? idsOf(quarantine, code) : ids) {
          if (terminal.signal.aborted) break
          const result = await replayOne(store, receiver, id)
          if (typeof result === 'string') outcome.kept[result] = (outcome.kept[result] ?? 0) + 1
          else if (result) progress.update(++outcome.replayed)
          else if (!all) outcome.missing.push(id)
        }
      } finally {
        progress.stop()
        report(terminal, outcome, isJson(command))
        await receiver.close()
      }
      const isAllDone = outcome.missing.length === 0 && Object.keys(outcome.kept).length === 0
      setExitCode(terminal.signal.aborted ? 130 : isAllDone ? 0 : 1)
    })
  })
