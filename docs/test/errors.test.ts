import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCodes, statusOf } from '@thryve-webhook/middleware'

const text = readFileSync(join(__dirname, '../errors.md'), 'utf8')
const sections = [...text.matchAll(/^## (\w+)\n\n(Status (\d+)|No answer)\./gm)].map(([, code, , status]) => [
  code,
  status === undefined ? null : Number(status)
])

test('docs/errors.md and the code, know the same codes and statuses', () => {
  expect(sections).toEqual(errorCodes.map((code) => [code, statusOf(code)]))
})
