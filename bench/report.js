/** Results as Markdown tables. */
const { judge } = require('./targets')

const number = (value, digits = 0) =>
  value === undefined
    ? ''
    : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** Three digits that count. */
const short = (value) => {
  if (value === undefined) return ''
  if (value >= 100) return number(value)
  return number(value, value >= 10 ? 1 : 2)
}

const table = (head, rows) => {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column].length)))
  const line = (row) =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(' | ')} |`
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

const sizesOf = (results) => [...new Set(results.flatMap(({ sizes }) => Object.keys(sizes)))].map(Number)

const nodeRuntimes = (results) =>
  [...new Set(results.map(({ runtime }) => runtime))].filter((name) => name.startsWith('Node'))

/** Those on that version of Node, and those that do not run on Node. */
const comparable = (results, runtime) =>
  results.filter((each) => each.runtime === runtime || !each.runtime.startsWith('Node'))

const labelOf = ({ label, runtime }) => (runtime.startsWith('Node') ? label : `${label} (${runtime})`)

const cpuTable = (results) => {
  const sizes = sizesOf(results)
  return table(
    ['CPU s per million records', ...sizes.map((size) => number(size))],
    results.map((each) => [labelOf(each), ...sizes.map((size) => short(each.sizes[size]?.cpuPerMillion))])
  )
}

const detailTable = (results, sizes, huge) =>
  table(
    [
      '',
      ...sizes.flatMap((size) => [`deliveries/s of ${number(size)}`, 'p50 ms', 'p99 ms']),
      `other route p99 ms, at ${number(huge)}`,
      `peak MB, at ${number(huge)}`
    ],
    results.map((each) => {
      const most = each.sizes[huge]
      return [
        labelOf(each),
        ...sizes.flatMap((size) => {
          const { deliveriesPerSecond, p50, p99 } = each.sizes[size] ?? {}
          return [number(deliveriesPerSecond), short(p50), short(p99)]
        }),
        short(most?.otherP99),
        most === undefined ? '' : number(most.peakBytes / 1e6)
      ]
    })
  )

const mongoTable = (results) =>
  table(
    ['', 'records a delivery', 'receiver CPU s per million', 'records/s', 'answer p50 ms', 'p99 ms'],
    sizesOf(results).flatMap((size) =>
      results.map((each) => {
        const { cpuPerMillion, recordsPerSecond, p50, p99 } = each.sizes[size]
        return [labelOf(each), number(size), short(cpuPerMillion), number(recordsPerSecond), short(p50), short(p99)]
      })
    )
  )

const targetTable = (all, runtimes) => {
  const judged = runtimes.map((runtime) => judge(all, runtime))
  const rowOf = (target) => {
    const { what, size, oursLabel, otherLabel, atMost, atLeast } = target
    const wanted = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`
    const reached = judged.map((targets) => {
      const found = targets.find((each) => ['what', 'size', 'ours', 'than'].every((key) => each[key] === target[key]))
      return found === undefined ? '' : `${number(found.ratio, 2)}${found.isReached ? '' : ' missed'}`
    })
    return [`${what} at ${number(size)}: ${oursLabel} / ${otherLabel}`, wanted, ...reached]
  }
  return table(['', 'wanted', ...runtimes], (judged[0] ?? []).map(rowOf))
}

const sentTable = (sent) =>
  table(
    ['records a delivery', 'deliveries a round', 'rounds', 'bytes sent', 'JSON bytes a record'],
    Object.entries(sent).map(([size, { deliveries, rounds, bytesPerDelivery, jsonBytesPerRecord }]) => [
      number(Number(size)),
      number(deliveries),
      String(rounds),
      number(bytesPerDelivery),
      number(jsonBytesPerRecord)
    ])
  )

/** @returns the whole report, as the part of docs/performance.md between its markers */
const report = ({ machine, date, memory, mongo }) => {
  const all = [...memory.results, ...(mongo?.results ?? [])]
  const runtimes = nodeRuntimes(all)
  const sizes = sizesOf(memory.results)
  const shownInDetail = [...new Set([sizes[0], sizes.includes(1_000) ? 1_000 : sizes.at(-1)])]
  const sections = [`Measured on ${date}: ${machine}.`, '## Targets', targetTable(all, runtimes)]
  for (const runtime of memory.results.length > 0 ? runtimes : []) {
    const shown = comparable(memory.results, runtime)
    sections.push(`## Memory stores, ${runtime}`, cpuTable(shown), detailTable(shown, shownInDetail, sizes.at(-1)))
  }
  if (mongo !== undefined && mongo.results.length > 0) {
    sections.push(`## MongoDB (${mongo.kind})`)
    for (const runtime of runtimes) {
      sections.push(`${runtime}:`, mongoTable(mongo.results.filter((each) => each.runtime === runtime)))
    }
  }
  sections.push('## What was sent', sentTable(memory.sent))
  return sections.join('\n\n')
}

module.exports = { report, short }
