/** Numbers on the command line. What is no such number is wrong usage. */
import { InvalidArgumentError } from 'commander'

/**
 * Parser of a whole number from `min` to `max`, both included.
 *
 * @example command.option('--users <count>', 'how many users', wholeNumber(1, 1_000_000), 10)
 */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
    if (number >= min && number <= max) return number
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }

/**
 * Parser of a decimal number above 0, up to `max`.
 *
 * @example command.option('--rate <number>', 'deliveries a second', positiveNumber(100_000), 10)
 */
export const positiveNumber =
  (max: number) =>
  (text: string): number => {
    const number = /^\+?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN
    if (number > 0 && number <= max) return number
    throw new InvalidArgumentError(`It must be a number above 0 and up to ${max}.`)
  }
