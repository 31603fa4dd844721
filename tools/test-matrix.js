/**
 * Runs the tests under every Node version and against the oldest and newest dependencies that are allowed.
 *
 *   node tools/test-matrix.js                     everything, one after the other
 *   node tools/test-matrix.js node-26 mongodb-6   only these
 *   --quick                                       without the tests that take minutes
 *   --others                                      without the Node that this runs on
 *
 * Each run's output and results, and the counts of all, are in node_modules/.cache/matrix. Both Express 4 and 5 are in every run's tests.
 */
const { spawnSync } = require('node:child_process')
const { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { delimiter, dirname, join, relative } = require('node:path')
const { parseArgs } = require('node:util')
const { cachedInstall } = require('./cached-install')
const { nodeBinary } = require('./node-version')

const root = join(__dirname, '..')
const folder = join(root, 'node_modules/.cache/matrix')
const quickTests = ['packages/middleware/', 'packages/adapter-memory/', 'examples/']
const slowTests = ['simulation', 'permutations', 'hostile-fuzz', 'hostile-memory']
const mongoTests = ['packages/adapter-mongo/']
const codecTests = ['packages/middleware/', 'packages/adapter-memory/']
const { dependencies } = require('../packages/middleware/package.json')
const { peerDependencies } = require('../packages/adapter-mongo/package.json')

/** The lower ends of a range: `^6.22 || ^7` gives 6.22 and 7. */
const lowest = (range) => range.split('||').map((part) => part.trim().replace('^', ''))
const [mongodb6, mongodb7] = lowest(peerDependencies.mongodb)
const codecs = { 'io-ts': lowest(dependencies['io-ts'])[0], 'fp-ts': lowest(dependencies['fp-ts'])[0] }

/** Every run: its Node, the packages it replaces, and the tests that have to do with them. */
const RUNS = [
  { name: 'node-20', node: 20 },
  { name: 'node-22', node: 22 },
  { name: 'node-24', node: 24 },
  { name: 'node-26', node: 26 },
  { name: 'mongodb-6', replace: { mongodb: mongodb6 }, tests: mongoTests },
  { name: 'mongodb-7', replace: { mongodb: mongodb7 }, tests: mongoTests },
  { name: 'codecs-oldest', replace: codecs, tests: codecTests }
]

const versionOf = (modules, name) => JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')).version

/** Where Jest finds the replaced packages, and which versions they are. */
const replacements = ({ name, replace = {} }) => {
  const names = Object.keys(replace)
  if (names.length === 0) return { versions: [], mapper: {} }
  const modules = cachedInstall(
    name,
    names.map((each) => `${each}@${replace[each]}`)
  )
  return {
    versions: names.map((each) => `${each} ${versionOf(modules, each)}`),
    mapper: Object.fromEntries(names.map((each) => [`^${each}(/.*)?$`, `${join(modules, each)}$1`]))
  }
}

const countsOf = (file, status) => {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites, testResults } = JSON.parse(
      readFileSync(file, 'utf8')
    )
    const failures = testResults
      .filter((result) => result.status === 'failed')
      .flatMap(({ name, assertionResults }) => [
        relative(root, name),
        ...assertionResults.filter((test) => test.status === 'failed').map((test) => `  ${test.fullName}`)
      ])
    const failed = numFailedTests + numRuntimeErrorTestSuites
    return {
      passed: numPassedTests,
      failed: failed === 0 && status !== 0 ? 1 : failed,
      skipped: numPendingTests,
      failures
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: ['Jest did not get as far as results.'] }
  }
}

const runTests = (run, isQuick) => {
  const binary = run.node === undefined ? process.execPath : nodeBinary(run.node)
  const { versions, mapper } = replacements(run)
  const node = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1)
  const files = { results: join(folder, `${run.name}.json`), log: join(folder, `${run.name}.log`) }
  rmSync(files.results, { force: true })
  const label = [`node ${node}`, ...versions].join(', ')
  console.log(`${run.name}: ${label} …`)
  const tests = run.tests ?? (isQuick ? quickTests : [])
  const skipped = isQuick ? ['--testPathIgnorePatterns', ...slowTests] : []
  const startedAtMs = Date.now()
  const log = openSync(files.log, 'w')
  const jest = join(root, 'node_modules/jest/bin/jest.js')
  const { status } = spawnSync(
    binary,
    [jest, '--ci', '--json', `--outputFile=${files.results}`, ...tests, ...skipped],
    {
      cwd: root,
      // Tests start further processes by their bare names as well.
      env: {
        ...process.env,
        PATH: `${dirname(binary)}${delimiter}${process.env.PATH}`,
        TEST_MODULES: JSON.stringify(mapper)
      },
      // With --json the results go to stdout as well.
      stdio: ['ignore', 'ignore', log]
    }
  )
  const counts = countsOf(files.results, status)
  for (const line of counts.failures) console.log(`  ${line}`)
  if (counts.failed > 0) console.log(`  see ${relative(root, files.log)}`)
  return { run: run.name, versions: label, ...counts, minutes: ((Date.now() - startedAtMs) / 60_000).toFixed(1) }
}

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, others: { type: 'boolean', default: false } },
  allowPositionals: true
})
const unknown = positionals.find((name) => !RUNS.some((run) => run.name === name))
if (unknown !== undefined) {
  console.error(`There is no run "${unknown}": ${RUNS.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}
const current = Number(process.versions.node.split('.', 1)[0])
const chosen = RUNS.filter(({ name }) => positionals.length === 0 || positionals.includes(name)).filter(
  ({ node }) => !values.others || node !== current
)
mkdirSync(folder, { recursive: true })
const rows = chosen.map((run) => runTests(run, values.quick))
const sum = (count) => rows.reduce((total, row) => total + row[count], 0)
writeFileSync(join(folder, 'summary.json'), JSON.stringify({ passed: sum('passed'), failed: sum('failed') }))
console.table(Object.fromEntries(rows.map(({ run, failures: _failures, ...row }) => [run, row])), [
  'versions',
  'passed',
  'failed',
  'skipped',
  'minutes'
])
process.exitCode = rows.some(({ failed }) => failed > 0) ? 1 : 0
