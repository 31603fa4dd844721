import { join } from 'node:path'
import { runChild } from './child'

/** What the program prints. */
interface Outcome {
  readonly counts: Readonly<Record<string, number>>
  readonly parsed: number
  readonly acknowledged: number
  readonly stored: number
  readonly quarantined: number
  readonly lost: number
  readonly strangers: number
  readonly errors: readonly string[]
}

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const runs = Number(process.env['FUZZ_RUNS'] ?? 1_500)

test(`random deliveries (FUZZ_SEED=${seed}), are answered and none acknowledged is lost`, () => {
  const outcome = runChild<Outcome>(join(__dirname, 'hostile-fuzz-program.ts'), { seed, runs })
  const allowed = ['204', '401', '413', '415', '503']
  expect(Object.keys(outcome.counts).filter((status) => !allowed.includes(status))).toEqual([])
  expect(outcome).toMatchObject({ lost: 0, strangers: 0, errors: [] })
  // The generator reaches both ends.
  expect(outcome.stored).toBeGreaterThan(runs / 20)
  expect(outcome.quarantined).toBeGreaterThan(runs / 20)
  expect(outcome.counts['401']).toBeGreaterThan(0)
})
