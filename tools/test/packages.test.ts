/** The packages as a user gets them: packed, installed into an empty project beside mongodb 7, loaded by name. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { runInTerminal, testInTerminal } from './pseudo-terminal'

const root = join(__dirname, '../..')
const names = ['middleware', 'adapter-memory', 'adapter-mongo', 'cli', 'inspector'] as const
/** What a package holds beside its build. */
const assets: Partial<Record<(typeof names)[number], RegExp>> = {
  middleware: /^package\/schema\/(delivery|record)\.json$/,
  inspector: /^package\/assets\/inspector\.css$/
}

/** In bytes, a sixth above what they were: packed, unpacked, and the JavaScript that loading the package reads. */
const budgets = {
  middleware: { packed: 190_000, unpacked: 725_000, loaded: 670_000 },
  'adapter-memory': { packed: 14_000, unpacked: 48_000, loaded: 33_000 },
  'adapter-mongo': { packed: 25_000, unpacked: 82_000, loaded: 301_000 },
  cli: { packed: 89_000, unpacked: 301_000, loaded: 1702_000 },
  inspector: { packed: 58_000, unpacked: 191_000, loaded: 89_000 }
} satisfies Record<(typeof names)[number], object>
const run = (cwd: string, command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 240_000 })
const bin = (name: string) => join(root, 'node_modules/.bin', name)

let project = ''
let tarballs: string[] = []
const sizes: Record<string, { readonly packed: number; readonly unpacked: number }> = {}

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'thryve-packages-'))
  tarballs = names.map((name) => {
    const [packed] = JSON.parse(
      run(join(root, 'packages', name), 'npm', 'pack', '--json', '--pack-destination', project)
    )
    sizes[name] = { packed: packed.size, unpacked: packed.unpackedSize }
    return join(project, packed.filename)
  })
  writeFileSync(join(project, 'package.json'), '{"name":"user","private":true}')
  run(project, 'npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', ...tarballs, 'mongodb@7', 'express@5')
}, 300_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

const program = `
const webhook = thryveWebhook('secret', memoryAdapter())
const stored = []
webhook.on('event.data.epoch.create', ({ records }) => { stored.push(...records) })
const payload = { endUserId: 'synthetic-user', type: 'event.data.epoch.create',
  data: { dataSourceId: 5, epochData: [{ startTimestamp: 1662579572000, dataTypeId: 1000, value: '53' }] } }
signedDelivery(payload, { secret: 'secret' })
  .then((delivery) => receive(webhook, delivery))
  .then(async ({ status }) => { await webhook.idle(); await webhook.close(); console.log(status, stored.length, typeof mongoAdapter) })
`
const imports = [
  ['thryveWebhook, receive', '@thryve-webhook/middleware'],
  ['signedDelivery', '@thryve-webhook/middleware/testing'],
  ['memoryAdapter', '@thryve-webhook/adapter-memory'],
  ['mongoAdapter', '@thryve-webhook/adapter-mongo']
]
const esm = imports.map(([members, name]) => `import { ${members} } from '${name}'`).join('\n')

test('installed beside mongodb 7, load and receive from CommonJS', () => {
  const cjs = imports.map(([members, name]) => `const { ${members} } = require('${name}')`).join('\n')
  writeFileSync(join(project, 'app.cjs'), cjs + program)
  expect(run(project, process.execPath, 'app.cjs')).toBe('204 1 function\n')
})

test('load and receive from ESM', () => {
  writeFileSync(join(project, 'app.mjs'), esm + program)
  expect(run(project, process.execPath, 'app.mjs')).toBe('204 1 function\n')
})

describe('optional peers', () => {
  const peers = [
    ['opentelemetry', '@opentelemetry/api', 'instrument'],
    ['prometheus', 'prom-client', 'metrics']
  ] as const
  /** Loads in a process of its own. @returns what the name is there, or the code and the first line of the error. */
  const load = (script: string) => run(project, process.execPath, '--input-type=module', '-e', script).trim()
  const loading = (subpath: string, member: string) => `
    try { console.log(typeof (await import('@thryve-webhook/middleware/${subpath}')).${member}) }
    catch (error) { console.log(error.code, error.message.split('\\n')[0]) }`

  test.each(peers)('/%s without %s: says which module is missing', (subpath, peer, member) => {
    expect(load(loading(subpath, member))).toBe(`MODULE_NOT_FOUND Cannot find module '${peer}'`)
  })

  test.each(peers)('/%s with %s: loads', (subpath, peer, member) => {
    const linked = join(project, 'node_modules', peer)
    mkdirSync(dirname(linked), { recursive: true })
    symlinkSync(join(root, 'node_modules', peer), linked)
    try {
      expect(load(loading(subpath, member))).toBe('function')
    } finally {
      rmSync(linked)
    }
  })
})

test('the JSON Schemas, load by their names', () => {
  const program = `for (const name of ['delivery', 'record'])
    console.log(require('@thryve-webhook/middleware/schema/' + name + '.json').$id)`
  const ids = 'urn:thryve-webhook:schema:delivery\nurn:thryve-webhook:schema:record\n'
  expect(run(project, process.execPath, '-e', program)).toBe(ids)
})

test.each(['node16', 'nodenext', 'bundler'])('compile from TypeScript with module resolution %s', (resolution) => {
  writeFileSync(
    join(project, 'app.ts'),
    `${esm}${program.replace('const stored = []', 'const stored: EpochRecord[] = []')}\nimport type { EpochRecord } from '@thryve-webhook/middleware'`
  )
  const module = resolution === 'bundler' ? 'esnext' : resolution
  run(
    project,
    bin('tsc'),
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--target',
    'es2022',
    '--types',
    'node',
    '--typeRoots',
    join(root, 'node_modules/@types'),
    '--module',
    module,
    '--moduleResolution',
    resolution,
    'app.ts'
  )
})

test.each(names.map((name, index) => [name, index] as const))(
  '%s: what is packed, is the build, its types and nothing else',
  (name, index) => {
    const files = run(project, 'tar', '-tzf', tarballs[index] ?? '')
      .trim()
      .split('\n')
    expect(
      files.filter(
        (file) =>
          !/^package\/(dist\/.+\.(js|d\.ts)|package\.json|README\.md|LICENSE)$/.test(file) &&
          assets[name]?.test(file) !== true
      )
    ).toEqual([])
    expect(files).toEqual(
      expect.arrayContaining([
        'package/dist/index.js',
        'package/dist/index.d.ts',
        'package/README.md',
        'package/LICENSE'
      ])
    )
  }
)

test.each(names)('%s: packed, unpacked and loaded, keeps to its size', (name) => {
  // The driver is a peer: the host loads it anyway.
  const program = `require('@thryve-webhook/${name}')
    const files = Object.keys(require.cache).filter((file) => /\\.c?js$/.test(file) && !/node_modules.(mongodb|bson)./.test(file))
    console.log(files.reduce((sum, file) => sum + require('node:fs').statSync(file).size, 0))`
  const loaded = Number(run(project, process.execPath, '-e', program))
  const { packed = 0, unpacked = 0 } = sizes[name] ?? {}
  const sized = { packed, unpacked, loaded }
  const { [name]: budget } = budgets
  const kept = Object.entries(sized).map(([what, size]) => [what, size > 0 && Math.min(size, budget[what as 'packed'])])
  expect(sized).toEqual(Object.fromEntries(kept))
})

test.each(names)('%s: publint and are-the-types-wrong, are clean', (name) => {
  expect(run(root, bin('publint'), 'run', '--strict', join(root, 'packages', name))).toContain('All good')
  const tarball = tarballs[names.indexOf(name)] ?? ''
  run(root, bin('attw'), tarball, '--profile', 'node16')
})

test('the inspector, as installed, serves its page and every file that the page names', async () => {
  writeFileSync(
    join(project, 'page.mjs'),
    `${esm}
import { createServer } from 'node:http'
import { inspector } from '@thryve-webhook/inspector'
const adapter = memoryAdapter()
const page = inspector(thryveWebhook('secret', adapter), adapter, { basePath: '/thryve' })
const server = createServer(page).listen(0, '127.0.0.1', async () => {
  const origin = \`http://127.0.0.1:\${server.address().port}/thryve/\`
  const answers = []
  for (const view of ['live', 'health', 'data']) {
    const html = await (await fetch(origin + view)).text()
    const names = [...html.matchAll(/(?:src|href)="(assets\\/[^"]+)"/g)].map(([, name]) => name)
    for (const name of names) {
      const script = await fetch(origin + name)
      const imports = [...(await script.text()).matchAll(/from '\\.\\/([^']+)'/g)].map(([, file]) => file)
      answers.push(script.status)
      for (const file of imports) answers.push((await fetch(\`\${origin}assets/\${file}\`)).status)
    }
  }
  console.log(answers.length > 12, [...new Set(answers)].join())
  process.exit()
})
`
  )
  expect(run(project, process.execPath, 'page.mjs')).toBe('true 200\n')
})

describe('the command line, as installed', () => {
  /** Takes every delivery, in its own good time. */
  const server = createServer((request, response) => {
    request.resume()
    setTimeout(() => response.writeHead(204).end(), 20)
  })
  const env = { ...process.env, THRYVE_HMAC_SECRET: 'synthetic', TERM: 'xterm' }
  const command = () => join(project, 'node_modules/.bin/thryve-webhook')
  let url = ''

  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/webhooks/thryve`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const pipe = async (program: string, ...words: string[]) => {
    const child = spawn(program, words, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = once(child, 'close')
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    const [exitCode] = await ended
    return { exitCode, stdout, stderr }
  }
  const send = (...words: string[]) => pipe(command(), 'send', url, '--seed', 'packed', ...words)
  const ESC = String.fromCharCode(27)

  test('in a pipe: the summary and nothing else', async () => {
    const { exitCode, stdout, stderr } = await send()
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^seed +packed$/m)
    expect(stdout).not.toContain(ESC)
  })

  test('in a pipe with --json: one JSON object', async () => {
    const { stdout } = await send('--json')
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, seed: 'packed', givenUp: 0 })
  })

  testInTerminal('in a terminal: the progress, then the summary', async () => {
    const { output, exitCode } = await runInTerminal([command(), 'send', url], { cwd: project, env })
    expect(exitCode).toBe(0)
    expect(output).toContain(ESC)
    expect(output).toMatch(/100% · \d+ sent · 2xx \d+/)
    expect(output).toMatch(/given up +0/)
  })

  testInTerminal('in a terminal, Ctrl-C: the summary so far, and the cursor is back', async () => {
    const words = [command(), 'send', url, '--users', '1000', '--days', '1000']
    const press = { after: ' sent', keys: String.fromCharCode(3) }
    const { output, exitCode } = await runInTerminal(words, { cwd: project, env, press })
    expect(exitCode).toBe(130)
    expect(output).toMatch(/given up +0/)
    expect(output.lastIndexOf(`${ESC}[?25h`)).toBeGreaterThan(output.lastIndexOf(`${ESC}[?25l`))
  })

  test.each([
    [0, ['--version']],
    [0, ['send', '--help']],
    [1, ['send', 'http://127.0.0.1:1/']],
    [2, ['send', 'nowhere']],
    [2, ['sned']]
  ])('exit code %i: %j', async (exitCode, words) => {
    expect((await pipe(command(), ...words)).exitCode).toBe(exitCode)
  })

  test('a reader that has gone: exit code 141, and not a word', async () => {
    const program = `"$0" --help | true; echo "\${PIPESTATUS[0]}"`
    expect(await pipe('bash', '-c', program, command())).toEqual({ exitCode: 0, stdout: '141\n', stderr: '' })
  })
})
