/** The end of an adapter. */
import { strict as assert } from 'node:assert'
import { callsOf } from './calls'
import type { AdapterSupport, Cases } from './world'

/** Cases of `close`. */
export const closeCases = (supports: AdapterSupport): Cases => ({
  'close: twice in a row, harmless': async ({ adapter }) => {
    await adapter.close?.()
    await assert.doesNotReject(async () => adapter.close?.())
  },

  'close: twice at once, harmless': async ({ adapter }) => {
    await assert.doesNotReject(Promise.all([adapter.close?.(), adapter.close?.()]))
  },

  'close: never used before, harmless': async ({ adapter }) => {
    await adapter.close?.()
  },

  ...afterClose(supports)
})

const afterClose = (supports: AdapterSupport): Cases =>
  Object.fromEntries(
    Object.entries(callsOf(supports)).map(([name, call]) => [
      `${name}: after close, rejects`,
      async ({ adapter }) => {
        await call(adapter)
        await adapter.close?.()
        await assert.rejects(async () => call(adapter))
        assert.doesNotThrow(() => call(adapter)?.catch(() => {}), 'it must reject, not throw')
      }
    ])
  ) satisfies Cases
