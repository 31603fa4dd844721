/** The signature scheme on the command line, as the middleware's option `signature` names its parts. */
import { defaultScheme, type SignatureScheme } from '@thryve-webhook/middleware'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../terminal'

/** What {@link addSchemeOptions} adds. */
export interface SchemeOptions {
  readonly signatureHeader: string
  readonly timestampHeader: string
  readonly algorithm: SignatureScheme['algorithm']
  readonly signaturePrefix: string
  readonly digestEncoding: SignatureScheme['digestEncoding']
  readonly signedContent: string
  readonly secretEncoding: SignatureScheme['secretEncoding']
}

const headerName = (text: string): string => {
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(text)) return text.toLowerCase()
  throw new InvalidArgumentError('It must be the name of a header.')
}

/** Adds the parts of the signature scheme, each with the middleware's default. */
export const addSchemeOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--signature-header <name>', 'header of the signature')
        .argParser(headerName)
        .default(defaultScheme.signatureHeader)
    )
    .addOption(
      new Option('--timestamp-header <name>', 'header of the timestamp; "none" where there is none')
        .argParser(headerName)
        .default(defaultScheme.timestampHeader)
    )
    .addOption(
      new Option('--algorithm <name>', 'digest of the HMAC')
        .choices(['sha1', 'sha256', 'sha384', 'sha512'])
        .default(defaultScheme.algorithm)
    )
    .addOption(
      new Option('--signature-prefix <text>', 'text before the digest, such as v1=').default(
        defaultScheme.signaturePrefix
      )
    )
    .addOption(
      new Option('--digest-encoding <name>', 'how the digest is written')
        .choices(['hex-or-base64', 'base64url'])
        .default(defaultScheme.digestEncoding)
    )
    .addOption(
      new Option('--signed-content <template>', 'what is signed, of {body} (or {bodyBase64}) and {timestamp}').default(
        defaultScheme.signedContent
      )
    )
    .addOption(
      new Option('--secret-encoding <name>', "how the secret's text becomes a key")
        .choices(['utf8', 'hex', 'base64'])
        .default(defaultScheme.secretEncoding)
    )

/**
 * Reads the scheme that the options describe.
 *
 * @throws UsageError when the signed content has other places than the scheme.
 */
export const readScheme = (options: SchemeOptions): SignatureScheme => {
  const { signatureHeader, algorithm, signaturePrefix, digestEncoding, secretEncoding } = options
  const timestampHeader = options.timestampHeader === 'none' ? null : options.timestampHeader
  const isTimeless = timestampHeader === null && options.signedContent === defaultScheme.signedContent
  const signedContent = isTimeless ? '{body}' : options.signedContent
  const places = signedContent.match(/\{[^{}]*\}/g) ?? []
  const expected = timestampHeader === null ? '{body}' : '{body} and {timestamp}'
  if (places.sort().join(' and ').replace('{bodyBase64}', '{body}') !== expected) {
    throw new UsageError(
      `--signed-content must hold ${expected} once each, such as '${expected.replace(' and ', '')}'.`
    )
  }
  return {
    signatureHeader,
    timestampHeader,
    algorithm,
    signaturePrefix,
    digestEncoding,
    signedContent,
    secretEncoding
  }
}
