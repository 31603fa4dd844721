/** Health. */
import type { Cases } from './world'

/** Cases of `check`. */
export const checkCases: Cases = {
  'check: usable store, resolves': async ({ adapter }) => {
    await adapter.check?.()
    await adapter.check?.()
  }
}
