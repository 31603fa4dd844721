/** Installs Chromium on a Debian that has no browser, for the tests of the inspector's page. */
const { spawnSync } = require('node:child_process')
const { findBrowser } = require('./find')

const install = () => {
  for (const words of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const { status } = spawnSync('apt-get', words, { stdio: 'inherit', timeout: 300_000 })
    if (status !== 0) return false
  }
  return findBrowser() !== undefined
}

if (findBrowser() === undefined && !install()) {
  console.error('No browser was found, and none could be installed. Install Chromium or Chrome, or set CHROME_PATH.')
  process.exitCode = 1
}
