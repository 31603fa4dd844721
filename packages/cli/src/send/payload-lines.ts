/** Payloads of a file, one a line: the bytes of the line, not a rendering of what they mean. */
import { createReadStream, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { parseJson } from '@thryve-webhook/middleware'
import { CommandError, type Terminal, UsageError } from '../terminal'
import type { PlannedDelivery } from './planned-delivery'

/** A file of payloads. */
export interface PayloadFile {
  /** Bytes; 0 where it is a pipe. */
  readonly size: number
  deliveries(): AsyncGenerator<PlannedDelivery>
}

const MAX_LINE_BYTES = 64 * 1_024 * 1_024
const LINE_FEED = 10
const CARRIAGE_RETURN = 13

const countRecords = (payload: unknown): number => {
  const { data } = payload as { data?: unknown }
  const sources = [data].flat() as ({ epochData?: unknown; dailyData?: unknown } | null | undefined)[]
  return sources
    .flatMap((source) => [source?.epochData, source?.dailyData])
    .reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0)
}

const recordCountOf = (line: Buffer, where: string): number => {
  let payload: unknown
  try {
    payload = parseJson(line)
  } catch {
    throw new CommandError(`${where} is no JSON.`)
  }
  if (typeof payload !== 'object' || payload === null) throw new CommandError(`${where} is no JSON object.`)
  return countRecords(payload)
}

/** Rejects with what a person can read when the file fails half-way. */
async function* chunksOf(stream: Readable, name: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield Buffer.from(chunk as Buffer)
  } catch (cause) {
    throw new CommandError(`${name} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}).`, {
      cause
    })
  }
}

/** Yields lines without their ends, as they stand in the file. */
async function* linesOf(stream: Readable, name: string): AsyncGenerator<{ line: Buffer; end: number }> {
  let rest: Buffer[] = []
  let restBytes = 0
  let end = 0
  for await (const read of chunksOf(stream, name)) {
    let chunk = read
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED)) {
      const line = Buffer.concat([...rest, chunk.subarray(0, at)])
      end += line.length + 1
      yield { line, end }
      rest = []
      restBytes = 0
      chunk = chunk.subarray(at + 1)
    }
    rest.push(chunk)
    restBytes += chunk.length
    if (restBytes > MAX_LINE_BYTES) throw new CommandError(`${name} has a line of more than 64 MiB.`)
  }
  if (restBytes > 0) yield { line: Buffer.concat(rest), end: end + restBytes }
}

const sizeOf = (file: string): number => {
  try {
    const stats = statSync(file)
    if (!stats.isDirectory()) return stats.size
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
  throw new UsageError(`${file} is a folder.`)
}

const deliveryOf = (payload: Buffer, recordCount: number, progress: number): PlannedDelivery => ({
  kind: 'from file',
  payload,
  records: [],
  recordCount,
  isUpdate: false,
  seal: 'signed',
  packing: 'one frame',
  isQuarantined: false,
  progress
})

/**
 * Opens a file of payloads; `-` is standard input. Empty lines are passed over.
 *
 * @throws UsageError when it cannot be read. While reading: CommandError for a line that is no JSON object.
 */
export const openPayloadFile = (file: string, { stdin }: Terminal): PayloadFile => {
  const isPipe = file === '-'
  const name = isPipe ? 'standard input' : file
  const size = isPipe ? 0 : sizeOf(file)
  return {
    size,
    async *deliveries() {
      let number = 0
      for await (const { line, end } of linesOf(isPipe ? stdin : createReadStream(file), name)) {
        number += 1
        const payload = line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line
        if (payload.toString('latin1').trim() === '') continue
        yield deliveryOf(payload, recordCountOf(payload, `line ${number} of ${name}`), end)
      }
    }
  }
}
