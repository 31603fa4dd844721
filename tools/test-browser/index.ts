/** A real browser for tests. Without one the suites are skipped, loudly; `REQUIRE_BROWSER=1` makes that a failure. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'chrome']

const usualPlaces = (): string[] => {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`
    )
  }
  if (process.platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) => process.env[name] ?? 'C:\\')
    const parts = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe']
    return roots.flatMap((root) => parts.map((part) => join(root, part)))
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
}

/** The browser's program: `CHROME_PATH`, else one in a usual place. */
export const findBrowser = (): string | undefined => {
  const { CHROME_PATH: given } = process.env
  if (given === undefined || given === '') return usualPlaces().find((path) => existsSync(path))
  if (existsSync(given)) return given
  throw new Error('CHROME_PATH leads nowhere.')
}

/** Starts the browser. Chromium refuses its sandbox to root. */
export const launchBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })

/** A suite that needs a browser. */
export const describeWithBrowser = (name: string, suite: (browser: () => Browser) => void): void => {
  const program = findBrowser()
  if (program === undefined && process.env['REQUIRE_BROWSER'] !== '1') {
    console.warn(`SKIPPED, since no browser was found (set CHROME_PATH): ${name}`)
    describe.skip(name, () => suite(() => undefined as never))
    return
  }
  describe(name, () => {
    let browser: Browser | undefined
    beforeAll(async () => {
      if (program === undefined) throw new Error('REQUIRE_BROWSER=1, but no browser was found. Set CHROME_PATH.')
      browser = await launchBrowser(program)
    }, 60_000)
    afterAll(() => browser?.close())
    suite(() => browser as Browser)
  })
}
