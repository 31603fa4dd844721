/** Compiles pieces of code as they stand in the docs and in the sources, against the sources. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

const root = join(__dirname, '../..')
const packagesFolder = join(root, 'packages')

/** A piece of code, and where it stands. */
export interface Snippet {
  /** Such as `docs/events.md:12`. */
  readonly place: string
  readonly code: string
  /** The file that a first-line comment calls it, for others of its page that import it. */
  readonly fileName?: string
  /** Whose own exports it may use without importing them. */
  readonly source?: string
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name))

/** Every source file of the packages. */
export const sourceFiles = readdirSync(packagesFolder).flatMap((name) => filesIn(join(packagesFolder, name, 'src')))

const exportsOf = (file: string): string[] =>
  [
    ...readFileSync(file, 'utf8').matchAll(
      /^export (?:(?:declare )?(?:const|function|class|interface|type)|\{) (\w+)/gm
    )
  ].map(([, name = '']) => name)

const world = join(__dirname, 'snippet-world.ts')
/** What a name means that a snippet uses and does not declare: the world's, else an export of a package. */
const meanings = new Map(
  [...sourceFiles, world].flatMap((file) => exportsOf(file).map((name) => [name, file] as const))
)

const isUse = (node: ts.Identifier): boolean => {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  return !(ts.isBindingElement(parent) && parent.propertyName === node)
}

const isDeclared = ({ parent }: ts.Identifier, node: ts.Node): boolean =>
  (ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isClassDeclaration(parent) ||
    ts.isInterfaceDeclaration(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent) ||
    ts.isImportSpecifier(parent)) &&
  parent.name === node

/** The names that a piece of code uses and does not declare. */
const freeNames = (code: string): string[] => {
  const used = new Set<string>()
  const declared = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      if (isDeclared(node, node)) declared.add(node.text)
      else if (isUse(node)) used.add(node.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('snippet.ts', code, ts.ScriptTarget.ES2023, true))
  return [...used].filter((name) => !declared.has(name))
}

/** Where a reader has something of their own, the docs write `…`. */
const whole = (code: string): string => code.replaceAll('…', '')

const withImports = ({ code, source }: Snippet, file: string): string => {
  const own = source === undefined ? [] : exportsOf(source)
  const lines = freeNames(whole(code)).flatMap((name) => {
    const from = source !== undefined && own.includes(name) ? source : meanings.get(name)
    return from === undefined ? [] : [`import { ${name} } from '${relative(dirname(file), from).replace(/\.ts$/, '')}'`]
  })
  return [...lines, whole(code), 'export {}'].join('\n')
}

const compilerOptions = (): ts.CompilerOptions => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const sources = {
    '@thryve-webhook/middleware/*': [
      join(packagesFolder, 'middleware/src/telemetry/*'),
      join(packagesFolder, 'middleware/src/*/index.ts')
    ],
    '@thryve-webhook/*': [join(packagesFolder, '*/src/index.ts')]
  }
  return {
    ...options,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    composite: false,
    noEmit: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
    noPropertyAccessFromIndexSignature: false,
    paths: sources
  }
}

/**
 * Type-checks snippets, each as a file of its own.
 *
 * @returns what is wrong, as `place: message`.
 */
export const problemsOf = (name: string, snippets: readonly Snippet[]): string[] => {
  // Beside the examples, whose dependencies they use.
  const folder = join(root, 'examples/node_modules/.cache', name)
  rmSync(folder, { recursive: true, force: true })
  const files = snippets.map((snippet, index) => {
    const page = snippet.place.replace(/:\d+$/, '').replaceAll('/', '-')
    const file = join(folder, snippet.fileName === undefined ? `${index}.ts` : join(page, snippet.fileName))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, withImports(snippet, file))
    return { file, place: snippet.place }
  })
  const program = ts.createProgram(
    files.map(({ file }) => file),
    compilerOptions()
  )
  return files.flatMap(({ file, place }) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => `${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
  )
}
