/** A process of its own, for what one process can show only once: its peak of memory, and its end. It runs the sources. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const hook = join(__dirname, '../../../tools/typescript-hook.js')

/** Runs a TypeScript file, and reads the JSON it prints. An unhandled rejection ends the process, and so fails the test. */
export const runChild = <T>(file: string, input: object): T => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['-r', hook, '-e', 'require(process.argv[1])', file, JSON.stringify(input)],
    {
      encoding: 'utf8',
      maxBuffer: 16 * 1_024 * 1_024
    }
  )
  if (status !== 0) throw new Error(`exit ${status}: ${stderr}`)
  return JSON.parse(stdout) as T
}
