/** CPU per record as bars, in an SVG that can be read on white and on black. */
const { short } = require('./report')

const WIDTH = 760
const BAR = 16
const ROW = 24
const LABELS = 300
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .bar { fill: #9aa4ae }
  .ours { fill: #1a7f37 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .bar { fill: #6e7781 }
    .ours { fill: #3fb950 }
  }`

const escapeXml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const panel = (results, size, top) => {
  const bars = results
    .map(({ kind, label, runtime, sizes }) => ({ kind, label, runtime, value: sizes[size]?.cpuPerMillion }))
    .filter(({ value }) => value !== undefined)
    .toSorted((a, b) => a.value - b.value)
  const longest = Math.max(...bars.map(({ value }) => value))
  const title = `CPU seconds per million records, ${size.toLocaleString('en-US')} a delivery`
  const rows = bars.map(({ kind, label, runtime, value }, index) => {
    const y = top + 36 + index * ROW
    const width = Math.max(1, (value / longest) * (WIDTH - LABELS - 80))
    const name = runtime.startsWith('Node') ? label : `${label}, ${runtime}`
    return `  <text x="${LABELS - 8}" y="${y + 12}" text-anchor="end">${escapeXml(name)}</text>
  <rect class="${kind.startsWith('ours') ? 'ours' : 'bar'}" x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR}"/>
  <text x="${(LABELS + width + 6).toFixed(1)}" y="${y + 12}">${short(value)}</text>`
  })
  const lines = [`  <text class="title" x="8" y="${top + 20}">${title}</text>`, ...rows]
  return { lines, bottom: top + 36 + bars.length * ROW + 12 }
}

/** @returns the SVG of one version of Node and of those that do not run on Node, a panel for each size */
const plot = (results, runtime, sizes) => {
  const shown = results.filter((each) => each.runtime === runtime || !each.runtime.startsWith('Node'))
  let height = 0
  const lines = []
  for (const size of sizes) {
    const { lines: more, bottom } = panel(shown, size, height)
    lines.push(...more)
    height = bottom
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="CPU per record, ${runtime}">
<style>${STYLE}
</style>
${lines.join('\n')}
</svg>
`
}

module.exports = { plot }
