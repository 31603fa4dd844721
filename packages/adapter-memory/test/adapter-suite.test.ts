import { adapterSuite } from '@thryve-webhook/middleware/testing'
import { createAdapter, createPeer, probeStore, storeOf } from './stores'

describe('memory adapter, conformance', () => {
  adapterSuite({
    test,
    createAdapter,
    createPeer,
    probe: (adapter) => probeStore(storeOf(adapter)),
    supports: {
      inbox: true,
      'inbox.get': true,
      quarantine: true,
      find: true,
      deleteUser: true,
      check: true,
      close: true
    }
  })
})
