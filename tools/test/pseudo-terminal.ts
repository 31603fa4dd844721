/** Runs a program as in a terminal, through util-linux's `script` or Python: no package of ours needs to be compiled for it. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

/** What a terminal has shown, and how the program ended. */
export interface Screen {
  readonly output: string
  readonly exitCode: number | null
}

/** How to run a program in a terminal. */
export interface TerminalRun {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Keys to press, once the screen has shown this text. */
  readonly press?: { readonly after: string; readonly keys: string }
}

const PYTHON = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'
const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`

const isWorking = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: ['ignore', 'ignore', 'ignore'], timeout: 20_000 }).status === 0

const findTerminal = (): ((words: readonly string[]) => [string, string[]]) | undefined => {
  if (isWorking('script', '-qec', 'true', '/dev/null')) {
    return (words) => ['script', ['-qec', words.map(quoted).join(' '), '/dev/null']]
  }
  return isWorking('python3', '-c', 'import pty') ? (words) => ['python3', ['-c', PYTHON, ...words]] : undefined
}

const inTerminal = findTerminal()

/** `test`, where there is a way to a pseudo-terminal; else a loud skip. */
export const testInTerminal: jest.It = ((name, body, timeout) => {
  if (inTerminal !== undefined) return test(name, body, timeout)
  console.warn(`SKIPPED for want of a pseudo-terminal (neither util-linux's script nor Python 3 is here): ${name}`)
  return test.skip(name, body, timeout)
}) as jest.It

/** Runs a program in a terminal until it ends. */
export const runInTerminal = async (words: readonly string[], { cwd, env, press }: TerminalRun): Promise<Screen> => {
  if (inTerminal === undefined) throw new Error('There is no pseudo-terminal.')
  const [command, args] = inTerminal(words)
  const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  let isPressed = false
  child.stdout.on('data', (chunk) => {
    output += chunk
    if (press === undefined || isPressed || !output.includes(press.after)) return
    isPressed = true
    child.stdin.write(press.keys)
  })
  const [exitCode] = await once(child, 'close')
  return { output, exitCode }
}
