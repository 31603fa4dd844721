/** The guide's code, as printed: its adapter passes the suite it is tested with. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const root = join(__dirname, '../..')
const guide = readFileSync(join(root, 'docs/writing-an-adapter.md'), 'utf8')

/** The guide's TypeScript by file name, which is its first line. */
const files = Object.fromEntries(
  [...guide.matchAll(/```ts\n\/\/ (\S+)\n(.*?)```/gs)].map(([, name, code]) => [name, code])
) as Record<string, string>

const { 'json-file-adapter.ts': adapterCode = '', 'json-file-adapter.test.ts': suiteCode = '' } = files

const load = (code: string, modules: Record<string, unknown> = {}): Record<string, never> => {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023, esModuleInterop: true }
  })
  const exports = {}
  new Function('exports', 'require', outputText)(exports, (name: string) => modules[name] ?? require(name))
  return exports
}

test('the guide: its files, all here', () => {
  expect(Object.keys(files)).toEqual(['json-file-adapter.ts', 'json-file-adapter.test.ts'])
})

describe('the guide: its adapter, conformance', () => {
  load(suiteCode, { 'node:test': { test }, './json-file-adapter': load(adapterCode) })
})
