import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findTestMongo } from '../../tools/test-mongo'

const root = join(__dirname, '../..')
const ON_NODE = ['floor', 'express-parse', 'express-zod', 'express-io-ts', 'fastify-typebox']
const OURS = ['ours-express', 'ours-http', 'ours-stored']
const ON_MONGO = ['express-zod-mongo', 'ours-mongo', 'ours-mongo-stored']

/** Runs the bench as a user would. Each server is asked at the end for every record, and the bench fails where one is missing. */
const bench = async (...parameters: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'bench/run.js'), ...parameters], {
    cwd: root,
    timeout: 240_000
  })
  return stdout
}

const cacheFile = (name: string): unknown =>
  JSON.parse(readFileSync(join(root, 'node_modules/.cache/bench', name), 'utf8'))

interface Result {
  readonly kind: string
  readonly sizes: Record<string, Record<string, number>>
}

describe('bench', () => {
  test('a short run with memory stores: every server stores all it was sent, and has every figure', async () => {
    const only = [...ON_NODE, ...OURS]
    const table = await bench('--quick', '--no-mongo', '--sizes', '1,10000', '--only', only.join())
    const { memory } = cacheFile('results.json') as { memory: { results: Result[] } }
    expect(memory.results.map(({ kind }) => kind)).toEqual(only)
    for (const { sizes } of memory.results) {
      const figures = ['cpuPerMillion', 'deliveriesPerSecond', 'recordsPerSecond', 'p50', 'p99', 'peakBytes']
      for (const figure of figures) expect(sizes['1']?.[figure]).toBeGreaterThan(0)
      expect(sizes['10000']?.['otherP99']).toBeGreaterThan(0)
    }
    expect(table).toContain('CPU per delivery at 1: ours, Express 5, default options')
  }, 300_000)

  const testWithMongo = findTestMongo().kind === 'none' ? test.skip : test
  testWithMongo(
    'a short run with MongoDB: all is in the database',
    async () => {
      const table = await bench('--quick', '--sizes', '100', '--only', ON_MONGO.join())
      const { mongo } = cacheFile('results.json') as { mongo: { results: Result[] } }
      expect(mongo.results.map(({ kind }) => kind)).toEqual(ON_MONGO)
      expect(table).toContain('## MongoDB')
    },
    300_000
  )

  test('--profile: writes a CPU profile of our code', async () => {
    const file = (await bench('--profile', 'ours-http', '--sizes', '10')).trim()
    const { nodes } = JSON.parse(readFileSync(file, 'utf8')) as { nodes: { callFrame: { url: string } }[] }
    expect(nodes.some(({ callFrame }) => callFrame.url.includes('packages/middleware/dist'))).toBe(true)
  }, 300_000)

  test.each([
    [['--profile', 'go'], '"go" is not a server on Node'],
    [['--only', 'nobody'], 'There is no such server'],
    [['--sizes', '7'], 'There is no such size'],
    [['--rounds', 'many'], '"--rounds" must be a number'],
    [['--nonsense'], 'nonsense']
  ])('%j: fails and says why', async (parameters, reason) => {
    await expect(bench(...parameters)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(reason) })
  })
})
