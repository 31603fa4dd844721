/** The programs of the page about hosts, as printed: sound TypeScript against the sources. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

const root = join(__dirname, '../..')
const page = readFileSync(join(root, 'docs/hosts.md'), 'utf8')
const programs = [...page.matchAll(/```ts\n\/\/ (\S+)\n(.*?)```/gs)].map(
  ([, name = '', code = '']) => [name, code] as const
)

test('the page about hosts, has a program for each that needs one', () => {
  expect(programs.map(([name]) => name)).toEqual(['main.ts', 'fastify.ts', 'koa.ts', 'app/webhooks/thryve/route.ts'])
})

test('its programs, are sound TypeScript', () => {
  // Beside the examples, whose dependencies they use.
  const folder = join(root, 'examples/node_modules/.cache/hosts')
  const paths = programs.map(([name, code]) => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, code)
    return path
  })
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const sources = Object.fromEntries(
    ['middleware', 'adapter-memory'].map((name) => [
      `@thryve-webhook/${name}`,
      [join(root, `packages/${name}/src/index.ts`)]
    ])
  )
  const program = ts.createProgram(paths, { ...options, composite: false, noEmit: true, paths: sources })
  const problems = paths.flatMap((path) => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)))
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([])
})
