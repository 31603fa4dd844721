/** `export`: a user's records as NDJSON or CSV, streamed and resumable. */
import { existsSync } from 'node:fs'
import type { Dimension } from '@thryve-webhook/middleware'
import { Command, Option } from 'commander'
import { type ExportFormat, writers } from '../export/export-formats'
import { type ExportPlan, exportTexts, writeToFile, writeToTerminal } from '../export/export-records'
import { findResumePoint, type ResumePoint } from '../export/resume-point'
import { idList, instantOrDay } from '../options/record-query'
import { addExamples } from '../output/examples'
import { isJson, printJson } from '../output/print'
import { startProgress } from '../output/progress'
import type { CommandFactory } from '../run'
import { addStoreOptions, type Store, type StoreOptions } from '../store/open-store'
import { requireCapability, withStore } from '../store/with-store'
import { type Terminal, UsageError } from '../terminal'

interface ExportOptions extends StoreOptions {
  readonly user: string
  readonly types?: number[]
  readonly sources?: number[]
  readonly from?: Date
  readonly to?: Date
  readonly dimension: Dimension | 'both'
  readonly format: ExportFormat
  readonly out?: string
  readonly resume?: boolean
}

const requireSense = ({ user, from, to, out, resume = false }: ExportOptions): void => {
  if (user === '') throw new UsageError('--user must not be empty.')
  if (from !== undefined && to !== undefined && from >= to) throw new UsageError('--from must be before --to.')
  if (resume && out === undefined) throw new UsageError('--resume goes with --out.')
  if (out !== undefined && !resume && existsSync(out)) {
    throw new UsageError(`${out} is there already: pass --resume to go on with it, or name another file.`)
  }
}

const planOf = (store: Store, options: ExportOptions, resume: ResumePoint): ExportPlan => {
  const { user: endUserId, types, sources, from, to, dimension, format } = options
  return {
    query: {
      endUserId,
      ...(types && { dataTypeIds: types }),
      ...(sources && { dataSourceIds: sources }),
      ...(from && { from }),
      ...(to && { to })
    },
    dimensions: dimension === 'both' ? ['epoch', 'daily'] : [dimension],
    identity: store.options?.identity ?? 'origin',
    writer: writers[format],
    resume
  }
}

const PROGRESS_MS = 200

const exportTo = async (
  terminal: Terminal,
  store: Store,
  options: ExportOptions,
  isJsonWanted: boolean
): Promise<void> => {
  const { out, user, format } = options
  const { adapter } = store
  const find = requireCapability(adapter.find?.bind(adapter), 'find', store)
  const identity = store.options?.identity ?? 'origin'
  const resume =
    out === undefined ? { bytes: 0, records: 0 } : await findResumePoint(out, { format, endUserId: user, identity })
  const count = { records: 0 }
  const texts = exportTexts(find, planOf(store, options, resume), terminal, count)
  // On the screen itself the records are progress enough.
  const isQuiet = out === undefined && terminal.stdout.isTTY === true
  const progress = isQuiet ? undefined : startProgress(terminal, { format: '{value} records', total: 0 })
  const timer = setInterval(() => progress?.update(count.records), PROGRESS_MS)
  try {
    if (out === undefined) await writeToTerminal(terminal, texts)
    else await writeToFile(out, texts, resume, !existsSync(out))
  } finally {
    clearInterval(timer)
    progress?.update(count.records)
    progress?.stop()
    const before = resume.records
    if (isJsonWanted && out !== undefined) printJson(terminal, { records: count.records, recordsBefore: before })
    else terminal.stderr.write(`exported: ${count.records} records${before === 0 ? '' : `, after ${before} before`}\n`)
  }
}

/** Makes `export`. */
export const exportCommand: CommandFactory = (terminal, setExitCode) =>
  addExamples(
    addStoreOptions(
      new Command('export')
        .description("a user's records in the order of time, epoch before daily; this is health data")
        .requiredOption('--user <id>', "the user's id")
        .option('--types <ids>', 'only these types of data, such as 1000,3000', idList)
        .option('--sources <ids>', 'only these sources, such as 5,18', idList)
        .option('--from <time>', 'from this day or instant on, it included', instantOrDay)
        .option('--to <time>', 'up to this day or instant, it excluded', instantOrDay)
        .addOption(
          new Option('--dimension <name>', 'which records').choices(['epoch', 'daily', 'both']).default('both')
        )
        .addOption(new Option('--format <name>', 'how to write them').choices(['ndjson', 'csv']).default('ndjson'))
        .option('--out <file>', 'a new file, readable by you alone (default: standard output)')
        .option('--resume', 'go on with the file of --out behind its last whole record; pass the same options')
    ),
    [
      'export --user synthetic-user --types 1000 --from 2024-05-01 --to 2024-06-01 | head',
      'export --user synthetic-user --format csv --out records.csv',
      'export --user synthetic-user --format csv --out records.csv --resume'
    ],
    '0 done · 1 the store or the file failed · 2 wrong usage · 130 ended by Ctrl-C, --resume goes on'
  ).action(async (options: ExportOptions, command: Command) => {
    requireSense(options)
    await withStore(terminal, options, (store) => exportTo(terminal, store, options, isJson(command)))
    if (terminal.signal.aborted) setExitCode(130)
  })
