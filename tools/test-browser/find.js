/** Where a browser is: `CHROME_PATH`, else the usual places. */
const { existsSync } = require('node:fs')
const { delimiter, join } = require('node:path')

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']

const onMac = () =>
  ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)

const onWindows = () => {
  const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => process.env[name] ?? [])
  const parts = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe']
  return roots.flatMap((root) => parts.map((part) => join(root, part)))
}

const onPath = () => {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
}

const usualPlaces = { darwin: onMac, win32: onWindows }[process.platform] ?? onPath

/** @type {import('./find').findBrowser} */
function findBrowser() {
  const given = process.env.CHROME_PATH
  if (!given) return usualPlaces().find((path) => existsSync(path))
  if (existsSync(given)) return given
  throw new Error('CHROME_PATH leads nowhere.')
}

module.exports = { findBrowser }
