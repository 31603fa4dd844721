/** Text of unknown origin, fit for a terminal. */

/** C0 but for tab and line feed, DEL, and C1: what a terminal would obey. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Shows control characters as escapes, so that a payload cannot move the cursor or worse. */
export const visible = (text: string): string =>
  text.replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)
