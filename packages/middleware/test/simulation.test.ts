/**
 * Seeded worlds, as many as fit into some seconds. `SIMULATION_SEED=<seed>` runs one again,
 * `SIMULATION_SECONDS=<seconds>` changes how long each climate lasts.
 */
import { type Climate, type Outcome, simulate } from './simulation'
import { plantedBugs } from './simulation/planted-bugs'

const { SIMULATION_SEED, SIMULATION_SECONDS = '6' } = process.env
const FIRST_SEED = Number(SIMULATION_SEED ?? 1)
const BUDGET_MS = SIMULATION_SEED === undefined ? Number(SIMULATION_SECONDS) * 1_000 : 0
const FEWEST_SEEDS = SIMULATION_SEED === undefined ? 40 : 1
const CLIMATES: readonly Climate[] = ['storm', 'calm']

/** Not `console.log`: the line counts, not where it was printed. */
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const runWorlds = async (climate: Climate): Promise<Outcome['counts'] & { readonly seeds: number }> => {
  const total = { seeds: 0, deliveries: 0, promised: 0, givenUp: 0, dead: 0, exits: 0, steps: 0 }
  const endsAtMs = Date.now() + BUDGET_MS
  for (let seed = FIRST_SEED; total.seeds < FEWEST_SEEDS || Date.now() < endsAtMs; seed += 1) {
    const { violations, counts } = await simulate(seed, climate)
    if (violations.length > 0) throw new Error(`SIMULATION_SEED=${seed}, ${climate}:\n${violations.join('\n')}`)
    total.seeds += 1
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) total[name] += counts[name]
  }
  return total
}

test.each(CLIMATES)(
  'simulation: %s over several receivers, every promise is kept',
  async (climate) => {
    const counts = await runWorlds(climate)
    say(`simulation, ${climate}: ${JSON.stringify(counts)}`)
    expect(counts.promised).toBeGreaterThan(0)
  },
  BUDGET_MS + 60_000
)

test('simulation: one seed twice, does the same', async () => {
  expect(await simulate(7, 'storm')).toEqual(await simulate(7, 'storm'))
})

test.each(plantedBugs)(
  'simulation: $mechanism, is caught: $symptom',
  async ({ climate, bug, symptom }) => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const { violations } = await simulate(seed, climate, bug())
      if (violations.some((violation) => violation.startsWith(symptom))) return
    }
    throw new Error('300 seeds did not notice')
  },
  60_000
)
