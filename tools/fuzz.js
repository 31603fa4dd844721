/**
 * Fuzzes the whole path for as long as asked, round after round: `npm run fuzz -- --minutes 30 [--seed N] [--runs 5000]`.
 * Ends with exit code 1 at the first crash, hang, wrong status, error, lost or forged delivery, or memory that keeps growing,
 * and prints the seed that shows it again.
 */
const { spawn } = require('node:child_process')
const { join } = require('node:path')
const { parseArgs } = require('node:util')

const program = join(__dirname, '../packages/middleware/test/hostile-fuzz-program.ts')
const hook = join(__dirname, 'typescript-hook.js')
const ALLOWED = new Set(['204', '401', '413', '415', '503'])
/** A round takes seconds; one that hangs takes for ever. */
const HANG_MS = 300_000
const MAX_RSS_BYTES = 1_024 ** 3

const round = (seed, runs) =>
  new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['-r', hook, '-e', 'require(process.argv[1])', program, JSON.stringify({ seed, runs })],
      {
        cwd: join(__dirname, '..'),
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: HANG_MS
      }
    )
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    child.on('close', (code, signal) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(signal === null ? `exit ${code}` : `hang: ${signal}`))
    )
  })

const faultsOf = ({ counts, lost, strangers, errors, rssBytes }) => [
  ...Object.keys(counts).flatMap((status) => (ALLOWED.has(status) ? [] : [`status ${status}`])),
  ...(lost > 0 ? [`${lost} lost`] : []),
  ...(strangers > 0 ? [`${strangers} stored without an answer of 204`] : []),
  ...errors,
  ...(rssBytes > MAX_RSS_BYTES ? [`${Math.round(rssBytes / 2 ** 20)} MiB resident`] : [])
]

const main = async () => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      runs: { type: 'string', default: '5000' }
    }
  })
  const [minutes, firstSeed, runs] = [Number(values.minutes), Number(values.seed), Number(values.runs)]
  if (![minutes, firstSeed, runs].every((number) => Number.isFinite(number) && number >= 0)) {
    console.error('Usage: npm run fuzz -- [--minutes 30] [--seed 1] [--runs 5000]')
    process.exitCode = 2
    return
  }
  const endsAtMs = Date.now() + minutes * 60_000
  const total = { runs: 0, acknowledged: 0, stored: 0, quarantined: 0 }
  for (let seed = firstSeed; total.runs === 0 || Date.now() < endsAtMs; seed++) {
    try {
      const outcome = await round(seed, runs)
      const faults = faultsOf(outcome)
      if (faults.length > 0) throw new Error(faults.join(', '))
      total.runs += runs
      for (const name of ['acknowledged', 'stored', 'quarantined']) total[name] += outcome[name]
      console.log(`seed ${seed}: ${JSON.stringify(outcome.counts)}, ${Math.round(outcome.rssBytes / 2 ** 20)} MiB`)
    } catch (error) {
      console.error(`FAILED: ${error.message}. Again: npm run fuzz -- --minutes 0 --seed ${seed} --runs ${runs}`)
      process.exitCode = 1
      return
    }
  }
  console.log(`No fault in ${total.runs} runs: ${JSON.stringify(total)}`)
}

void main()
