/** Writes requests into a folder that only its owner can read, and never more than so many. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { optionError } from '../errors'
import { type Capture, encodeCapture } from './capture'

/** Where requests are captured, and how many. */
export interface CaptureOptions {
  /** Made with mode 0700 where it does not exist. One that others can read is refused. */
  readonly folder: string
  /** When the folder holds so many captures, no more are written. @default 100 */
  readonly maxFiles?: number
  /** When the captures in the folder have so many bytes, no more are written. @default 64 MiB */
  readonly maxTotalBytes?: number
}

/** `captured` as `file`; `full`: not kept, the folder has its fill; `busy`: not kept, too many are being written; `failed`. */
export type CaptureOutcome =
  | { readonly outcome: 'captured'; readonly file: string }
  | { readonly outcome: 'full' | 'busy' }
  | { readonly outcome: 'failed'; readonly cause: unknown }

/** Writes captures. */
export interface Recorder {
  readonly folder: string
  /** Never rejects. @param secretHeaders lower-case names of headers whose values are left out. */
  record(capture: Capture, secretHeaders?: readonly string[]): Promise<CaptureOutcome>
}

const DEFAULT_MAX_FILES = 100
const DEFAULT_MAX_TOTAL_BYTES = 64 * 1_024 * 1_024
/** Each holds its body and the text of it. */
const MAX_AT_ONCE = 4
const OTHERS = 0o077

const openFolder = (folder: string): string[] => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { mode } = statSync(folder)
    const isOpen = process.platform !== 'win32' && (mode & OTHERS) !== 0
    if (!isOpen) return readdirSync(folder).filter((name) => name.endsWith('.json') || name.endsWith('.partial'))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw optionError('capture.folder', `cannot be used (${code}): it must be a folder that can be written`)
  }
  throw optionError('capture.folder', 'can be read by others, and captures hold health data: chmod 700 it')
}

const nameOf = (receivedAt: Date): string =>
  `${receivedAt.toISOString().replaceAll(':', '-').replaceAll('.', '-')}-${randomBytes(4).toString('hex')}.json`

/**
 * Opens a folder for captures. What is in it counts.
 *
 * @throws TypeError when the folder cannot be used, or others can read it.
 */
export const createRecorder = (options: CaptureOptions): Recorder => {
  const { folder, maxFiles = DEFAULT_MAX_FILES, maxTotalBytes = DEFAULT_MAX_TOTAL_BYTES } = options
  const existing = openFolder(folder)
  let files = existing.length
  let totalBytes = existing.reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0
  )
  let writing = 0

  const write = async (text: string, receivedAt: Date): Promise<CaptureOutcome> => {
    const file = join(folder, nameOf(receivedAt))
    const partial = `${file}.partial`
    try {
      // 'wx' follows no link that somebody else has put there.
      await writeFile(partial, text, { mode: 0o600, flag: 'wx' })
      await rename(partial, file)
      return { outcome: 'captured', file }
    } catch (cause) {
      await rm(partial, { force: true }).catch(() => {})
      return { outcome: 'failed', cause }
    }
  }

  return {
    folder,
    async record(capture, secretHeaders) {
      if (writing >= MAX_AT_ONCE) return { outcome: 'busy' }
      if (files >= maxFiles || totalBytes + capture.body.length > maxTotalBytes) return { outcome: 'full' }
      const text = encodeCapture(capture, secretHeaders)
      if (totalBytes + text.length > maxTotalBytes) return { outcome: 'full' }
      writing += 1
      files += 1
      totalBytes += text.length
      const result = await write(text, capture.receivedAt)
      writing -= 1
      if (result.outcome === 'failed') {
        files -= 1
        totalBytes -= text.length
      }
      return result
    }
  }
}
