/** Reads the command line, runs the command, and gives its exit code. */
import { Command, CommanderError } from 'commander'
import { CommandError, type Terminal, UsageError } from './terminal'

/** 0: done · 1: the work failed, or a check found something · 2: wrong usage. */
export type ExitCode = 0 | 1 | 2

/** A command to add: it sets the exit code through `setExitCode` where done is not 0. */
export type CommandFactory = (terminal: Terminal, setExitCode: (code: ExitCode) => void) => Command

const commands: readonly CommandFactory[] = []

const exitCodeOf = (error: unknown, { stderr }: Terminal): ExitCode => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof UsageError || error instanceof CommandError) {
    stderr.write(`thryve-webhook: ${error.message}\n`)
    return error instanceof UsageError ? 2 : 1
  }
  throw error
}

/**
 * Runs the command line.
 *
 * @param words What follows the program's name, e.g. `['send', '--help']`.
 */
export const run = async (words: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  let exitCode: ExitCode = 0
  const program = new Command('thryve-webhook')
    .description('A sender to test against, a doctor for signatures, hands for the operator.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text)
    })
  for (const makeCommand of commands) {
    const command = makeCommand(terminal, (code) => {
      exitCode = code
    })
    program.addCommand(command.copyInheritedSettings(program))
  }
  try {
    await program.parseAsync(words, { from: 'user' })
    return exitCode
  } catch (error) {
    return exitCodeOf(error, terminal)
  }
}
