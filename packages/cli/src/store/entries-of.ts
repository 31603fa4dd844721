/** Reads a listing lazily. */
import type { Page, PageQuery } from '@thryve-webhook/middleware'

/** Yields page after page, the next one only when it is asked for. */
export async function* pagesOf<T>(
  list: (query: PageQuery) => Promise<Page<T>>,
  limit?: number
): AsyncGenerator<readonly T[]> {
  let left = limit ?? Number.POSITIVE_INFINITY
  let after: string | undefined
  while (left > 0) {
    const size = Math.min(left, 100)
    const { entries, next } = await list({ limit: size, ...(after === undefined ? {} : { after }) })
    if (entries.length > 0) yield entries
    if (next === undefined) return
    left -= entries.length
    after = next
  }
}

/** Yields entry after entry. */
export async function* entriesOf<T>(list: (query: PageQuery) => Promise<Page<T>>): AsyncGenerator<T> {
  for await (const entries of pagesOf(list)) yield* entries
}
