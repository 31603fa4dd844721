/** The programs of the page about hosts. That they compile, snippets.test.ts says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '../..')
const page = readFileSync(join(root, 'docs/hosts.md'), 'utf8')
const programs = [...page.matchAll(/```ts\n\/\/ (\S+)\n(.*?)```/gs)].map(([, name = '']) => name)

test('the page about hosts, has a program for each that needs one', () => {
  expect(programs).toEqual(['main.ts', 'fastify.ts', 'koa.ts', 'app/webhooks/thryve/route.ts'])
})
