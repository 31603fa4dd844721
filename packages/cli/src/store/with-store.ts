/** Opens the store, works on it, and closes it whatever happens; failures become one line. */
import type { StorageAdapter } from '@thryve-webhook/middleware'
import { CommandError, type Terminal, UsageError } from '../terminal'
import { openStore, type Store, type StoreOptions } from './open-store'

const ANSWER_MS = 10_000
const CLOSE_MS = 3_000

/** Messages of a driver may quote documents and addresses: name and code say enough. */
const reasonOf = (error: unknown, { env }: Terminal): string => {
  const { name = 'Error', code, codeName, message } = (error ?? {}) as Record<string, unknown>
  const details = env['THRYVE_DEBUG'] === '1' ? `: ${String(message)}` : ''
  return [name, codeName ?? code].filter((part) => part !== undefined).join(' ') + details
}

/** A line about a store that failed. */
export const storeFailure = (terminal: Terminal, origin: string, cause: unknown): CommandError | UsageError => {
  if (cause instanceof CommandError || cause instanceof UsageError) return cause
  const hint = 'is it up, and may you use it? THRYVE_DEBUG=1 shows the message'
  return new CommandError(`the store of ${origin} failed (${reasonOf(cause, terminal)}): ${hint}.`, { cause })
}

/** Rejects when the work takes longer. The work itself goes on. */
export const within = async <T>(ms: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CommandError(`the store did not answer within ${ms / 1_000} s.`)), ms)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}

/** The cheapest read there is, so that an unreachable store is told at once, and a reader's rights will do. */
const knock = async ({ quarantine, inbox }: StorageAdapter): Promise<void> => {
  await (quarantine?.list({ limit: 1 }) ?? inbox?.list({ limit: 1 }))
}

/**
 * Works on the store.
 *
 * @throws UsageError when there is no store, CommandError when it failed.
 */
export const withStore = async (
  terminal: Terminal,
  options: StoreOptions,
  work: (store: Store) => Promise<void>
): Promise<void> => {
  const store = await openStore(terminal, options)
  try {
    await within(ANSWER_MS, knock(store.adapter))
    await work(store)
  } catch (error) {
    throw storeFailure(terminal, store.origin, error)
  } finally {
    // The work is done or has failed already: that is the news, not how the connection ended.
    await within(CLOSE_MS, store.close()).catch(() => {})
  }
}

/** The capability, or a line that says which one is missing. */
export const requireCapability = <T>(capability: T | undefined, member: string, { adapter, origin }: Store): T => {
  if (capability !== undefined) return capability
  throw new CommandError(`the adapter ${adapter.name ?? 'custom'} of ${origin} has no ${member}, which this needs.`)
}
