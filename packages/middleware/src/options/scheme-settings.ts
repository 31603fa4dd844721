/** Reads the options of the signature scheme. */
import { optionError } from '../errors'
import { defaultScheme, type SignatureScheme } from '../signature/signature'
import { isHeaderName, readChoice } from './read-option'

/**
 * Reads the parts of a scheme that differ from the default.
 *
 * @throws TypeError that names the part and the fix.
 */
export const readScheme = (signature: unknown): SignatureScheme => {
  const given = (signature ?? {}) as Partial<SignatureScheme>
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(defaultScheme, name)) {
      throw optionError(`signature.${name}`, `is not known; use ${Object.keys(defaultScheme).join(', ')}`)
    }
  }
  const scheme = { ...defaultScheme, ...given }
  const { signatureHeader, timestampHeader, signedContent } = scheme
  if (!isHeaderName(signatureHeader)) throw optionError('signature.signatureHeader', 'must be the name of a header')
  if (timestampHeader !== null && !isHeaderName(timestampHeader)) {
    throw optionError('signature.timestampHeader', 'must be the name of a header, or null when there is none')
  }
  const parts = typeof signedContent === 'string' ? signedContent.match(/\{[^{}]*\}/g) : null
  const expected = timestampHeader === null ? '{body}' : '{body},{timestamp}'
  if (parts?.sort().join().replace('{bodyBase64}', '{body}') !== expected) {
    throw optionError(
      'signature.signedContent',
      `must hold each of ${expected.replace(',', ' and ')} once: an unsigned timestamp would protect from nothing`
    )
  }
  if (typeof scheme.signaturePrefix !== 'string' || !/^[\x21-\x7e]*$/.test(scheme.signaturePrefix)) {
    throw optionError('signature.signaturePrefix', "must be the text before the digest, such as 'v1='")
  }
  return Object.freeze({
    signatureHeader: signatureHeader.toLowerCase(),
    timestampHeader: timestampHeader === null ? null : timestampHeader.toLowerCase(),
    signedContent,
    algorithm: readChoice('signature.algorithm', scheme.algorithm, ['sha256', 'sha1', 'sha384', 'sha512']),
    signaturePrefix: scheme.signaturePrefix,
    digestEncoding: readChoice('signature.digestEncoding', scheme.digestEncoding, ['hex-or-base64', 'base64url']),
    secretEncoding: readChoice('signature.secretEncoding', scheme.secretEncoding, ['utf8', 'hex', 'base64'])
  })
}
