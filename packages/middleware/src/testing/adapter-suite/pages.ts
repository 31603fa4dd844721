/** Reading a listing page by page. */
import { strict as assert } from 'node:assert'
import type { Page, PageQuery } from '../../storage/raw-delivery'

/** Every entry of a listing. Also checks that pages hold what was asked for and that the last one says so. */
export const everyPage = async <T>(list: (query: PageQuery) => Promise<Page<T>>, limit?: number): Promise<T[]> => {
  const all: T[] = []
  let after: string | undefined
  do {
    const page = await list({ ...(limit !== undefined && { limit }), ...(after !== undefined && { after }) })
    if (limit !== undefined) assert.ok(page.entries.length <= limit, 'a page holds no more than its limit')
    assert.ok(page.next === undefined || page.entries.length > 0, 'an empty page is the last')
    assert.ok(page.next === undefined || page.next !== after, 'a page leads on')
    all.push(...page.entries)
    after = page.next
  } while (after !== undefined)
  return all
}
