/** What a route gets to work with. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Receiver, StorageAdapter } from '@thryve-webhook/middleware'
import type { Principal } from './access'
import type { Asset } from './assets'
import type { HealthHistory } from './health-history'
import type { LiveFeed } from './live-feed'
import type { InspectorSettings } from './options'
import type { Scan } from './scan'

/** The parts of one inspector. */
export interface Parts {
  readonly webhook: Receiver
  readonly adapter: StorageAdapter
  readonly settings: InspectorSettings
  readonly feed: LiveFeed
  readonly history: HealthHistory
  readonly scan: Scan
  readonly asset: (name: string) => Asset | undefined
}

/** One request of someone who may see the page. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly query: URLSearchParams
  readonly principal: Principal
}

/** Answers one request. */
export type Route = (parts: Parts, exchange: Exchange) => Promise<void>
