/** What the suite was told must be what the adapter is: a capability left out would not be tested. */
import { strict as assert } from 'node:assert'
import type { StorageAdapter } from '../../storage/storage'
import type { AdapterSupport, Cases } from './world'

const members: Readonly<Record<keyof AdapterSupport, (adapter: StorageAdapter) => unknown>> = {
  inbox: ({ inbox }) => inbox,
  'inbox.get': ({ inbox }) => inbox?.get,
  quarantine: ({ quarantine }) => quarantine,
  find: ({ find }) => find,
  deleteUser: ({ deleteUser }) => deleteUser,
  check: ({ check }) => check,
  close: ({ close }) => close
}

/** One case for each member of the contract. */
export const declarationCases = (supports: AdapterSupport): Cases =>
  ({
    'save: the one member every adapter has, a function': async ({ adapter }) => {
      assert.equal(typeof adapter.save, 'function')
    },
    ...Object.fromEntries(
      Object.entries(members).map(([member, memberOf]) => {
        const isSupported = supports[member as keyof AdapterSupport] ?? false
        return [
          `${member}: ${isSupported ? 'said to be supported, there' : 'not said to be supported, absent'}`,
          async ({ adapter }) => assert.equal(memberOf(adapter) !== undefined, isSupported)
        ]
      })
    )
  }) satisfies Cases
