/** The end of a command's help. */
import type { Command } from 'commander'

/** Adds examples, one line each, and what the exit codes mean here. */
export const addExamples = (command: Command, lines: readonly string[], exitCodes: string): Command =>
  command.addHelpText(
    'after',
    ['', 'Examples:', ...lines.map((line) => `  $ thryve-webhook ${line}`), '', `Exit codes: ${exitCodes}`].join('\n')
  )
