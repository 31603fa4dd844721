/** The page in a real browser, over a real receiver that is fed by real deliveries. */
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { rawDelivery } from '@thryve-webhook/middleware/testing'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { describeWithBrowser } from '../../../tools/test-browser'
import { epochDelivery, epochItem, startWorld, user, type World, type WorldOptions } from './world'

const VIEWS = ['live', 'health', 'data', 'quarantine', 'dead-letters'] as const
const THEMES = ['light', 'dark'] as const
const HOUR_MS = 3_600_000
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** What the browser complained about. */
const watch = (page: Page): string[] => {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return complaints
}

/** Asks until it is so; the policy of the page forbids the browser to evaluate conditions itself. */
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await setTimeout(50)
}

/** The checker is put in past the policy, which would not let it be loaded. */
const seriousFindings = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe)
  const findings = await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
    }
    return (await checker.run()).violations
  })
  return findings
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

/** Heart rates and steps of some days, from two sources. */
const feed = async ({ send }: Pick<World, 'send'>): Promise<void> => {
  const now = Date.now()
  const hearts = [...Array(480).keys()].map((hour) =>
    epochItem(now - hour * HOUR_MS, (64 + 12 * Math.sin(hour / 4) + (hour % 7)).toFixed(1))
  )
  await send(epochDelivery(hearts))
  const steps = hearts.slice(0, 200).map(({ startTimestamp }, hour) => ({
    ...epochItem(startTimestamp, String(200 + ((hour * 137) % 900))),
    dataTypeId: 1000,
    additionalDetails: { dataTypeName: 'Steps', valueType: 'LONG', generationType: 'TRACKER' }
  }))
  await send({ ...epochDelivery(steps), data: { dataSourceId: 1, dataSourceName: 'Fitbit', epochData: steps } })
  const days = [...Array(30).keys()].map((day) => ({
    day: new Date(now - day * 24 * HOUR_MS).toISOString().slice(0, 10),
    dataTypeId: 1000,
    value: String(6_000 + ((day * 1_733) % 6_000)),
    additionalDetails: { dataTypeName: 'Steps', valueType: 'LONG' }
  }))
  await send({
    endUserId: user,
    type: 'event.data.daily.create',
    data: { dataSourceId: 5, dataSourceName: 'Apple', dailyData: days }
  })
}

/** A delivery with one bad record, one that is no JSON, one refused, and one given up. */
const feedTrouble = async ({ send, adapter }: Pick<World, 'send' | 'adapter'>): Promise<void> => {
  await send(epochDelivery([epochItem('yesterday', '1'), epochItem(Date.now(), '61')]))
  await send('{"endUserId": no JSON')
  await send(epochDelivery([epochItem(Date.now(), '61')]), 'a wrong secret')
  const put = await adapter.inbox?.put(rawDelivery(), { owner: 'test', durationMs: 60_000 })
  if (put?.outcome !== 'accepted' || put.lease === undefined) throw new Error('not accepted')
  await adapter.inbox?.bury(put.lease, { code: 'THRYVE_LISTENER_FAILED' })
}

const lookUp = async (page: Page, world: World, dimension: 'epoch' | 'daily' = 'epoch'): Promise<void> => {
  await page.goto(`${world.url}/data`)
  await page.getByLabel('User (endUserId)').fill(user)
  await page.getByRole('combobox', { name: 'Records' }).selectOption(dimension)
  await page.getByRole('button', { name: 'Look up' }).click()
  await page.locator('#found').waitFor()
  await page.locator('#records tbody tr').first().waitFor()
}

describeWithBrowser('inspector in a browser', (browser: () => Browser) => {
  const worlds: World[] = []
  const contexts: BrowserContext[] = []
  const start = async (options: WorldOptions = {}): Promise<World> => {
    const world = await startWorld(options)
    worlds.push(world)
    return world
  }
  const open = async (colorScheme: 'light' | 'dark' = 'light') => {
    const context = await browser().newContext({ colorScheme, viewport: { width: 1200, height: 760 } })
    contexts.push(context)
    const page = await context.newPage()
    return { page, complaints: watch(page) }
  }
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
    for (const world of worlds.splice(0)) await world.close()
  })

  test('live: deliveries, appear as they come, with answer, outcome, records and steps', async () => {
    const world = await start()
    const { page, complaints } = await open()
    await page.goto(`${world.url}/live`)
    await page.getByText('following').waitFor()
    await world.send(epochDelivery([epochItem(Date.now(), '61'), epochItem(Date.now() - 1, '62')]))
    const stored = page.locator('#deliveries tbody tr', { hasText: 'stored' })
    await stored.waitFor()
    expect(await stored.textContent()).toMatch(/204.+event\.data\.epoch\.create2 new/)
    expect(await stored.locator('.steps-bar span').count()).toBe(4)
    await world.send(epochDelivery([]), 'a wrong secret')
    await page.locator('#deliveries tbody tr', { hasText: 'THRYVE_SIGNATURE_MISMATCH' }).waitFor()
    await world.send(epochDelivery([epochItem('yesterday', '1'), epochItem(Date.now(), '61')]))
    await page.locator('#deliveries tbody tr', { hasText: 'partly-quarantined' }).waitFor()
    expect(await page.locator('#deliveries tbody tr').count()).toBe(3)
    expect(complaints).toEqual([])
  })

  test('live: paused, stands still, and catches up', async () => {
    const world = await start()
    const { page } = await open()
    const { page: other } = await open()
    for (const each of [page, other]) {
      await each.goto(`${world.url}/live`)
      await each.getByText('following').waitFor()
    }
    await page.getByRole('button', { name: 'Pause' }).click()
    await world.send(epochDelivery([epochItem(Date.now(), '61')]))
    await other.locator('#deliveries tbody tr', { hasText: 'stored' }).waitFor()
    expect(await page.locator('#deliveries tbody tr').count()).toBe(0)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.locator('#deliveries tbody tr', { hasText: 'stored' }).waitFor()
  })

  test('health: figures, reasons and charts, are shown', async () => {
    const world = await start({ options: { sampleSeconds: 1 } })
    await feed(world)
    const { page, complaints } = await open()
    await page.goto(`${world.url}/health`)
    await page.locator('#state[data-state="ok"]').waitFor()
    expect(await page.locator('#figure-answers').textContent()).toContain('3 in')
    expect(await page.locator('.chart canvas').count()).toBe(4)
    expect(await page.locator('#sources tbody tr').count()).toBe(2)
    expect(complaints).toEqual([])
  })

  test('data: a user, shows counts and no value until these are asked for, each time audited', async () => {
    const world = await start({ options: { authorize: () => 'ada' } })
    await feed(world)
    await world.webhook.idle()
    const { page, complaints } = await open()
    await lookUp(page, world)
    expect(await page.locator('#summary').textContent()).toMatch(/^680 records, 2 types, 2 sources/)
    expect(await page.locator('#coverage tbody tr').count()).toBe(2)
    expect(await page.locator('#records tbody td:last-child').allInnerTexts()).toEqual(Array(50).fill('hidden'))
    expect(await page.locator('canvas').count()).toBe(0)
    expect(world.audited.filter(({ action }) => action === 'reveal')).toEqual([])

    await page.getByRole('button', { name: 'Reveal values' }).click()
    await page.locator('#charts canvas').nth(1).waitFor()
    await page.locator('#records tbody td:last-child', { hasText: /^\d/ }).first().waitFor()
    expect(world.audited.at(-1)).toMatchObject({ action: 'reveal', principal: 'ada', endUserId: user })
    expect(page.url()).toBe(`${world.url}/data`)

    await page.getByRole('button', { name: 'Hide values' }).click()
    await page.locator('#charts-section').waitFor({ state: 'hidden' })
    expect(await page.locator('#records tbody td:last-child').allInnerTexts()).toEqual(Array(50).fill('hidden'))
    expect(complaints).toEqual([])
  })

  test('data: zoom by drag and by button, shows the span alone, and the table follows', async () => {
    const world = await start()
    await feed(world)
    await world.webhook.idle()
    const { page } = await open()
    await lookUp(page, world)
    await page.getByRole('button', { name: 'Reveal values' }).click()
    const note = page.locator('#charts-note')
    const records = async () =>
      Number((/^([\d,]+) records/.exec((await note.textContent()) ?? '')?.[1] ?? '0').replace(',', ''))
    await until(async () => (await records()) === 680)
    const over = page.locator('#charts .u-over').first()
    await over.scrollIntoViewIfNeeded()
    const box = await over.boundingBox()
    if (box === null) throw new Error('no chart')
    await page.mouse.move(box.x + box.width * 0.7, box.y + 50)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.9, box.y + 60, { steps: 5 })
    await page.mouse.up()
    await until(async () => (await records()) !== 680)
    const zoomed = await records()
    expect(zoomed).toBeGreaterThan(0)
    expect(zoomed).toBeLessThan(680)
    await page.getByRole('button', { name: 'Zoom in' }).click()
    await until(async () => (await records()) !== zoomed)
    expect(await records()).toBeLessThan(zoomed)
    await page.getByRole('button', { name: 'Whole span' }).click()
    await until(async () => (await records()) === 680)
  })

  test('data: daily records, are bars, and the table pages', async () => {
    const world = await start()
    await feed(world)
    await world.webhook.idle()
    const { page } = await open()
    await lookUp(page, world, 'daily')
    await page.getByRole('button', { name: 'Reveal values' }).click()
    await page.locator('#charts canvas').waitFor()
    expect(await page.locator('#charts-note').textContent()).toMatch(/^(29|30) records in (29|30) points/)
    await lookUp(page, world)
    const first = await page.locator('#records tbody tr').first().textContent()
    await page.getByRole('button', { name: 'Older' }).click()
    await until(async () => (await page.locator('#records tbody tr').first().textContent()) !== first)
  })

  test('quarantine: replay, asks, does it, and tells a reason that stays', async () => {
    const world = await start()
    await feedTrouble(world)
    await world.webhook.idle()
    const { page, complaints } = await open()
    await page.goto(`${world.url}/quarantine`)
    const bad = page.locator('tbody tr', { hasText: 'THRYVE_INVALID_RECORD' })
    expect(await bad.textContent()).toContain('startTimestamp')
    await bad.getByRole('button', { name: /^Replay/ }).click()
    await page.getByRole('heading', { name: 'Replay?' }).waitFor()
    await page.getByRole('button', { name: 'Replay' }).click()
    await page.getByText('It stays: THRYVE_INVALID_RECORD.').waitFor()
    expect(complaints).toEqual([])
  })

  test('quarantine: replay of what is understood now, takes it out', async () => {
    const adapter = memoryAdapter()
    const narrow = await start({ adapter, receiver: { maxRecords: 1 } })
    await narrow.send(epochDelivery([epochItem(1_700_000_000_000, '61'), epochItem(1_700_000_001_000, '62')]))
    await narrow.webhook.idle()
    const wide = await start({ adapter })
    const { page } = await open()
    await page.goto(`${wide.url}/quarantine`)
    await page
      .locator('tbody tr', { hasText: 'THRYVE_TOO_MANY_RECORDS' })
      .getByRole('button', { name: /^Replay/ })
      .click()
    await page.getByRole('button', { name: 'Replay' }).click()
    await page.getByText('was replayed').waitFor()
    await page.getByText('Nothing is quarantined.').waitFor()
    const values: string[] = []
    for await (const { value } of adapter.find({ dimension: 'epoch', endUserId: user })) values.push(value)
    expect(values).toEqual(['61', '62'])
    expect(wide.audited.map(({ action }) => action)).toEqual(['replay'])
  })

  test('quarantine: drop, can be cancelled; confirmed, erases it', async () => {
    const world = await start()
    await feedTrouble(world)
    await world.webhook.idle()
    const { page } = await open()
    await page.goto(`${world.url}/quarantine`)
    expect(await page.locator('tbody tr').count()).toBe(2)
    await page.getByRole('button', { name: /^Drop/ }).first().click()
    await page.getByRole('link', { name: 'Cancel' }).click()
    expect(await page.locator('tbody tr').count()).toBe(2)
    await page.getByRole('button', { name: /^Drop/ }).first().click()
    await page.getByRole('button', { name: 'Drop' }).click()
    await page.getByText('was dropped').waitFor()
    expect(await page.locator('tbody tr').count()).toBe(1)
  })

  test('dead letters: requeue, brings it back to work', async () => {
    const adapter = memoryAdapter()
    const world = await start({ adapter })
    await feedTrouble(world)
    const { page, complaints } = await open()
    await page.goto(`${world.url}/dead-letters`)
    await page
      .locator('tbody tr', { hasText: 'THRYVE_LISTENER_FAILED' })
      .getByRole('button', { name: /^Requeue/ })
      .click()
    await page.getByRole('button', { name: 'Requeue' }).click()
    await page.getByText('was requeued').waitFor()
    await page.getByText('No delivery was given up.').waitFor()
    expect((await adapter.inbox.stats()).dead).toBe(0)
    expect(complaints).toEqual([])
  })

  test('dead letters: drop, erases it', async () => {
    const adapter = memoryAdapter()
    const world = await start({ adapter })
    await feedTrouble(world)
    const { page } = await open()
    await page.goto(`${world.url}/dead-letters`)
    await page.getByRole('button', { name: /^Drop/ }).click()
    await page.getByRole('button', { name: 'Drop' }).click()
    await page.getByText('was dropped').waitFor()
    expect((await adapter.inbox.list({ state: 'dead' })).entries).toEqual([])
  })

  test('authorize refuses, the page says so and shows nothing else', async () => {
    const world = await start({ options: { authorize: () => false } })
    await feedTrouble(world)
    const { page } = await open()
    for (const view of VIEWS) {
      expect((await page.goto(`${world.url}/${view}`))?.status()).toBe(403)
      expect(await page.locator('main').textContent()).toContain('INSPECTOR_UNAUTHORIZED')
      expect(await page.locator('table').count()).toBe(0)
    }
  })

  test('keyboard: skip link, views, form and reveal, are reached and worked', async () => {
    const world = await start()
    await feed(world)
    await world.webhook.idle()
    const { page } = await open()
    await page.goto(`${world.url}/live`)
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    expect(await page.locator(':focus').getAttribute('id')).toBe('content')
    await page.goto(`${world.url}/live`)
    for (const _step of ['skip', 'live', 'health', 'data']) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Data' }).waitFor()
    await page.locator('#user').focus()
    await page.keyboard.type(user)
    await page.keyboard.press('Enter')
    await page.locator('#found').waitFor()
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press('Tab')
      if ((await page.locator(':focus').getAttribute('id')) === 'reveal') break
    }
    await page.keyboard.press('Space')
    await page.locator('#charts canvas').first().waitFor()
    await page.locator('#theme').focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('html').getAttribute('data-theme')).toBe('light')
    await page.keyboard.press('Enter')
    await page.reload()
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
  })

  test.each(THEMES)('%s: every view, has no serious finding of accessibility and no complaint', async (theme) => {
    const world = await start({ options: { sampleSeconds: 1 } })
    await feed(world)
    await feedTrouble(world)
    await world.webhook.idle()
    const { page, complaints } = await open(theme)
    const findings: string[] = []
    for (const view of VIEWS) {
      await page.goto(`${world.url}/${view}`)
      if (view === 'live') await page.locator('#deliveries tbody tr').nth(4).waitFor()
      if (view === 'health') await page.locator('.chart canvas').nth(3).waitFor()
      if (view === 'data') {
        await lookUp(page, world)
        findings.push(...(await seriousFindings(page)))
        await page.getByRole('button', { name: 'Reveal values' }).click()
        await page.locator('#charts canvas').nth(1).waitFor()
      }
      findings.push(...(await seriousFindings(page)))
      if (view === 'data') await page.setViewportSize({ width: 1080, height: 1080 })
      await shoot(page, view, theme)
      await page.setViewportSize({ width: 1200, height: 760 })
    }
    await page.goto(`${world.url}/quarantine`)
    await page.getByRole('button', { name: /^Drop/ }).first().click()
    findings.push(...(await seriousFindings(page)))
    expect(findings).toEqual([])
    expect(complaints).toEqual([])
  })
})

/** With `SCREENSHOTS=folder` the views are kept as pictures. */
const shoot = async (page: Page, view: string, theme: string): Promise<void> => {
  const { SCREENSHOTS: folder } = process.env
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${view}-${theme}.png`), await page.screenshot())
}
