/** README's program, as it is printed. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '../..')
const [program = ''] = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, code]) => code ?? ''
)

test("README's program, compiles and starts", () => {
  const folder = mkdtempSync(join(root, 'examples/readme-'))
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, {
      cwd: folder,
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, THRYVE_HMAC_SECRET: 'synthetic' }
    })
  try {
    const freePort = program.replace('app.listen(3000)', "app.listen(0, () => { console.log('up'); process.exit(0) })")
    expect(freePort).not.toBe(program)
    writeFileSync(join(folder, 'readme.ts'), freePort)
    const options = [
      '--ignoreConfig',
      '--strict',
      '--skipLibCheck',
      '--target',
      'es2023',
      '--module',
      'node20',
      '--types',
      'node'
    ]
    run(join(root, 'node_modules/.bin/tsc'), ...options, 'readme.ts')
    expect(run(process.execPath, 'readme.js')).toBe('up\n')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
