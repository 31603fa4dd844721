/**
 * `npm run bench`: what a record costs, ours and others', in interleaved rounds. See docs/performance.md.
 *
 *   --quick            a short run that proves that all of it works; its figures mean little
 *   --write            puts the tables into docs/performance.md and draws docs/performance.svg
 *   --only a,b         these servers only, by the names in contestants.js
 *   --sizes 1,1000     these numbers of records a delivery only
 *   --node 20,24       these versions of Node
 *   --rounds 5         so many rounds
 *   --no-mongo         without the part with MongoDB
 *   --profile NAME     writes a .cpuprofile of that server (on this Node; with --sizes, of that size) and ends
 */
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const { availableParallelism } = require('node:os')
const { join } = require('node:path')
const { parseArgs } = require('node:util')
const { startTestMongo } = require('../tools/test-mongo')
const { CACHE, NAMES, memoryContestants, mongoContestants } = require('./contestants')
const { plot } = require('./plot')
const { profile } = require('./profile')
const { report } = require('./report')
const { runAll, runAllOnMongo } = require('./rounds')

const DOCUMENT = join(__dirname, '../docs/performance.md')
const DRAWING = join(__dirname, '../docs/performance.svg')
const MARKERS = /(?<=<!-- bench -->\n)[\s\S]*(?=<!-- \/bench -->)/

/** Deliveries a round: enough CPU time to be told apart, and a run of ten minutes at most. */
const MEMORY_PLAN = [
  { size: 1, deliveries: 3_000 },
  { size: 10, deliveries: 2_000 },
  { size: 100, deliveries: 500 },
  { size: 1_000, deliveries: 60 },
  { size: 10_000, deliveries: 8, otherRoute: true }
]
const MONGO_PLAN = [
  { size: 1, deliveries: 300 },
  { size: 100, deliveries: 60 },
  { size: 1_000, deliveries: 16 },
  { size: 10_000, deliveries: 2 }
]
const QUICK_SIZES = [1, 1_000]
const QUICK_DELIVERIES = { 1: 20, 10: 10, 100: 5, 1000: 3, 10000: 2 }

const currentNode = process.versions.node.split('.', 1)[0]

const readArguments = () => {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      mongo: { type: 'boolean', default: true },
      only: { type: 'string' },
      sizes: { type: 'string' },
      node: { type: 'string' },
      rounds: { type: 'string' },
      profile: { type: 'string' }
    }
  })
  const list = (text) => text?.split(',').filter((part) => part !== '')
  return {
    ...values,
    only: list(values.only),
    sizes: list(values.sizes)?.map(Number),
    versions: list(values.node) ?? (values.quick ? [currentNode] : [...new Set([currentNode, '24'])]),
    rounds: Number(values.rounds ?? (values.quick ? 1 : 5))
  }
}

/** A name or number that is misspelt must not leave a part out in silence. */
const requireKnown = ({ only, sizes, rounds }) => {
  const stranger = only?.find((name) => !NAMES.includes(name))
  if (stranger !== undefined) throw new TypeError(`There is no such server as "${stranger}": ${NAMES.join(', ')}.`)
  const size = sizes?.find((wanted) => !MEMORY_PLAN.some((step) => step.size === wanted))
  if (size !== undefined) throw new TypeError(`There is no such size as ${size}: 1, 10, 100, 1000, 10000.`)
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new TypeError('"--rounds" must be a number from 1 on.')
}

const planOf = (plan, { sizes, quick, rounds }) =>
  plan
    .filter(({ size }) => (sizes ?? (quick ? QUICK_SIZES : undefined))?.includes(size) ?? true)
    .map((step) => ({ ...step, rounds, ...(quick && { deliveries: QUICK_DELIVERIES[step.size] }) }))

const log = (line) => process.stderr.write(`${line}\n`)

const measureMongo = async (contestants, plan) => {
  if (contestants.length === 0) return undefined
  let mongo
  try {
    mongo = await startTestMongo()
  } catch (error) {
    console.warn(`SKIPPED: the part with MongoDB. ${error.message}`)
    return undefined
  }
  try {
    return { kind: mongo.kind, ...(await runAllOnMongo(contestants, plan, log, mongo.uri)) }
  } finally {
    await mongo.stop()
  }
}

const write = (results, text) => {
  const document = readFileSync(DOCUMENT, 'utf8')
  writeFileSync(
    DOCUMENT,
    document.replace(MARKERS, () => `\n${text}\n\n`)
  )
  const drawn = [1_000, 1].filter((size) => size in results.memory.sent)
  if (drawn.length > 0) writeFileSync(DRAWING, plot(results.memory.results, `Node ${currentNode}`, drawn))
}

const writeProfile = async ({ profile: name, sizes = [1_000] }) => {
  const [contestant] = memoryContestants([currentNode], (candidate) => candidate === name)
  const step = MEMORY_PLAN.find(({ size }) => size === sizes[0])
  if (contestant?.runtime.startsWith('Node') !== true || step === undefined) {
    throw new TypeError(`"${name}" is not a server on Node with a memory store, or there is no such size.`)
  }
  console.log(await profile(contestant, step))
}

const main = async () => {
  const settings = readArguments()
  requireKnown(settings)
  if (settings.profile !== undefined) {
    await writeProfile(settings)
    return
  }
  const isWanted = (name) => settings.only?.includes(name) ?? true
  const contestants = memoryContestants(settings.versions, isWanted)
  const onMongo = settings.mongo ? mongoContestants(settings.versions, isWanted) : []
  const memory = await runAll(contestants, planOf(MEMORY_PLAN, settings), log)
  const mongo = await measureMongo(onMongo, planOf(MONGO_PLAN, settings))
  const machine = `${availableParallelism()} virtual cores, Node ${process.versions.node}, ${process.platform}`
  const results = { date: new Date().toISOString().slice(0, 10), machine, memory, mongo }
  const text = report(results)
  mkdirSync(CACHE, { recursive: true })
  writeFileSync(join(CACHE, 'results.json'), JSON.stringify(results, null, 1))
  console.log(text)
  if (settings.write) write(results, text)
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
