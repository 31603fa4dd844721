/** What has to hold before anything is published. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { licencesPage, runtimeDependencies } from '../licences'

const root = join(__dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const dependencies = runtimeDependencies()

/** The formatter aligns tables. */
const unaligned = (page: string) => page.replace(/ +/g, ' ').replace(/-{3,}/g, '---')

/** Permissive ones, which ask for no more than their notice. */
const permitted = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD']

describe('run-time dependencies', () => {
  test('each, comes in one version', () => {
    const names = dependencies.map(({ name }) => name)
    expect(names).toContain('io-ts')
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  test('each, has a permissive licence', () => {
    expect(dependencies.filter(({ licence = 'none' }) => !permitted.includes(licence))).toEqual([])
  })

  test('docs/licences.md, lists them', () => {
    expect(unaligned(read('docs/licences.md'))).toBe(unaligned(licencesPage()))
  })
})

interface Step {
  readonly uses?: string
  readonly run?: string
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[]; readonly strategy?: object }>>
}
const workflows = readdirSync(join(root, '.github/workflows'))
const workflow = (name: string): Workflow => parse(read(`.github/workflows/${name}`), { strict: true })
const stepsOf = (name: string) => Object.values(workflow(name).jobs).flatMap(({ steps }) => steps)

describe('workflows', () => {
  test.each(workflows)('%s: parses, and its actions are pinned to a major version', (name) => {
    const used = stepsOf(name).flatMap(({ uses = [] }) => uses)
    expect(used).toContain('actions/checkout@v4')
    expect(used.filter((action) => !/^actions\/[\w-]+@v\d+$/.test(action))).toEqual([])
  })

  test.each(workflows)('%s: every npm script that it runs, exists', (name) => {
    const { scripts } = JSON.parse(read('package.json'))
    const ran = stepsOf(name).flatMap(({ run = '' }) =>
      [...run.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script)
    )
    expect(ran.length).toBeGreaterThan(0)
    expect(ran.filter((script = '') => scripts[script] === undefined)).toEqual([])
  })

  test('release.yml: may sign what it publishes, and nothing else', () => {
    expect(workflow('release.yml').permissions).toEqual({ contents: 'read', 'id-token': 'write' })
    expect(stepsOf('release.yml').at(-1)?.run).toBe('npx lerna publish from-package --yes')
  })

  test('ci.yml: runs on every Node that is supported', () => {
    expect(workflow('ci.yml').jobs['check']?.strategy).toMatchObject({ matrix: { node: [20, 22, 24, 26] } })
  })
})

describe('packages', () => {
  test.each(readdirSync(join(root, 'packages')))(
    '%s: is published in the open, with provenance and a licence',
    (name) => {
      const { publishConfig, license, version } = JSON.parse(read(`packages/${name}/package.json`))
      expect({ publishConfig, license }).toEqual({
        publishConfig: { access: 'public', provenance: true },
        license: 'MIT'
      })
      expect(version).toBe(JSON.parse(read('lerna.json')).version)
      expect(read(`packages/${name}/LICENSE`)).toBe(read('LICENSE'))
    }
  )
})
