/** `check`: one look at the store's health, for people and probes. */
import { Command } from 'commander'
import { duration } from '../options/duration'
import { wholeNumber } from '../options/number'
import { addExamples } from '../output/examples'
import { printFields } from '../output/fields'
import { isJson, printJson } from '../output/print'
import type { CommandFactory } from '../run'
import { checkHealth, type HealthLimits } from '../store/check-health'
import { addStoreOptions, openStore, type StoreOptions } from '../store/open-store'
import { storeFailure, within } from '../store/with-store'

interface CheckOptions extends StoreOptions, HealthLimits {
  readonly timeout: number
}

const CLOSE_MS = 3_000
const MAX_COUNT = 1_000_000_000

/** Makes `check`. */
export const checkCommand: CommandFactory = (terminal, setExitCode) =>
  addExamples(
    addStoreOptions(
      new Command('check')
        .description('whether the store works, its indexes are there, and deliveries are worked on')
        .option('--max-age <duration>', 'fail when a delivery has waited longer, such as 5m', duration)
        .option('--max-dead <count>', 'fail when more are dead', wholeNumber(0, MAX_COUNT))
        .option(
          '--max-quarantined <count>',
          'fail when more are in quarantine (counted up to 10000)',
          wholeNumber(0, 9_999)
        )
        .option('--timeout <duration>', 'how long the store may take', duration, 10_000)
    ),
    ['check', 'check --max-age 5m --max-dead 0 --json'],
    '0 healthy · 1 not, or the store cannot be used · 2 wrong usage'
  ).action(async ({ timeout, ...options }: CheckOptions, command: Command) => {
    const store = await openStore(terminal, options)
    try {
      const health = await within(timeout, checkHealth(store.adapter, options))
      setExitCode(health.problems.length === 0 ? 0 : 1)
      const { problems, ...figures } = health
      if (isJson(command)) return printJson(terminal, { isHealthy: problems.length === 0, ...health })
      printFields(terminal, figures)
      for (const problem of problems) terminal.stdout.write(`PROBLEM: ${problem}\n`)
      if (problems.length === 0) terminal.stdout.write('healthy\n')
    } catch (cause) {
      const error = storeFailure(terminal, store.origin, cause)
      if (isJson(command)) printJson(terminal, { isHealthy: false, problems: [error.message] })
      throw error
    } finally {
      await within(CLOSE_MS, store.close()).catch(() => {})
    }
  })
