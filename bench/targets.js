/** The ratios that ours must reach, and how near it is. */

const CPU = 'cpuPerMillion'

const TARGETS = [
  ...[1_000, 10_000].flatMap((size) => [
    { what: 'CPU per record', size, figure: CPU, ours: 'ours-express', than: 'floor', atMost: 1.1 },
    { what: 'CPU per record', size, figure: CPU, ours: 'ours-express', than: 'express-zod', atMost: 0.5 },
    { what: 'CPU per record', size, figure: CPU, ours: 'ours-express', than: 'fastify-typebox', atMost: 1 },
    { what: 'CPU per record', size, figure: CPU, ours: 'ours-express', than: 'go', atMost: 1 },
    { what: 'CPU per record', size, figure: CPU, ours: 'ours-express', than: 'fastapi', atMost: 0.25 }
  ]),
  { what: 'CPU per delivery', size: 1, figure: CPU, ours: 'ours-express', than: 'express-parse', atMost: 1.15 },
  { what: 'CPU per delivery', size: 1, figure: CPU, ours: 'ours-http', than: 'floor', atMost: 1.15 },
  {
    what: "another route's p99",
    size: 10_000,
    figure: 'otherP99',
    ours: 'ours-express',
    than: 'express-zod',
    atMost: 0.5
  },
  { what: 'CPU per record', size: 1_000, figure: CPU, ours: 'ours-mongo', than: 'express-zod-mongo', atMost: 0.7 },
  {
    what: 'records/s',
    size: 1_000,
    figure: 'recordsPerSecond',
    ours: 'ours-mongo',
    than: 'express-zod-mongo',
    atLeast: 1.3
  },
  { what: "answer's p50", size: 1_000, figure: 'p50', ours: 'ours-mongo', than: 'express-zod-mongo', atMost: 0.25 }
]

/** Those on another runtime are the same for every version of Node. */
const pick = (all, kind, runtime) =>
  all.find((each) => each.kind === kind && (each.name === kind || each.runtime === runtime))

/** @returns the ratio of every target for one version of Node, where both sides were measured */
const judge = (all, runtime) =>
  TARGETS.flatMap((target) => {
    const ours = pick(all, target.ours, runtime)
    const other = pick(all, target.than, runtime)
    const ratio = ours?.sizes[target.size]?.[target.figure] / other?.sizes[target.size]?.[target.figure]
    if (Number.isNaN(ratio)) return []
    const isReached = target.atMost === undefined ? ratio >= target.atLeast : ratio <= target.atMost
    return [{ ...target, oursLabel: ours.label, otherLabel: other.label, ratio, isReached }]
  })

module.exports = { judge }
