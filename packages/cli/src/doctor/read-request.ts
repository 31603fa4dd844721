/** Reads the request to look at: a capture, or a file of headers beside one of the body. */
import { readFileSync, statSync } from 'node:fs'
import { decodeCapture } from '@thryve-webhook/middleware'
import { UsageError } from '../terminal'

/** A request as it came. */
export interface ReceivedRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Buffer
  readonly isComplete: boolean
  /** Absent where nobody wrote it down: then no clock can be judged. */
  readonly receivedAtMs?: number
}

/** Larger files are no captures, and would only fill the memory. */
const MAX_FILE_BYTES = 128 * 1_024 * 1_024

const read = (file: string): Buffer => {
  try {
    if (statSync(file).size > MAX_FILE_BYTES) throw new UsageError(`${file} is larger than 128 MiB.`)
    return readFileSync(file)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`)
  }
}

const collect = (pairs: readonly (readonly [string, string])[]): ReceivedRequest['headers'] => {
  const headers = new Map<string, string | string[]>()
  for (const [name, value] of pairs) {
    const before = headers.get(name.toLowerCase())
    headers.set(name.toLowerCase(), before === undefined ? value : [before, value].flat())
  }
  return Object.fromEntries(headers)
}

/**
 * Reads a capture that the option `capture` or `thryve-webhook capture` wrote.
 *
 * @throws UsageError when it is none.
 */
export const readCaptureFile = (file: string): ReceivedRequest => {
  const text = read(file).toString('utf8')
  try {
    const { receivedAt, headers, body, isComplete } = decodeCapture(text)
    return { receivedAtMs: receivedAt.getTime(), headers: collect(headers), body: Buffer.from(body), isComplete }
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${file}: ${error.message}`)
    throw error
  }
}

/** `Name: value`, also as curl and proxies print it, with `> ` before it. */
const HEADER_LINE = /^(?:[<>*] )?([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/

/**
 * Reads a file of header lines and one of the raw body.
 *
 * @throws UsageError when a file cannot be read, or there is no header in it.
 */
export const readRequestFiles = (
  headerFile: string,
  bodyFile: string,
  receivedAtMs: number | undefined
): ReceivedRequest => {
  const lines = read(headerFile).toString('latin1').split(/\r?\n/)
  const pairs = lines.flatMap((line): [string, string][] => {
    const [, name, value] = HEADER_LINE.exec(line) ?? []
    return name === undefined ? [] : [[name, value ?? '']]
  })
  if (pairs.length === 0) throw new UsageError(`${headerFile} has no line such as "X-HMAC-Signature: 0123…".`)
  const request = { headers: collect(pairs), body: read(bodyFile), isComplete: true }
  return receivedAtMs === undefined ? request : { ...request, receivedAtMs }
}
