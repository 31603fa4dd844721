/** What is refused before a body is read: it costs nothing then. */
import { contentEncodingOf } from '../body/decompress'
import { ThryveError } from '../errors'
import type { Settings } from '../options/options'
import type { Headers } from '../signature/signature'

/** A place among the deliveries being received. */
export interface Slot {
  /** Tells how many bytes are held in truth, once they are read. */
  resize(bytes: number): void
  /** Gives the place back. Twice is harmless. */
  release(): void
  /** Resolves when the place is given back. */
  readonly released: Promise<void>
}

/** Lets deliveries in, as many as fit. */
export interface Admission {
  /**
   * @throws ThryveError `THRYVE_CLOSED`, `THRYVE_UNSUPPORTED_ENCODING`, `THRYVE_BODY_TOO_LARGE`, `THRYVE_OVERLOADED`.
   */
  admit(headers: Headers): Slot
  /** How many deliveries are being received. */
  active(): number
  /** From now on nothing is admitted. */
  close(): void
}

/** A body of unknown length is taken for the largest that is allowed. */
const declaredBytes = (headers: Headers, maxBytes: number): number => {
  const length = headers['content-length']
  return typeof length === 'string' && /^\d{1,15}$/.test(length) ? Number(length) : maxBytes
}

/** Makes the admission. */
export const createAdmission = (
  settings: Pick<Settings, 'maxCompressedBytes' | 'maxConcurrentDeliveries' | 'maxInFlightBytes'>
): Admission => {
  let isClosed = false
  let deliveries = 0
  let bytesInFlight = 0

  const takeSlot = (reserved: number): Slot => {
    let held = reserved
    let isHeld = true
    let tell = (): void => {}
    const released = new Promise<void>((resolve) => {
      tell = resolve
    })
    deliveries += 1
    bytesInFlight += held
    return {
      released,
      resize: (bytes) => {
        bytesInFlight += bytes - held
        held = bytes
      },
      release: () => {
        if (!isHeld) return
        isHeld = false
        deliveries -= 1
        bytesInFlight -= held
        tell()
      }
    }
  }

  return {
    admit: (headers) => {
      if (isClosed) throw new ThryveError('THRYVE_CLOSED')
      const encoding = headers['content-encoding']
      if (Array.isArray(encoding) || contentEncodingOf(encoding as string | undefined) === undefined) {
        throw new ThryveError('THRYVE_UNSUPPORTED_ENCODING')
      }
      const bytes = declaredBytes(headers, settings.maxCompressedBytes)
      if (bytes > settings.maxCompressedBytes) throw new ThryveError('THRYVE_BODY_TOO_LARGE')
      const isFull = deliveries >= settings.maxConcurrentDeliveries || bytesInFlight + bytes > settings.maxInFlightBytes
      if (isFull) throw new ThryveError('THRYVE_OVERLOADED')
      return takeSlot(bytes)
    },
    active: () => deliveries,
    close: () => {
      isClosed = true
    }
  }
}
