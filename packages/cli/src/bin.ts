#!/usr/bin/env node
import { run } from './run'

const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort())
process.once('SIGTERM', () => interrupt.abort())

const { stdin, stdout, stderr, env } = process
void run(process.argv.slice(2), { stdin, stdout, stderr, env, signal: interrupt.signal }).then((exitCode) => {
  process.exitCode = exitCode
})
