/** The operator's commands as processes, over an adapter that a config file exports. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { filledConfig, folderWith, IDS, MARKS, runBin } from './config-store'

const { folder, remove } = folderWith()
afterAll(remove)
const cli = (...words: string[]) => runBin(words, folder)
const json = (text: string) => JSON.parse(text)

describe('inbox', () => {
  test('stats: as JSON, the counts', async () => {
    const { code, stdout } = await cli('inbox', 'stats', '--json')
    expect([code, json(stdout)]).toMatchObject([0, { ready: 1, leased: 0, dead: 3, done: 0 }])
  })

  test.each([
    ['inbox', 'list'],
    ['inbox', 'list', '--json'],
    ['inbox', 'show', IDS.dead],
    ['inbox', 'show', IDS.dead, '--json'],
    ['quarantine', 'list'],
    ['quarantine', 'list', '--json'],
    ['quarantine', 'show', IDS.broken],
    ['quarantine', 'show', IDS.mended, '--json'],
    ['quarantine', 'replay', '--all'],
    ['inbox', 'requeue', '--all-dead'],
    ['check', '--json'],
    ['delete-user', '--user', MARKS.user, '--yes']
  ])('%s %s %s %s: not to reveal, neither user nor value on any stream', async (...words) => {
    const { stdout, stderr } = await cli(...words)
    expect(stdout).not.toBe('')
    expect(stdout + stderr).not.toMatch(new RegExp(`${MARKS.user}|${MARKS.value}`))
  })

  test('list: of one state with the users, these in columns', async () => {
    const { stdout } = await cli('inbox', 'list', '--state', 'dead', '--reveal')
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^ID +STATE +RECEIVED .* USER$/)
    expect(lines.slice(1)).toHaveLength(3)
    for (const line of lines.slice(1)) expect(line).toMatch(new RegExp(`dead.*THRYVE_LISTENER_FAILED +${MARKS.user}$`))
  })

  test('show: to reveal, the payload digit for digit', async () => {
    const { stdout, code } = await cli('inbox', 'show', IDS.dead, '--reveal')
    expect(code).toBe(0)
    expect(stdout).toContain(MARKS.value)
    expect(stdout).toContain('9007199254740993')
  })

  test('requeue: one that is there and one that is not, says so and 1', async () => {
    const { code, stdout, stderr } = await cli('inbox', 'requeue', IDS.dead, IDS.ready)
    expect([code, stdout, stderr]).toEqual([1, 'requeued: 1\n', `${IDS.ready}: not a dead delivery\n`])
  })

  test('requeue: all dead, all', async () => {
    expect(await cli('inbox', 'requeue', '--all-dead', '--json')).toMatchObject({
      code: 0,
      stdout: '{"requeued":3,"missing":[]}\n'
    })
  })

  test('drop: a dead one, dropped', async () => {
    expect(await cli('inbox', 'drop', IDS.dead)).toMatchObject({ code: 0, stdout: 'dropped: 1\n' })
  })
})

describe('quarantine', () => {
  test('list: as JSON, one line each with the codes', async () => {
    const { stdout } = await cli('quarantine', 'list', '--json')
    const codes = stdout
      .trimEnd()
      .split('\n')
      .map((line) => json(line).code)
    expect(codes.sort()).toEqual(['THRYVE_INVALID_JSON', 'THRYVE_UNKNOWN_TYPE'])
  })

  test('show: to reveal what is no JSON, its text without what a terminal would obey', async () => {
    const { stdout } = await cli('quarantine', 'show', IDS.broken, '--reveal')
    expect(stdout).toContain(`{"value": ${MARKS.value}\\u001b[2J`)
    expect(stdout).not.toContain('\u001b')
  })

  test('replay: all, what is understood goes and what is not stays', async () => {
    const { code, stdout, stderr } = await cli('quarantine', 'replay', '--all', '--json')
    expect([code, json(stdout)]).toEqual([1, { replayed: 1, missing: [], kept: { THRYVE_INVALID_JSON: 1 } }])
    expect(stderr).toMatch(/^note: no listeners hear of this/)
  })

  test('replay: all of one code, only these', async () => {
    const { code, stdout } = await cli('quarantine', 'replay', '--all', '--code', 'THRYVE_UNKNOWN_TYPE')
    expect([code, stdout]).toEqual([0, 'replayed: 1\n'])
  })

  test('drop: one that is there, dropped; unknown, 1', async () => {
    expect(await cli('quarantine', 'drop', IDS.broken, 'unknown')).toMatchObject({ code: 1, stdout: 'dropped: 1\n' })
  })
})

describe('export', () => {
  test('CSV to a file: numbers as they are, formulas disarmed, for the owner alone', async () => {
    const words = ['export', '--user', MARKS.user, '--format', 'csv', '--out', 'records.csv']
    expect(await cli(...words, '--json')).toMatchObject({ code: 0, stdout: '{"records":4,"recordsBefore":0}\n' })
    const file = join(folder, 'records.csv')
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(5)
    expect(lines[4]).toContain(",'=cmd(),")
    expect(lines[4]).toContain(',-7.50,')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const again = await cli(...words)
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/is there already: pass --resume/)])
  })

  test('NDJSON of a type and a time to standard output, these in order', async () => {
    const { code, stdout, stderr } = await cli(
      ...['export', '--user', MARKS.user, '--dimension', 'epoch', '--types', '1000,7', '--sources', '5'],
      ...['--from', '2024-05-01T10:01:00+02:00', '--to', '2024-05-02']
    )
    const rows = stdout.trimEnd().split('\n').map(json)
    expect(rows.map(({ startTimestamp }) => startTimestamp)).toEqual([
      '2024-05-01T08:01:00.000Z',
      '2024-05-01T08:02:00.000Z'
    ])
    expect([code, stderr]).toEqual([0, 'exported: 2 records\n'])
  })
})

describe('delete-user', () => {
  test('nobody to confirm, 2 and nothing else', async () => {
    const { code, stdout, stderr } = await cli('delete-user', '--user', MARKS.user)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/nobody is there to confirm/)
  })

  test('with --yes, the counts and a word about what was not read yet', async () => {
    const { code, stdout, stderr } = await cli('delete-user', '--user', MARKS.user, '--yes', '--json')
    expect([code, json(stdout)]).toEqual([0, { records: 4, inbox: 3, quarantine: 2 }])
    expect(stderr).toMatch(/^note: 1 deliveries wait/)
  })
})

describe('check', () => {
  test('within its limits, 0', async () => {
    const { code, stdout } = await cli('check', '--max-age', '2h', '--max-dead', '3', '--max-quarantined', '2')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/healthy\n$/)])
  })

  test('beyond each limit, 1 and why', async () => {
    const { code, stdout } = await cli(
      'check',
      '--max-age',
      '5m',
      '--max-dead',
      '2',
      '--max-quarantined',
      '1',
      '--json'
    )
    expect([code, json(stdout)]).toMatchObject([1, { isHealthy: false, ready: 1, dead: 3, quarantined: 2 }])
    expect(json(stdout).problems).toHaveLength(3)
  })
})

test.each([
  [['inbox', 'list', '--state', 'lost'], /Allowed choices are ready/],
  [['inbox', 'list', '--limit', '0'], /whole number/],
  [['inbox', 'show'], /missing required argument/],
  [['inbox', 'requeue'], /--all-dead/],
  [['inbox', 'requeue', 'id', '--all-dead'], /--all-dead/],
  [['inbox', 'lose'], /unknown command/],
  [['quarantine', 'replay'], /--all/],
  [['quarantine', 'replay', 'id', '--code', 'X'], /--code goes with --all/],
  [['export'], /--user/],
  [['export', '--user', 'u', '--format', 'xml'], /ndjson, csv/],
  [['export', '--user', 'u', '--types', '1,x'], /commas between/],
  [['export', '--user', 'u', '--from', '2024-02-31'], /must be a day/],
  [['export', '--user', 'u', '--from', '2024-05-01T08:00'], /must be a day/],
  [['export', '--user', 'u', '--from', '2024-05-02', '--to', '2024-05-01'], /--from must be before/],
  [['export', '--user', 'u', '--resume'], /--resume goes with --out/],
  [['delete-user', '--user', ''], /must not be empty/],
  [['check', '--max-age', '5'], /duration/],
  [['check', '--config', 'nowhere.js'], /no config file nowhere.js/],
  [['check', '--database', 'health'], /--database and --prefix go with MONGODB_URI/]
])('wrong usage: %j, one line and 2', async (words, line) => {
  const { code, stdout, stderr } = await cli(...words)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(line)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
})

describe('config file', () => {
  const stats = async (files: Record<string, string>, ...words: string[]) => {
    const own = folderWith({ 'filled.cjs': filledConfig, ...files })
    try {
      return await runBin([...(words.length > 0 ? words : ['inbox', 'stats', '--json'])], own.folder)
    } finally {
      own.remove()
    }
  }

  test.each([
    ['thryve-webhook.config.mjs', "import open from './filled.cjs'\nexport default await open()"],
    ['thryve-webhook.config.mjs', "import open from './filled.cjs'\nexport default open"],
    ['thryve-webhook.config.cjs', "exports.__esModule = true\nexports.default = require('./filled.cjs')"]
  ])('%s: %j, loaded', async (name, text) => {
    expect(await stats({ [name]: text })).toMatchObject({ code: 0, stdout: expect.stringContaining('"dead":3') })
  })

  test.each([
    ['module.exports = 7', /must export \{ adapter/],
    ['module.exports = { adapter: {} }', /"adapter" must be a storage adapter/],
    ['module.exports = { adapter: { save() {} }, option: {} }', /exports "option", which is not known/],
    [
      "throw new Error('mongodb://user:password@host failed\\nsecond line')",
      /could not be loaded \(Error: mongodb:\/\/…@host failed\)/
    ],
    ['module.exports = {', /could not be loaded \(SyntaxError/]
  ])('%j: one line and 2', async (text, line) => {
    const { code, stderr } = await stats({ 'thryve-webhook.config.js': text })
    expect([code, stderr.trimEnd().split('\n').length]).toEqual([2, 1])
    expect(stderr).toMatch(line)
  })

  test('an adapter with save alone: which capability is missing, and 1', async () => {
    const config = { 'thryve-webhook.config.js': "module.exports = { adapter: { name: 'plain', save() {} } }" }
    for (const [words, member] of [
      [['inbox', 'stats'], 'inbox'],
      [['quarantine', 'list'], 'quarantine'],
      [['export', '--user', 'u'], 'find'],
      [['delete-user', '--user', 'u', '--yes'], 'deleteUser']
    ] as const) {
      const { code, stderr } = await stats(config, ...words)
      expect([code, stderr]).toEqual([1, expect.stringContaining(`the adapter plain of`)])
      expect(stderr).toContain(`has no ${member}, which this needs.`)
    }
  })

  test('listeners and options: replay goes by them, and the adapter is closed at the end', async () => {
    const config = `
      const open = require('./filled.cjs')
      module.exports = async () => {
        const { adapter } = await open()
        return {
          adapter: { ...adapter, close: async () => { console.error('closed'); await adapter.close() } },
          options: { maxRecords: 5, identity: 'source' },
          listeners: (receiver) => receiver.on('event.data.epoch.create', ({ records }) => console.error('heard ' + records.length))
        }
      }`
    const { code, stdout, stderr } = await stats(
      { 'thryve-webhook.config.js': config },
      ...['quarantine', 'replay', IDS.mended]
    )
    expect([code, stdout, stderr]).toEqual([0, 'replayed: 1\n', 'heard 1\nclosed\n'])
  })

  test('an option that is none: replay says which, and 2', async () => {
    const config = `const open = require('./filled.cjs')
      module.exports = async () => ({ ...(await open()), options: { maxRecord: 5 } })`
    const { code, stderr } = await stats({ 'thryve-webhook.config.js': config }, 'quarantine', 'replay', '--all')
    expect([code, stderr]).toEqual([2, expect.stringContaining('"maxRecord" is not an option')])
  })
})

test.each([
  'inbox stats',
  'inbox list',
  'inbox show',
  'inbox requeue',
  'inbox drop',
  'quarantine list',
  'quarantine show',
  'quarantine replay',
  'quarantine drop',
  'export',
  'delete-user',
  'check'
])('%s --help: examples and exit codes', async (name) => {
  const { code, stdout } = await cli(...name.split(' '), '--help')
  expect(code).toBe(0)
  expect(stdout).toContain(`$ thryve-webhook ${name}`)
  expect(stdout).toMatch(/Exit codes: 0 /)
  expect(stdout).toContain('--json')
})
