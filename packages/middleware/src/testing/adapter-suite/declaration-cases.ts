/** What the suite was told must be what the adapter is: a capability left out would not be tested. */
import { strict as assert } from 'node:assert'
import type { AdapterSupport, Cases } from './world'

const members = ['inbox', 'quarantine', 'find', 'deleteUser', 'check', 'close'] as const

/** One case for each member of the contract. */
export const declarationCases = (supports: AdapterSupport): Cases =>
  ({
    'save: the one member every adapter has, a function': async ({ adapter }) => {
      assert.equal(typeof adapter.save, 'function')
    },
    ...Object.fromEntries(
      members.map((member) => [
        `${member}: ${supports[member] ? 'said to be supported, there' : 'not said to be supported, absent'}`,
        async ({ adapter }) => assert.equal(adapter[member] !== undefined, supports[member] ?? false)
      ])
    )
  }) satisfies Cases
