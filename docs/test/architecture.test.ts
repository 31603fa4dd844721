/** docs/architecture.md, held against the tree. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '../..')
const source = join(root, 'packages/middleware/src')
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')

/** The section's text, up to the next one. */
const section = (title: string) => page.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? ''

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(source.length + 1))

/** `a{b,c}*.ts` and `folder/`, as the page writes them. */
const patternOf = (name: string): RegExp => {
  const pattern = name
    .replaceAll('.', '\\.')
    .replaceAll('*', '[^/]*')
    .replace(/\{([^}]*)\}/g, (_all, words: string) => `(?:${words.replaceAll(',', '|')})`)
  return new RegExp(`^${pattern}${name.endsWith('/') ? '.+' : ''}$`)
}

const named = section('Where to change what')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .flatMap((line) => [...(line.split(' | ')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
  .filter((name) => name !== 'packages/middleware/src')

test('where to change what: every name on the page, is in the tree', () => {
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((name) => !files.some((file) => patternOf(name).test(file)))).toEqual([])
})

test('where to change what: every source file of the middleware, is named or in a folder that is', () => {
  const patterns = named.map(patternOf)
  expect(files.filter((file) => !patterns.some((pattern) => pattern.test(file)))).toEqual([])
})

test('run-time dependencies: those of the page, are those of the package', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'packages/middleware/package.json'), 'utf8'))
  const told = [...section('Run-time dependencies of the middleware').matchAll(/^\| `([^`]+)`/gm)].map(
    ([, name]) => name
  )
  expect(told.sort()).toEqual(Object.keys(dependencies).sort())
})

test('the drawing and the rule: every file that they name, is in the tree', () => {
  const drawn = [...page.matchAll(/\b([a-z][a-z-]*\.ts)\b/g)].map(([, name = '']) => name)
  const exists = (name: string) => files.some((file) => file === name || file.endsWith(`/${name}`))
  expect(drawn.filter((name) => !exists(name) && !existsSync(join(root, name)))).toEqual([])
})
