/** The adapter printed in docs/writing-an-adapter.md compiles as it is and passes the suite, run as printed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'

const root = join(__dirname, '../..')
const text = readFileSync(join(root, 'docs/writing-an-adapter.md'), 'utf8')

const blocks = [...text.matchAll(/^```ts (\S+)\n(.*?)^```$/gms)].map(([, name = '', code = '']) => ({ name, code }))
const folder = mkdtempSync(join(tmpdir(), 'writing-an-adapter-'))

const options: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: ['node', 'jest'],
  typeRoots: [join(root, 'node_modules/@types')],
  paths: {
    '@thryve-webhook/middleware': [join(root, 'packages/middleware/src/index.ts')],
    '@thryve-webhook/middleware/testing': [join(root, 'packages/middleware/src/testing/index.ts')]
  }
}

for (const { name, code } of blocks) writeFileSync(join(folder, name), code)
for (const { name, code } of blocks) {
  const { outputText } = ts.transpileModule(code, { compilerOptions: options })
  writeFileSync(join(folder, name.replace(/ts$/, 'js')), outputText)
}
afterAll(() => rmSync(folder, { recursive: true }))

test('writing-an-adapter: its code, there and small', () => {
  expect(blocks.map(({ name }) => name)).toEqual(['file-adapter.ts', 'file-adapter.test.ts'])
  const lines = blocks[0]?.code.split('\n').filter((line) => line.trim() !== '')
  expect(lines?.length).toBeLessThanOrEqual(60)
})

test('writing-an-adapter: its code, compiles', () => {
  const program = ts.createProgram(
    blocks.map(({ name }) => join(folder, name)),
    options
  )
  const problems = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  expect(problems).toEqual([])
})

describe('writing-an-adapter: its adapter', () => {
  require(join(folder, 'file-adapter.test.js'))
})
