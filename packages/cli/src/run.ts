/** Reads the command line, runs the command, and gives its exit code. */
import { Command, CommanderError } from 'commander'
import { version } from '../package.json'
import { captureCommand } from './commands/capture'
import { checkCommand } from './commands/check'
import { deleteUserCommand } from './commands/delete-user'
import { doctorCommand } from './commands/doctor'
import { exportCommand } from './commands/export'
import { inboxCommand } from './commands/inbox'
import { quarantineCommand } from './commands/quarantine'
import { sendCommand } from './commands/send'
import { CommandError, type Terminal, UsageError } from './terminal'

/** 0: done · 1: the work failed, or a check found something · 2: wrong usage · 130: ended by Ctrl-C before it was done. */
export type ExitCode = 0 | 1 | 2 | 130

/** A command to add: it sets the exit code through `setExitCode` where done is not 0. */
export type CommandFactory = (terminal: Terminal, setExitCode: (code: ExitCode) => void) => Command

const commands: readonly CommandFactory[] = [
  sendCommand,
  doctorCommand,
  captureCommand,
  inboxCommand,
  quarantineCommand,
  exportCommand,
  deleteUserCommand,
  checkCommand
]

const EXIT_CODES = `
Exit codes: 0 done · 1 failed, or a check found something · 2 wrong usage · 130 ended by Ctrl-C
Secrets come from the environment (THRYVE_HMAC_SECRET, MONGODB_URI) or a file, never from the command line.`

/** The command that the words lead to, as deep as they name one. */
const commandOf = (program: Command, words: readonly string[]): Command => {
  let command = program
  for (const word of words) command = command.commands.find((child) => child.name() === word) ?? command
  return command
}

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`

/** Commander writes "error: what is wrong" and, on a second line, what may have been meant. */
const lineOf = (error: CommanderError, command: Command): string => {
  const line = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
  return `${line}${/[.)]$/.test(line) ? '' : '.'} See ${pathOf(command)} --help.`
}

const exitCodeOf = (error: unknown, command: Command, { stderr, signal, env }: Terminal): ExitCode => {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    // Without a command's name, Commander has shown the help already.
    if (error.code !== 'commander.help') stderr.write(`thryve-webhook: ${lineOf(error, command)}\n`)
    return 2
  }
  if (error instanceof UsageError) {
    stderr.write(`thryve-webhook: ${error.message}\n`)
    return 2
  }
  // What was begun and then aborted rejects with whatever its library throws.
  if (signal.aborted) {
    stderr.write('thryve-webhook: interrupted.\n')
    return 130
  }
  if (error instanceof CommandError) {
    stderr.write(`thryve-webhook: ${error.message}\n`)
    return 1
  }
  // A message of unknown origin may quote data.
  const details = env['THRYVE_DEBUG'] === '1' ? (error as Error).stack : 'set THRYVE_DEBUG=1 for the details'
  stderr.write(`thryve-webhook: ${(error as Error).name} where none was expected: ${details}\n`)
  return 1
}

/** A command is made before it has a parent, and so are its own commands: what they inherit comes late. */
const adopt = (parent: Command, command: Command): void => {
  command.copyInheritedSettings(parent)
  for (const child of command.commands) adopt(command, child)
}

const createProgram = ({ stdout, stderr }: Terminal): Command =>
  new Command('thryve-webhook')
    .description('A sender to test against, a doctor for signatures, hands for the operator.')
    .version(version)
    .option('--json', 'results as JSON on standard output, for programs')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false
    })
    .addHelpText('after', EXIT_CODES)

/**
 * Runs the command line.
 *
 * @param words What follows the program's name, e.g. `['send', '--help']`.
 */
export const run = async (words: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  let exitCode: ExitCode = 0
  const program = createProgram(terminal)
  for (const makeCommand of commands) {
    const command = makeCommand(terminal, (code) => {
      exitCode = code
    })
    adopt(program, command)
    program.addCommand(command)
  }
  try {
    await program.parseAsync(words, { from: 'user' })
    return exitCode
  } catch (error) {
    return exitCodeOf(error, commandOf(program, words), terminal)
  }
}
