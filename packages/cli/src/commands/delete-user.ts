/** `delete-user`: erases what is known to be a user's. */
import { createInterface } from 'node:readline/promises'
import type { StorageAdapter } from '@thryve-webhook/middleware'
import { Command } from 'commander'
import { addExamples } from '../output/examples'
import { printFields } from '../output/fields'
import { isJson, printJson } from '../output/print'
import type { CommandFactory } from '../run'
import { addStoreOptions, type StoreOptions } from '../store/open-store'
import { requireCapability, withStore } from '../store/with-store'
import { CommandError, type Terminal, UsageError } from '../terminal'

interface DeleteUserOptions extends StoreOptions {
  readonly user: string
  readonly yes?: boolean
}

/** Erasing cannot be taken back: the id is typed twice, or `--yes` says that a program knows what it does. */
const confirm = async ({ stdin, stderr, signal }: Terminal, user: string): Promise<void> => {
  const prompt = createInterface({ input: stdin, output: stderr })
  // A terminal at its end (Ctrl-D) never answers; a last line just before it comes a moment later.
  const ended = new Promise<string>((resolve) => prompt.once('close', () => setImmediate(resolve, '')))
  try {
    const question =
      "This erases the user's records, deliveries and quarantine for good.\nType the user's id to go on: "
    const answer = await Promise.race([prompt.question(question, { signal }), ended])
    if (answer.trim() !== user) throw new CommandError('that is not the id: nothing was erased.')
  } finally {
    prompt.close()
  }
}

/** Of a delivery that nobody has read yet, nobody knows whose it is. */
const warnOfUnread = async ({ stderr }: Terminal, { inbox }: StorageAdapter): Promise<void> => {
  const { ready = 0, leased = 0 } = (await inbox?.stats()) ?? {}
  if (ready + leased === 0) return
  stderr.write(`note: ${ready + leased} deliveries wait, some perhaps the user's. Run this again once none do.\n`)
}

/** Makes `delete-user`. */
export const deleteUserCommand: CommandFactory = (terminal) =>
  addExamples(
    addStoreOptions(
      new Command('delete-user')
        .description("erase a user's records, inbox entries and quarantined deliveries for good")
        .requiredOption('--user <id>', "the user's id")
        .option('--yes', 'do not ask')
    ),
    ['delete-user --user synthetic-user', 'delete-user --user synthetic-user --yes --json'],
    '0 erased · 1 not confirmed, or the store failed · 2 wrong usage, or nobody there to confirm'
  ).action(async ({ user, yes = false, ...options }: DeleteUserOptions, command: Command) => {
    if (user === '') throw new UsageError('--user must not be empty.')
    if (!yes && terminal.stdin.isTTY !== true) {
      throw new UsageError('nobody is there to confirm: pass --yes to erase without asking.')
    }
    await withStore(terminal, options, async (store) => {
      const { adapter } = store
      const erase = requireCapability(adapter.deleteUser?.bind(adapter), 'deleteUser', store)
      if (!yes) await confirm(terminal, user)
      const { records, inbox, quarantine } = await erase(user)
      if (isJson(command)) printJson(terminal, { records, inbox, quarantine })
      else printFields(terminal, { records, inbox, quarantine })
      await warnOfUnread(terminal, adapter)
    })
  })
