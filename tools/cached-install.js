/** Packages beside those of package-lock.json, for tests against other versions: installed once, under node_modules/.cache. */
const { execFileSync } = require('node:child_process')
const { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

/**
 * Installs packages into a folder of their own, unless they are there.
 *
 * @param {string} name of the folder
 * @param {readonly string[]} packages e.g. ['mongodb@6']
 * @returns {string} the folder's node_modules
 */
const cachedInstall = (name, packages) => {
  const folder = join(__dirname, '../node_modules/.cache', name)
  const complete = join(folder, 'complete')
  const wanted = packages.join('\n')
  if (existsSync(complete) && readFileSync(complete, 'utf8').trim() === wanted) return join(folder, 'node_modules')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  // The package `node` links its platform's binary in an install script.
  execFileSync(npm, ['install', '--no-save', '--no-audit', '--no-fund', '--foreground-scripts', ...packages], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit']
  })
  writeFileSync(complete, wanted)
  return join(folder, 'node_modules')
}

module.exports = { cachedInstall }
