/** The last deliveries, and the browsers that follow them. */
import type { ServerResponse } from 'node:http'
import type { Receiver, SignalMap } from '@thryve-webhook/middleware'
import type { InspectorSettings } from './options'
import { Refusal } from './refusal'
import type { LiveEntry, LiveWork } from './wire'

/** However many deliveries come, a browser hears of them four times a second. */
const FLUSH_MS = 250
const HEARTBEAT_MS = 15_000
/** A browser comes back by itself, and is asked anew whether it may. */
const STREAM_MS = 300_000
/** A browser that reads too slowly is let go; it comes back and asks for what it missed. */
const MAX_UNSENT_BYTES = 1_024 * 1_024

/** The live list. */
export interface LiveFeed {
  /** Follows the list from this change on; 0 is all of it. @throws Refusal `INSPECTOR_BUSY`. */
  follow(response: ServerResponse, since: number): void
  close(): void
}

type Kept = { -readonly [Name in keyof LiveEntry]: LiveEntry[Name] } & { changed: number }

const workOf = (signal: SignalMap['processed']): LiveWork => {
  const { outcome, code, attempt, type, bytes, decompressedBytes, records, badRecords, steps, durationMs } = signal
  const { inserted = 0, updated = 0, unchanged = 0, stale = 0 } = records ?? {}
  return {
    outcome,
    ...(code !== undefined && { code }),
    attempt,
    ...(type !== undefined && { type }),
    bytes,
    ...(decompressedBytes !== undefined && { decompressedBytes }),
    inserted,
    updated,
    unchanged,
    stale,
    badRecords,
    steps,
    durationMs
  }
}

/** Starts to listen. */
export const createLiveFeed = (webhook: Receiver, { liveEntries, maxStreams }: InspectorSettings): LiveFeed => {
  const entries: Kept[] = []
  const streams = new Map<ServerResponse, () => void>()
  let lastId = 0
  let lastChange = 0
  let sentChange = 0
  let flushing: NodeJS.Timeout | undefined

  const write = (response: ServerResponse, changed: readonly Kept[]): void => {
    const data = JSON.stringify(changed.map(({ changed: _changed, ...entry }) => entry))
    response.write(`id: ${lastChange}\nevent: deliveries\ndata: ${data}\n\n`)
    if (response.writableLength > MAX_UNSENT_BYTES) response.destroy()
  }

  const flush = (): void => {
    flushing = undefined
    const changed = entries.filter((entry) => entry.changed > sentChange)
    sentChange = lastChange
    for (const response of streams.keys()) write(response, changed)
  }

  const touch = (entry: Kept): void => {
    lastChange += 1
    entry.changed = lastChange
    if (streams.size === 0) sentChange = lastChange
    else flushing ??= setTimeout(flush, FLUSH_MS).unref()
  }

  const enter = (deliveryId: string | undefined): Kept => {
    lastId += 1
    const entry = { id: lastId, at: Date.now(), ...(deliveryId !== undefined && { deliveryId }), changed: 0 }
    entries.push(entry)
    if (entries.length > liveEntries) entries.shift()
    return entry
  }

  const latestOf = (deliveryId: string | undefined): Kept | undefined =>
    deliveryId === undefined ? undefined : entries.findLast((entry) => entry.deliveryId === deliveryId)

  /** A second answer to one delivery is a retry of the sender: a line of its own. */
  const onAnswered = ({ deliveryId, status, code, durationMs, bytes }: SignalMap['answered']): void => {
    const known = latestOf(deliveryId)
    const entry = known === undefined || known.answer !== undefined ? enter(deliveryId) : known
    entry.answer = { status, ...(code !== undefined && { code }), durationMs, bytes }
    touch(entry)
  }

  const onProcessed = (signal: SignalMap['processed']): void => {
    const entry = latestOf(signal.deliveryId) ?? enter(signal.deliveryId)
    entry.work = workOf(signal)
    touch(entry)
  }

  webhook.on('answered', onAnswered).on('processed', onProcessed)

  return {
    follow: (response, since) => {
      if (streams.size >= maxStreams) throw new Refusal('INSPECTOR_BUSY')
      response.statusCode = 200
      response.setHeader('content-type', 'text/event-stream')
      response.setHeader('x-accel-buffering', 'no')
      response.flushHeaders()
      const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS).unref()
      const end = setTimeout(() => response.end(), STREAM_MS).unref()
      streams.set(response, () => response.end())
      response
        .on('error', () => {})
        .on('close', () => {
          clearInterval(heartbeat)
          clearTimeout(end)
          streams.delete(response)
        })
      // After a restart of the process the browser's number is from another count.
      const from = since > lastChange ? 0 : since
      write(
        response,
        entries.filter((entry) => entry.changed > from)
      )
    },
    close: () => {
      webhook.off('answered', onAnswered).off('processed', onProcessed)
      clearTimeout(flushing)
      for (const end of streams.values()) end()
    }
  }
}
