/** Prints the last reports as a table and, with names of targets, the mutants of these that lived. */
const { existsSync, readFileSync } = require('node:fs')
const { join } = require('node:path')
const targets = require('./targets.json')

const reports = join(__dirname, '../../node_modules/.cache/mutation-reports')

const filesOf = (name) => {
  const file = join(reports, `${name}.json`)
  return existsSync(file) ? Object.entries(JSON.parse(readFileSync(file, 'utf8')).files) : []
}

const shortName = (path) => path.replace('packages/middleware/src/', '')

const rowOf = ([path, { mutants }]) => {
  const count = (...states) => mutants.filter(({ status }) => states.includes(status)).length
  const killed = count('Killed')
  const timeouts = count('Timeout')
  const lived = count('Survived', 'NoCoverage')
  const score = ((killed + timeouts) / Math.max(1, killed + timeouts + lived)) * 100
  return { file: shortName(path), mutants: killed + timeouts + lived, killed, timeouts, lived, score: score.toFixed(1) }
}

const survivorsOf = ([path, { mutants, source }]) =>
  mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map(({ location: { start, end }, mutatorName, replacement }) => {
      const line = source.split('\n')[start.line - 1] ?? ''
      const original = start.line === end.line ? line.slice(start.column - 1, end.column - 1) : line.trim()
      return `${shortName(path)}:${start.line}:${start.column} ${mutatorName}: ${original} -> ${replacement}`
    })

console.table(Object.keys(targets).flatMap(filesOf).map(rowOf))
for (const survivor of process.argv.slice(2).flatMap(filesOf).flatMap(survivorsOf)) console.log(survivor)
