/** A config file over a filled memory adapter, and the built program run on it as a process. */
import { type ExecFileException, execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const packages = join(__dirname, '../..')
const bin = join(packages, 'cli/dist/bin.js')

/** What a process came to. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Words that stand for health data and users: they must show nowhere without `--reveal`. */
export const MARKS = { user: 'marked-synthetic-user', value: '48151623' }

/** The ids of the deliveries that {@link filledConfig} puts there. */
export const IDS = {
  dead: 'dead-delivery',
  ready: 'ready-delivery',
  mended: 'mended-delivery',
  broken: 'broken-delivery'
}

/** A config file's text: a memory adapter with a delivery of each kind, and records of the marked user. */
export const filledConfig = `
const { memoryAdapter } = require(${JSON.stringify(join(packages, 'adapter-memory'))})
const { epochRecord, dailyRecord, versioned, saveBatch, rawDelivery } = require(${JSON.stringify(join(packages, 'middleware/dist/testing'))})
const { stringifyJson } = require(${JSON.stringify(join(packages, 'middleware'))})
const endUserId = '${MARKS.user}'
const payload = (text) => ({ contentEncoding: undefined, body: Buffer.from(text) })
const delivery = stringifyJson({
  endUserId, timestampType: 'ISO', type: 'event.data.epoch.create',
  data: { dataSourceId: 5, epochData: [{ startTimestamp: '2024-05-01T08:00:00Z', dataTypeId: 1000, value: '${MARKS.value}',
    additionalDetails: { measurementReference: 9007199254740993n } }] }
})
const lease = { owner: 'test', durationMs: 60000 }
module.exports = async () => {
  const adapter = memoryAdapter()
  const { inbox, quarantine } = adapter
  for (const id of ['${IDS.dead}', 'dead-2', 'dead-3']) {
    const put = await inbox.put({ ...rawDelivery({ id }), ...payload(delivery) }, lease)
    await inbox.bury(put.lease, { code: 'THRYVE_LISTENER_FAILED', endUserId })
  }
  await inbox.put({ ...rawDelivery({ id: '${IDS.ready}', receivedAt: new Date(Date.now() - 3600000) }), ...payload(delivery) })
  const item = { scope: 'delivery', code: 'THRYVE_UNKNOWN_TYPE', failures: [{ path: 'type', expected: 'a known type' }], badRecords: 0, endUserId }
  await quarantine.add({ ...item, delivery: { ...rawDelivery({ id: '${IDS.mended}' }), ...payload(delivery) } })
  await quarantine.add({ ...item, code: 'THRYVE_INVALID_JSON', delivery: { ...rawDelivery({ id: '${IDS.broken}' }), ...payload('{"value": ${MARKS.value}\\u001b[2J') } })
  await adapter.save(saveBatch(
    ...[0, 1, 2].map((minute) => versioned(epochRecord({ endUserId, value: '${MARKS.value}', startTimestamp: new Date(Date.UTC(2024, 4, 1, 8, minute)) }))),
    versioned(dailyRecord({ endUserId, value: '-7.50', dataTypeName: '=cmd()' }))
  ))
  return { adapter }
}
`

/** A folder of its own, with that config file in it unless told otherwise. */
export const folderWith = (files: Readonly<Record<string, string>> = { 'thryve-webhook.config.js': filledConfig }) => {
  const folder = mkdtempSync(join(tmpdir(), 'thryve-ops-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Runs the built program in a folder. */
export const runBin = (words: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Ran> =>
  new Promise((resolve) => {
    const { PATH = '' } = process.env
    const child = execFile(
      process.execPath,
      [bin, ...words],
      { cwd, env: { PATH, ...env }, timeout: 60_000, maxBuffer: 1 << 26 },
      (error: ExecFileException | null, stdout, stderr) =>
        resolve({ code: error === null ? 0 : ((error.code as unknown as number) ?? null), stdout, stderr })
    )
    child.stdin?.end()
  })
