/**
 * The conformance suite of storage adapters. It needs no test runner of its own and looks at the store through a probe,
 * not through the adapter. The cases are chosen by what the adapter supports.
 *
 * @module
 */

import type { StorageAdapter } from '../storage/storage'
import { brokenStoreCases } from './adapter-suite/broken-store-cases'
import { checkCases } from './adapter-suite/check-cases'
import { closeCases } from './adapter-suite/close-cases'
import { declarationCases } from './adapter-suite/declaration-cases'
import { deleteUserCases } from './adapter-suite/delete-user-cases'
import { findCases } from './adapter-suite/find-cases'
import { inboxClaimCases } from './adapter-suite/inbox-claim-cases'
import { inboxFenceCases } from './adapter-suite/inbox-fence-cases'
import { inboxGetCases } from './adapter-suite/inbox-get-cases'
import { inboxListCases } from './adapter-suite/inbox-list-cases'
import { inboxPutCases } from './adapter-suite/inbox-put-cases'
import { inboxSettleCases } from './adapter-suite/inbox-settle-cases'
import { inboxWalkCases } from './adapter-suite/inbox-walk-cases'
import { peerCases } from './adapter-suite/peer-cases'
import { quarantineCases } from './adapter-suite/quarantine-cases'
import { saveCases } from './adapter-suite/save-cases'
import { saveFieldCases } from './adapter-suite/save-field-cases'
import { saveOrderCases } from './adapter-suite/save-order-cases'
import { type Cases, inWorld, type WorldOptions } from './adapter-suite/world'

/** What the suite needs to know of an adapter. */
export interface AdapterSuiteOptions<A extends StorageAdapter = StorageAdapter> extends WorldOptions<A> {
  /** Registers one case: `test` of Jest, Vitest or `node:test`, `it` of Mocha. */
  readonly test: (name: string, run: () => Promise<void>) => unknown
}

/**
 * Registers the cases an adapter must pass.
 *
 * @example
 * adapterSuite({
 *   test,
 *   createAdapter: () => myAdapter(emptyDatabase()),
 *   probe: (adapter) => ({ records: () => readAllRows(adapter) }),
 *   supports: { find: true }
 * })
 */
export const adapterSuite = <A extends StorageAdapter>({ test, ...options }: AdapterSuiteOptions<A>): void => {
  const { supports = {} } = options
  const register = (cases: Cases): void => {
    for (const [name, run] of Object.entries(cases)) test(name, inWorld(options, run))
  }
  register(declarationCases(supports))
  for (const cases of [saveCases, saveFieldCases, saveOrderCases]) register(cases)
  if (supports.find) register(findCases)
  if (supports.inbox) {
    register(inboxPutCases)
    register(inboxClaimCases)
    register(inboxSettleCases)
    register(inboxFenceCases)
    register(inboxListCases)
    register(inboxWalkCases)
    if (supports['inbox.get']) register(inboxGetCases)
  }
  if (supports.quarantine) register(quarantineCases)
  if (supports.deleteUser) register(deleteUserCases(supports))
  if (supports.check) register(checkCases)
  if (supports.close) register(closeCases(supports))
  if (options.createPeer !== undefined) register(peerCases(supports))
  if (options.breakStore !== undefined) register(brokenStoreCases(supports, options.breakStore))
}
