import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(__dirname, '../..')
const pages = [
  '',
  'docs',
  'packages/middleware',
  'packages/adapter-memory',
  'packages/adapter-mongo',
  'packages/cli',
  'packages/inspector'
].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
)

test.each(pages)('%s: every link to a file of the repository, leads somewhere', (page) => {
  const text = readFileSync(join(root, page), 'utf8')
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target]) => target ?? '')
  expect(links.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([])
})
