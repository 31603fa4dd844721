/** Every piece of TypeScript in the docs and in TSDoc examples, and README's program as it is printed. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { problemsOf, type Snippet, sourceFiles } from './compile-snippets'

const root = join(__dirname, '../..')

const pages = ['.', 'docs', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)].flatMap(
  (folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name))
)

const lineOf = (text: string, index: number) => text.slice(0, index).split('\n').length

const snippetsOf = (page: string, language: string): Snippet[] => {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(new RegExp(`\`\`\`${language}\n(?:// (\\S+\\.ts)\n)?(.*?)\`\`\``, 'gs'))].map((match) => ({
    place: `${page}:${lineOf(text, match.index)}`,
    code: match[2] ?? '',
    ...(match[1] !== undefined && { fileName: match[1] })
  }))
}

const typescript = pages.flatMap((page) => snippetsOf(page, 'ts'))

/** The text of an `@example` up to the next tag, without its fence and without the comment's stars. */
const examplesOf = (source: string): Snippet[] => {
  const text = readFileSync(source, 'utf8')
  return [...text.matchAll(/^( *)(?:\/\*\*| \*) @example(.*?)(?=\n *\* @|\*\/)/gms)].map((match) => ({
    place: `${relative(root, source)}:${lineOf(text, match.index)}`,
    code: (match[2] ?? '').replace(/^ *\* ?/gm, '').replace(/^```\w*$/gm, ''),
    source
  }))
}

describe('code in the docs', () => {
  test('TypeScript: all of it, compiles', () => {
    expect(typescript.length).toBeGreaterThan(20)
    expect(problemsOf('snippets', typescript)).toEqual([])
  }, 120_000)

  test.each(pages.flatMap((page) => snippetsOf(page, 'js')))('JavaScript: $place, is well formed', ({ code }) => {
    const { diagnostics = [] } = ts.transpileModule(code, { reportDiagnostics: true })
    expect(diagnostics.map(({ messageText }) => messageText)).toEqual([])
  })

  test.each(pages.flatMap((page) => snippetsOf(page, 'json')))('JSON: $place, is well formed', ({ code }) => {
    expect(() => JSON.parse(code)).not.toThrow()
  })
})

test('examples of public declarations, compile', () => {
  const examples = sourceFiles.flatMap(examplesOf)
  expect(examples.length).toBeGreaterThan(40)
  expect(problemsOf('examples', examples)).toEqual([])
}, 120_000)

test('a snippet that is wrong, is told with its place', () => {
  const wrong = { place: 'docs/none.md:3', code: "webhook.on('event.data.epoch.craete', () => {})" }
  expect(problemsOf('wrong', [wrong])).toEqual([expect.stringMatching(/^docs\/none\.md:3: .*craete/s)])
}, 120_000)

const [{ code: program } = { code: '' }] = typescript.filter(({ place }) => place.startsWith('README.md'))

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
