/** What holds for every command: help, version, wrong words. */
import { run } from '../src/run'
import { fakeTerminal } from './fake-terminal'

const runWith = async (...words: string[]) => {
  const terminal = fakeTerminal()
  const exitCode = await run(words, terminal)
  return { exitCode, ...terminal.written }
}

test('--help: on standard output, tells commands and exit codes', async () => {
  const { exitCode, stdout, stderr } = await runWith('--help')
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toContain('Exit codes: 0 done · 1 failed, or a check found something · 2 wrong usage')
})

test('--version: is the package’s', async () => {
  const { version } = require('../package.json')
  expect(await runWith('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' })
})

test('no command: the help on standard error, exit code 2', async () => {
  const { exitCode, stdout, stderr } = await runWith()
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain('Usage: thryve-webhook')
})

test.each([
  [['sned'], /^thryve-webhook: unknown command 'sned'.* See thryve-webhook --help\.\n$/],
  [['--colour'], /^thryve-webhook: unknown option '--colour'.* See thryve-webhook --help\.\n$/]
])('%j: one line on standard error, exit code 2', async (words, line) => {
  const { exitCode, stdout, stderr } = await runWith(...words)
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(line)
})
