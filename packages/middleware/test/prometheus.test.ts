import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Registry } from 'prom-client'
import { parse } from 'yaml'
import type { ErrorCode, Receiver, SignalMap } from '../src/index'
import { metrics } from '../src/telemetry/prometheus'
import { build, post, signed } from './deliveries'
import { createObserved } from './observed'

const observability = (name: string) => readFileSync(join(__dirname, '../../../observability', name), 'utf8')

const run = async () => {
  const registry = new Registry()
  const observed = createObserved({ logger: { warn: () => {}, error: () => {} } })
  const stop = metrics(observed.webhook, { registry })
  await observed.run()
  return { registry, stop, text: await registry.metrics() }
}

describe('metrics', () => {
  test('deliveries of every fate, are counted', async () => {
    const { text } = await run()
    for (const line of [
      'thryve_answers_total{status="204",code="none"} 8',
      'thryve_answers_total{status="401",code="THRYVE_SIGNATURE_MISMATCH"} 2',
      'thryve_answers_total{status="415",code="THRYVE_UNSUPPORTED_ENCODING"} 1',
      'thryve_deliveries_total{outcome="partly-quarantined",type="event.data.epoch.create"} 1',
      'thryve_deliveries_total{outcome="outage",type="event.data.epoch.create"} 1',
      'thryve_records_total{outcome="inserted"} 1',
      'thryve_records_total{outcome="bad"} 2',
      'thryve_quarantine_size 4',
      'thryve_inbox_entries{state="ready"} 2',
      'thryve_store_up 0',
      'thryve_in_flight 0',
      'thryve_health_state 2'
    ]) {
      expect(text.split('\n')).toContain(line)
    }
  })

  test('a full quarantine, says how many it lost', async () => {
    const registry = new Registry()
    const built = build({ maxQuarantined: 1 })
    metrics(built.webhook, { registry })
    for (const junk of ['junk', 'more junk', 'most junk']) await post(built, await signed(junk))
    expect((await registry.metrics()).split('\n')).toContain('thryve_quarantine_dropped_total 2')
    await built.webhook.close()
  })

  test('codes, types and statuses that nobody knows, do not make new series', async () => {
    const registry = new Registry()
    const listeners: Record<string, (argument: never) => void> = {}
    const on = (name: string, listener: (argument: never) => void) => {
      listeners[name] = listener
    }
    const health = (await createObserved({ logger: { warn: () => {}, error: () => {} } })).webhook.health
    metrics({ on, off: () => {}, health } as unknown as Receiver, { registry })
    for (let index = 0; index < 1_000; index += 1) {
      const code = `CODE_${index}` as ErrorCode
      const answered: SignalMap['answered'] = { status: 600 + index, code, durationMs: index, bytes: index }
      const processed = {
        deliveryId: `${index}`,
        outcome: 'retried',
        code,
        type: `type.${index}`,
        attempt: index,
        dataSourceIds: [index],
        bytes: index,
        badRecords: index,
        steps: {},
        durationMs: index
      }
      listeners['answered']?.(answered as never)
      listeners['processed']?.(processed as never)
    }
    const lines = (await registry.metrics()).split('\n').filter((line) => !line.startsWith('#'))
    expect(lines.filter((line) => line.includes('CODE_') || line.includes('type.'))).toEqual([])
    expect(lines.length).toBeLessThan(200)
  })

  test('stopped, takes its metrics with it; a second receiver takes a prefix', async () => {
    const registry = new Registry()
    const { webhook } = createObserved({ logger: { warn: () => {}, error: () => {} } })
    const stop = metrics(webhook, { registry })
    expect(() => metrics(webhook, { registry })).toThrow(/already been registered/)
    metrics(webhook, { registry, prefix: 'second_' })
    stop()
    const names = registry.getMetricsAsArray().map(({ name }) => name)
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter((name) => !name.startsWith('second_'))).toEqual([])
  })
})

test('docs/observability.md, names every metric, reason and outcome', async () => {
  const docs = readFileSync(join(__dirname, '../../../docs/observability.md'), 'utf8')
  const { registry } = await run()
  const names = registry.getMetricsAsArray().map(({ name }) => name.replace('thryve_', ''))
  const sources = ['health/health-report', 'signals'].map((name) =>
    readFileSync(join(__dirname, `../src/${name}.ts`), 'utf8')
  )
  const words = sources.flatMap((source) => [...source.matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, word = '']) => word))
  expect(words.length).toBeGreaterThan(15)
  expect([...names, ...words].filter((word) => !docs.includes(`\`${word}\``))).toEqual([])
})

describe('observability/', () => {
  const dashboard = JSON.parse(observability('grafana-dashboard.json'))
  const rules = parse(observability('alerts.yml')).groups.flatMap(({ rules: all }: { rules: object[] }) => all) as {
    alert: string
    expr: string
    labels: { severity: string }
    annotations: { summary: string }
  }[]
  const expressions: string[] = [
    ...dashboard.panels.flatMap(({ targets }: { targets: { expr: string }[] }) => targets.map(({ expr }) => expr)),
    ...rules.map(({ expr }) => expr)
  ]

  test('every metric and label of dashboard and alerts, is in a run', async () => {
    const { text } = await run()
    const exported = new Map<string, Set<string>>()
    for (const [, name = '', , labels = ''] of text.matchAll(/^(thryve_\w+)(\{(.*?)\})? /gm)) {
      const known = exported.get(name) ?? new Set()
      for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label)
      exported.set(name, known)
    }
    const used = expressions.flatMap((expression) => [...expression.matchAll(/(thryve_\w+)(\{([^}]*)\})?/g)])
    expect(used.length).toBeGreaterThanOrEqual(expressions.length)
    expect(used.filter(([, name = '']) => !exported.has(name)).map(([, name]) => name)).toEqual([])
    const unknownLabels = used.flatMap(([, name = '', , matchers = '']) =>
      [...matchers.matchAll(/(\w+)\s*(?:=~|!=|=)/g)].filter(([, label = '']) => !exported.get(name)?.has(label))
    )
    expect(unknownLabels).toEqual([])
  })

  test('every counter, is read as a rate; every histogram by its buckets', () => {
    for (const expression of expressions) {
      for (const [, name = ''] of expression.matchAll(/(thryve_\w+_(?:total|bucket))/g)) {
        expect(expression).toMatch(new RegExp(`(rate|increase)\\(${name}(\\{[^}]*\\})?\\[`))
      }
    }
  })

  test('alerts, have a name of their own, a severity and a summary', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
    expect(rules.length).toBeGreaterThan(5)
    for (const { labels, annotations } of rules) {
      expect(['warning', 'critical']).toContain(labels.severity)
      expect(annotations.summary).toMatch(/\.$/)
    }
  })

  test('panels, have ids of their own and do not overlap', () => {
    const panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[] = dashboard.panels
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`)
    )
    expect(new Set(cells).size).toBe(cells.length)
  })
})
