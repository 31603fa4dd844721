/**
 * Mutation testing: `npm run mutation -- signature identity`, or all of targets.json. It installs Stryker beside this
 * file once, and runs it with Node 24, since it needs Node 22. Reports: node_modules/.cache/mutation-reports.
 * Exit code 1: a target failed, or fewer than 90 % of its mutants were killed.
 */
const { execFileSync, spawnSync } = require('node:child_process')
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const { delimiter, dirname, join } = require('node:path')
const { nodeBinary } = require('../node-version')
const { devDependencies } = require('./package.json')
const base = require('./stryker.config.json')
const targets = require('./targets.json')

const root = join(__dirname, '../..')
const reports = join(root, 'node_modules/.cache/mutation-reports')
const packages = join(__dirname, 'node_modules/@stryker-mutator')

const isInstalled = () =>
  Object.entries(devDependencies).every(([name, version]) => {
    const found = join(__dirname, 'node_modules', name, 'package.json')
    return existsSync(found) && JSON.parse(readFileSync(found, 'utf8')).version === version
  })

/** Whether Stryker killed enough of a target's mutants. */
const runTarget = (name, node, env) => {
  const { mutate, tests } = targets[name]
  const config = {
    ...base,
    concurrency: Number(process.env.MUTATION_CONCURRENCY ?? base.concurrency),
    incremental: process.env.MUTATION_INCREMENTAL === '1',
    incrementalFile: join(reports, `${name}.incremental.json`),
    mutate: mutate.map((file) => `packages/middleware/src/${file}`),
    plugins: [join(packages, 'jest-runner/dist/src/index.js')],
    jsonReporter: { fileName: join(reports, `${name}.json`) }
  }
  const file = join(reports, `${name}.config.json`)
  writeFileSync(file, JSON.stringify(config))
  const { status } = spawnSync(node, [join(packages, 'core/bin/stryker.js'), 'run', file], {
    cwd: root,
    env: { ...env, MUTATION_TESTS: JSON.stringify(tests) },
    stdio: 'inherit'
  })
  return status === 0
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(targets)
const unknown = names.filter((name) => !Object.hasOwn(targets, name))
if (unknown.length > 0) throw new Error(`No target ${unknown.join(', ')}; there are ${Object.keys(targets).join(', ')}`)

mkdirSync(reports, { recursive: true })
const node = nodeBinary(24)
const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
if (!isInstalled())
  execFileSync('npm', ['ci'], { cwd: __dirname, env, stdio: 'inherit', shell: process.platform === 'win32' })
const weak = names.filter((name) => !runTarget(name, node, env))
if (weak.length > 0) console.error(`Failed, or killed fewer than 90 %: ${weak.join(', ')}`)
process.exitCode = weak.length > 0 ? 1 : 0
