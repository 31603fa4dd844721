/** The secrets a delivery may be signed with: those that were set, or those of its tenant. */

import { ThryveError } from '../errors'
import type { SecretLookup, SecretRequest, Settings } from '../options/options'
import type { SignatureScheme } from '../signature/signature'
import { beforeDeadline } from './deadline'

/** Whether a text makes a key that strangers cannot guess: an empty one would sign for everybody. */
export const isSecret = (text: unknown, { secretEncoding }: Pick<SignatureScheme, 'secretEncoding'>): text is string =>
  typeof text === 'string' && text.trim() !== '' && Buffer.from(text, secretEncoding).length > 0

/** A function that throws synchronously fails like one that rejects. */
const lookUp = async (secretOf: SecretLookup, request: SecretRequest): Promise<unknown> => {
  try {
    return await secretOf(request)
  } catch (cause) {
    throw new ThryveError('THRYVE_SECRET_FAILED', { cause })
  }
}

const isNothing = (found: unknown): boolean =>
  found === undefined || found === null || found === '' || (Array.isArray(found) && found.length === 0)

/**
 * The secrets to verify a delivery with.
 *
 * @throws ThryveError `THRYVE_SIGNATURE_MISMATCH` for a tenant without a secret, `THRYVE_SECRET_TIMEOUT`,
 * `THRYVE_SECRET_FAILED` (also for what is no secret).
 */
export const secretsOf = async (
  { secrets, signature, clock }: Pick<Settings, 'secrets' | 'signature' | 'clock'>,
  request: SecretRequest,
  deadlineMs: number
): Promise<readonly string[]> => {
  if (typeof secrets !== 'function') return secrets
  const found = await beforeDeadline(lookUp(secrets, request), { clock, deadlineMs, code: 'THRYVE_SECRET_TIMEOUT' })
  if (isNothing(found)) throw new ThryveError('THRYVE_SIGNATURE_MISMATCH', { reason: 'unknown' })
  const texts: readonly unknown[] = [found].flat()
  if (texts.every((text) => isSecret(text, signature))) return texts as readonly string[]
  throw new ThryveError('THRYVE_SECRET_FAILED', { reason: 'malformed' })
}
