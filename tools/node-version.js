/** Other Node versions, as the npm package `node` brings them: installed once, under node_modules/.cache. */
const { execFileSync } = require('node:child_process')
const { existsSync, mkdirSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

/**
 * The path of a Node binary of that major version.
 *
 * @param {number | string} major e.g. 24
 * @returns {string}
 */
const nodeBinary = (major) => {
  if (process.versions.node.split('.', 1)[0] === String(major)) return process.execPath
  const folder = join(__dirname, `../node_modules/.cache/node-${major}`)
  const binary = join(folder, 'node_modules/node/bin/node')
  if (existsSync(binary)) return binary
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  // The package links its platform's binary in an install script.
  execFileSync(npm, ['install', '--no-save', '--foreground-scripts', `node@${major}`], {
    cwd: folder,
    stdio: 'inherit'
  })
  return binary
}

module.exports = { nodeBinary }
