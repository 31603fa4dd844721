/** Reads the options for the first hours of an integration: `capture` and `observe`. */

import type { CaptureOptions } from '../capture/recorder'
import { optionError } from '../errors'
import type { StorageAdapter } from '../storage/storage'
import type { ThryveOptions } from './options'

const CAPTURE_OPTIONS: ReadonlySet<string> = new Set(['folder', 'maxFiles', 'maxTotalBytes'])

const isLimit = (value: unknown): boolean => value === undefined || (Number.isSafeInteger(value) && Number(value) > 0)

/** @throws TypeError that names the part of `capture` and the fix. */
export const readCaptureOptions = (capture: ThryveOptions['capture']): CaptureOptions | undefined => {
  if (capture === undefined) return undefined
  const given: Partial<CaptureOptions> | null = capture
  if (typeof given?.folder !== 'string' || given.folder.trim() === '') {
    throw optionError('capture', "must be { folder: '…' }, with the path of a folder for captured requests")
  }
  for (const [name, value] of Object.entries(given)) {
    if (!CAPTURE_OPTIONS.has(name)) {
      throw optionError(`capture.${name}`, `is not known; use ${[...CAPTURE_OPTIONS].join(', ')}`)
    }
    if (name !== 'folder' && !isLimit(value)) throw optionError(`capture.${name}`, 'must be a whole number from 1 on')
  }
  return Object.freeze({ ...capture })
}

/** @throws TypeError where observing cannot work or would mean nothing. */
export const readObserve = (secret: unknown, options: ThryveOptions, adapter: StorageAdapter): boolean => {
  const { observe = false } = options
  if (typeof observe !== 'boolean') throw optionError('observe', 'must be true or false')
  if (!observe) return false
  if (options.allowUnsigned === true) {
    throw optionError('observe', 'does nothing with allowUnsigned: true, since no signature can fail')
  }
  if (typeof secret === 'function') {
    throw optionError(
      'observe',
      'needs secrets that are known at start: pass the one to be tried instead of a function'
    )
  }
  if (adapter.quarantine === undefined) {
    throw optionError('observe', 'needs an adapter with a quarantine: what fails the signature is kept there')
  }
  return true
}
