/** Where log lines go by default. */
import type { Logger } from '../options/options'

/** Warnings and errors; whoever wants more passes a logger. */
export const consoleLogger: Logger = {
  warn: (fields, message) => console.warn(message, fields),
  error: (fields, message) => console.error(message, fields)
}
