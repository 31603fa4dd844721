/** The guide's code, as printed: it is type-checked, and its adapter passes the suite it is tested with. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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

test('the guide: its files, sound TypeScript', () => {
  const folder = join(root, 'node_modules/.cache/writing-an-adapter')
  mkdirSync(folder, { recursive: true })
  for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code)
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const sources = {
    '@thryve-webhook/middleware': [join(root, 'packages/middleware/src/index.ts')],
    '@thryve-webhook/middleware/testing': [join(root, 'packages/middleware/src/testing/index.ts')]
  }
  const paths = Object.keys(files).map((name) => join(folder, name))
  const program = ts.createProgram(paths, { ...options, composite: false, noEmit: true, paths: sources })
  const problems = paths.flatMap((path) => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)))
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([])
})

describe('the guide: its adapter, conformance', () => {
  load(suiteCode, { 'node:test': { test }, './json-file-adapter': load(adapterCode) })
})
