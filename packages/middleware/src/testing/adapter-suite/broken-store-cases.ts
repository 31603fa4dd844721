/** A store that fails: whoever calls must hear of it. */
import { strict as assert } from 'node:assert'
import type { StorageAdapter } from '../../storage/storage'
import { callsOf } from './calls'
import type { AdapterSupport, Cases, WorldOptions } from './world'

/** One case for each member of the contract. */
export const brokenStoreCases = <A extends StorageAdapter>(
  supports: AdapterSupport,
  breakStore: NonNullable<WorldOptions<A>['breakStore']>
): Cases =>
  Object.fromEntries(
    Object.entries(callsOf(supports)).map(([name, call]) => [
      `${name}: the store fails, rejects`,
      async ({ adapter }) => {
        await call(adapter)
        await breakStore(adapter as A)
        await assert.rejects(async () => call(adapter))
        assert.doesNotThrow(() => call(adapter)?.catch(() => {}), 'it must reject, not throw')
      }
    ])
  ) satisfies Cases
