/** A real browser for tests. Without one the suites are skipped, loudly; `REQUIRE_BROWSER=1` makes that a failure. */
import { type Browser, chromium } from 'playwright-core'
import { findBrowser } from './find'

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
