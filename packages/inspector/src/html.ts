/** HTML from templates: whatever is put in is escaped, unless it is HTML itself. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string)

/** A piece of finished HTML. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a template takes: nothing is shown of `undefined` and `false`. */
export type Content = Html | string | number | false | undefined | readonly Content[]

const render = (content: Content): string => {
  if (content === undefined || content === false) return ''
  if (content instanceof Html) return content.text
  if (typeof content === 'string' || typeof content === 'number') return escapeText(String(content))
  return content.map(render).join('')
}

/** Makes HTML. Attributes that take a value have to be quoted. */
export const html = (parts: TemplateStringsArray, ...contents: readonly Content[]): Html =>
  new Html(parts.reduce((text, part, index) => text + render(contents[index - 1]) + part))
