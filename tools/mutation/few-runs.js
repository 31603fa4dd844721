/** fast-check with few runs of each property, and always with one seed: a mutant must meet the same fate twice. */
const { join } = require('node:path')
const fastCheck = require(join(__dirname, '../../node_modules/fast-check/lib/cjs/fast-check.js'))

const MOST_RUNS = Number(process.env.MUTATION_RUNS ?? 50)

const assert = (property, { numRuns = 100, ...parameters } = {}) =>
  fastCheck.assert(property, { ...parameters, seed: 7, endOnFailure: true, numRuns: Math.min(numRuns, MOST_RUNS) })

const fewRuns = { ...fastCheck, assert }

module.exports = { ...fewRuns, __esModule: true, default: fewRuns }
