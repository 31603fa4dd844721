/** Where secrets come from: the environment or a file, so that none stands in a shell's history or a list of processes. */
import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { type Terminal, UsageError } from '../terminal'

/** The environment variable of the HMAC secret. */
export const SECRET_VARIABLE = 'THRYVE_HMAC_SECRET'

/** What {@link addSecretOption} adds. */
export interface SecretOptions {
  readonly secretFile?: string
}

/** Adds `--secret-file`. */
export const addSecretOption = (command: Command): Command =>
  command.addOption(
    new Option('--secret-file <file>', `file that holds the HMAC secret; else ${SECRET_VARIABLE} is read`)
  )

const readFile = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(`the secret file ${file} cannot be read (${code ?? 'unknown reason'}).`)
  }
}

/** An editor's line break at the end is not part of the secret. */
const withoutLastLineBreak = (text: string): string => text.replace(/\r?\n$/, '')

/**
 * Reads the HMAC secret, if one is given.
 *
 * @throws UsageError when the file cannot be read, or the secret is empty.
 */
export const findSecret = ({ env }: Terminal, { secretFile }: SecretOptions): string | undefined => {
  const given = secretFile === undefined ? env[SECRET_VARIABLE] : readFile(secretFile)
  if (given === undefined) return undefined
  const secret = withoutLastLineBreak(given)
  if (secret.trim() !== '') return secret
  throw new UsageError(`the HMAC secret in ${secretFile ?? SECRET_VARIABLE} is empty.`)
}

/**
 * Reads the HMAC secret.
 *
 * @throws UsageError when there is none.
 */
export const readSecret = (terminal: Terminal, options: SecretOptions): string => {
  const secret = findSecret(terminal, options)
  if (secret !== undefined) return secret
  throw new UsageError(`the HMAC secret is missing: set ${SECRET_VARIABLE}, or pass --secret-file.`)
}
