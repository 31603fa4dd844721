/** Reads single options; what cannot be used is a `TypeError` that names it. */
import { optionError } from '../errors'

/** One of several texts; the first is the default. */
export const readChoice = <T extends string>(name: string, value: unknown, choices: readonly [T, ...T[]]): T => {
  const choice = choices.find((candidate) => candidate === (value ?? choices[0]))
  if (choice !== undefined) return choice
  throw optionError(name, `must be one of ${choices.map((candidate) => `'${candidate}'`).join(', ')}`)
}

/** Whether it can be the name of a header. */
export const isHeaderName = (name: unknown): name is string =>
  typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name)
