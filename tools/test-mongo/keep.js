/**
 * Runs a command (`node keep.js mongod …`) until it ends or this process's standard input does. The input ends too
 * when the process that started this one is killed, so that no mongod outlives its tests.
 * The first line on standard output is `pid PID`.
 */
const { spawn } = require('node:child_process')

const child = spawn(process.argv[2], process.argv.slice(3), { stdio: ['ignore', 'ignore', 'inherit'] })

child.on('error', (error) => {
  console.error(error.message)
  process.exit(1)
})
child.on('spawn', () => console.log(`pid ${child.pid}`))
child.on('exit', () => process.exit(0))
process.stdin.on('end', () => child.kill('SIGKILL')).resume()
