/** The inspector's page names every code and every option, and no other. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '../..')
const text = readFileSync(join(root, 'docs/inspector.md'), 'utf8')
const source = (name: string) => readFileSync(join(root, 'packages/inspector/src', name), 'utf8')

test('codes: documented and thrown ones, are the same, with the same status', () => {
  const documented = [...text.matchAll(/^\| `(INSPECTOR_\w+)` +\| (\d+)/gm)].map(
    ([, code, status]) => `${code} ${status}`
  )
  const thrown = [...source('refusal.ts').matchAll(/^ {2}(INSPECTOR_\w+): \[\s*(\d+)/gm)].map(
    ([, code, status]) => `${code} ${status}`
  )
  expect(documented).toEqual(thrown)
})

test('options: documented and declared ones, are the same', () => {
  const [, section = ''] = text.split('## Options')
  const documented = [...(section.split('## ')[0] ?? '').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
  const [, declaration = ''] = source('options.ts').split('export interface InspectorOptions {')
  const declared = [...(declaration.split('\n}')[0] ?? '').matchAll(/readonly (\w+)\?:/g)].map(([, name]) => name)
  expect(documented).toEqual(declared)
})

test('pictures: each, is smaller than 150 kB', () => {
  const pictures = [...text.matchAll(/\((images\/[^)]+)\)/g)].map(([, picture]) => join(root, 'docs', picture ?? ''))
  expect(pictures.length).toBeGreaterThan(0)
  expect(pictures.filter((picture) => statSync(picture).size > 150_000)).toEqual([])
})
