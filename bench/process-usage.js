/** What the kernel says of a process and its children. Linux only; elsewhere there is no answer. */
const { existsSync, readdirSync, readFileSync } = require('node:fs')

const TICKS_PER_SECOND = 100

/** The fields of `/proc/PID/stat` after the command, which may hold anything. */
const statOf = (pid) => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }
}

const allStats = () => {
  const stats = new Map()
  for (const name of readdirSync('/proc')) {
    try {
      if (/^\d+$/.test(name)) stats.set(Number(name), statOf(name))
    } catch {
      // It has ended meanwhile.
    }
  }
  return stats
}

/** User and system time of a process and all that it started, in seconds; off by 10 ms a process. */
const treeCpuSeconds = (pid) => {
  if (!existsSync('/proc/self/stat')) return undefined
  const stats = allStats()
  const sum = (parent) => {
    let { ticks } = stats.get(parent) ?? { ticks: 0 }
    for (const [child, stat] of stats) if (stat.parent === parent) ticks += sum(child)
    return ticks
  }
  return sum(pid) / TICKS_PER_SECOND
}

/** The most memory that a process ever had, in bytes. */
const peakBytes = (pid) => {
  if (!existsSync('/proc/self/status')) return undefined
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024
}

module.exports = { peakBytes, treeCpuSeconds }
