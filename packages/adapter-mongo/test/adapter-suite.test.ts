import { adapterSuite } from '@thryve-webhook/middleware/testing'
import { describeWithMongo } from '../../../tools/test-mongo/jest'
import { createStores } from './stores'

describeWithMongo('mongo adapter, conformance', (mongo) => {
  const { createAdapter, createPeer, probe, breakStore, dispose, close } = createStores(mongo)
  afterAll(close)

  adapterSuite({
    test,
    createAdapter,
    createPeer,
    probe,
    breakStore,
    dispose,
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
