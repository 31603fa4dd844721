/**
 * Returns the value when it is a text. A caller without types may hand over what it read from a query string, and an
 * object such as `{ $ne: '' }` in a filter would match every document.
 *
 * @throws TypeError that names the argument.
 */
export const requireText = (name: string, value: string): string => {
  if (typeof value !== 'string') throw new TypeError(`"${name}" must be a text.`)
  return value
}
