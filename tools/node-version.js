/** Other Node versions, as the npm package `node` brings them. */
const { execFileSync } = require('node:child_process')
const { join } = require('node:path')
const { cachedInstall } = require('./cached-install')

/**
 * The path of a Node binary of that major version.
 *
 * @param {number | string} major e.g. 24
 * @returns {string}
 */
const nodeBinary = (major) => {
  if (process.versions.node.split('.', 1)[0] === String(major)) return process.execPath
  const binary = join(cachedInstall(`node-${major}`, [`node@${major}`]), 'node/bin/node')
  const version = execFileSync(binary, ['--version'], { encoding: 'utf8' })
  if (version.startsWith(`v${major}.`)) return binary
  throw new Error(`The npm package node@${major} brought Node ${version}`)
}

module.exports = { nodeBinary }
