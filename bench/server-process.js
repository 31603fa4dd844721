/** A server in a process of its own, and its control port. */
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { createInterface } = require('node:readline')
const { peakBytes, treeCpuSeconds } = require('./process-usage')

const firstLine = async (child, name) => {
  const lines = createInterface({ input: child.stdout })
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`The server "${name}" ended (${code}) before it listened.`)
  })
  exited.catch(() => {})
  const [line] = await Promise.race([once(lines, 'line'), exited])
  return JSON.parse(line)
}

/**
 * Starts a contestant.
 *
 * @param {{ name: string, command: string, args: string[], env?: object }} contestant
 */
const startServer = async ({ name, command, args, env }) => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  const { port, controlPort } = await firstLine(child, name)
  child.stdout.resume()

  const ask = async (path, parameter = null) => {
    const url = `http://127.0.0.1:${controlPort}${path}`
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(parameter) })
    if (!response.ok) throw new Error(`"${name}" answered ${response.status} to ${path}: ${await response.text()}`)
    return response.json()
  }

  return {
    port,
    /** Waits until all work is done. CPU as the server was billed for it, and as its process tree was. */
    async usage() {
      const { cpuSeconds, peakBytes: ownPeakBytes } = await ask('/usage')
      return {
        cpuSeconds,
        treeCpuSeconds: treeCpuSeconds(child.pid) ?? cpuSeconds,
        // What a process says of itself may be its parent's: the kernel hands the peak on.
        peakBytes: peakBytes(child.pid) ?? ownPeakBytes
      }
    },
    count: (userIds) => ask('/count', userIds),
    reset: (parameter) => ask('/reset', parameter),
    startProfile: () => ask('/profile/start'),
    stopProfile: () => ask('/profile/stop'),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.stdin.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
      await once(child, 'exit')
      clearTimeout(timer)
    }
  }
}

module.exports = { startServer }
