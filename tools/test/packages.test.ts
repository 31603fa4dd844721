/** The packages as a user gets them: packed, installed into an empty project beside mongodb 7, loaded by name. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(__dirname, '../..')
const names = ['middleware', 'adapter-memory', 'adapter-mongo'] as const
const run = (cwd: string, command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 240_000 })
const bin = (name: string) => join(root, 'node_modules/.bin', name)

let project = ''
let tarballs: string[] = []

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'thryve-packages-'))
  tarballs = names.map((name) => {
    const [packed] = JSON.parse(
      run(join(root, 'packages', name), 'npm', 'pack', '--json', '--pack-destination', project)
    )
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
  (_name, index) => {
    const files = run(project, 'tar', '-tzf', tarballs[index] ?? '')
      .trim()
      .split('\n')
    expect(
      files.filter((file) => !/^package\/(dist\/.+\.(js|d\.ts)|package\.json|README\.md|LICENSE)$/.test(file))
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

test.each(names)('%s: publint and are-the-types-wrong, are clean', (name) => {
  expect(run(root, bin('publint'), 'run', '--strict', join(root, 'packages', name))).toContain('All good')
  const tarball = tarballs[names.indexOf(name)] ?? ''
  run(root, bin('attw'), tarball, '--profile', 'node16')
})
