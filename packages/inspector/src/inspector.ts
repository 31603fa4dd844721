/** The page as a request handler for Express, Connect and `node:http`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Receiver, StorageAdapter } from '@thryve-webhook/middleware'
import { admit } from './access'
import { createAssets } from './assets'
import type { Parts } from './exchange'
import { createHealthHistory } from './health-history'
import { createLiveFeed } from './live-feed'
import { type InspectorOptions, type InspectorSettings, readOptions } from './options'
import { refusalPage } from './pages/refusal-page'
import { type Place, placeOf } from './place'
import { Refusal } from './refusal'
import { protect, redirect, send, sendJson, sendPage } from './respond'
import { type Address, addresses } from './routes'
import { createScan } from './scan'

/** A request handler, until it is closed. */
export interface Inspector {
  (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void
  /** Lets the browsers that follow go, so that a server can close, and stops to listen to the receiver. Twice is harmless. */
  close(): void
}

const ASSETS = '/assets/'

const routeOf = (address: Address, method: string | undefined) => {
  const route = method === 'POST' ? address.post : address.get
  if (route !== undefined && (method === 'GET' || method === 'HEAD' || method === 'POST')) return route
  throw new Refusal('INSPECTOR_METHOD_NOT_ALLOWED')
}

const allowed = ({ get, post }: Address): string =>
  [...(get ? ['GET', 'HEAD'] : []), ...(post ? ['POST'] : [])].join(', ')

const answerRefusal = (
  { challenge, logger }: InspectorSettings,
  request: IncomingMessage,
  response: ServerResponse,
  { error, address }: { readonly error: unknown; readonly address: Address | undefined }
): void => {
  const refusal = error instanceof Refusal ? error : new Refusal('INSPECTOR_INTERNAL', { cause: error })
  const { code, field, message } = refusal
  if (refusal.status >= 500) logger.error({ code }, message)
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  if (!request.complete) response.setHeader('connection', 'close')
  if (code === 'INSPECTOR_METHOD_NOT_ALLOWED' && address !== undefined) response.setHeader('allow', allowed(address))
  if (code === 'INSPECTOR_BUSY') response.setHeader('retry-after', '2')
  const isChallenged = code === 'INSPECTOR_UNAUTHORIZED' && challenge !== undefined
  if (isChallenged) response.setHeader('www-authenticate', challenge)
  const status = isChallenged ? 401 : refusal.status
  if (address?.isPage === true) sendPage(response, status, refusalPage(refusal))
  else sendJson(response, status, { code, ...(field !== undefined && { field }) })
}

/** Whether the page answers here; every other request is passed on. */
const isServed = ({ path }: Place): boolean => path === '' || path.startsWith(ASSETS) || addresses.has(path)

const answer = async (
  parts: Parts,
  place: Place,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> => {
  const principal = await admit(request, parts.settings)
  const address = addresses.get(place.path)
  if (address !== undefined) {
    await routeOf(address, request.method)(parts, { request, response, query: place.query, principal })
    return
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') throw new Refusal('INSPECTOR_METHOD_NOT_ALLOWED')
  if (place.path === '') {
    redirect(response, place.home)
    return
  }
  const asset = parts.asset(place.path.slice(ASSETS.length))
  if (asset === undefined) throw new Refusal('INSPECTOR_NOT_FOUND')
  send(response, 200, asset.type, asset.bytes)
}

/**
 * Makes the page: live deliveries, health, stored records, quarantine and dead letters of a receiver.
 * Whoever may see it may see health data, so in production it needs `authorize`; elsewhere it is served to this
 * machine only without it.
 *
 * @throws TypeError that names the option and the fix.
 * @example
 * const page = inspector(webhook, adapter, { authorize: (request) => nameOfOperator(request) ?? false })
 * app.use('/thryve', page)
 */
export const inspector = (webhook: Receiver, adapter: StorageAdapter, options: InspectorOptions = {}): Inspector => {
  const environment = process.env['NODE_ENV']
  const settings = readOptions(options, { logger: webhook.settings.logger, environment })
  const feed = createLiveFeed(webhook, settings)
  const history = createHealthHistory(webhook, settings)
  const parts: Parts = { webhook, adapter, settings, feed, history, scan: createScan(), asset: createAssets() }

  const handle = function thryveInspector(
    request: IncomingMessage,
    response: ServerResponse,
    next?: (error?: unknown) => void
  ): void {
    const place = placeOf(request, settings.basePath)
    if (next !== undefined && (place === undefined || !isServed(place))) {
      next()
      return
    }
    protect(response)
    const address = place && addresses.get(place.path)
    const answered =
      place !== undefined && isServed(place)
        ? answer(parts, place, request, response)
        : Promise.reject(new Refusal('INSPECTOR_NOT_FOUND'))
    void answered.catch((error) => answerRefusal(settings, request, response, { error, address }))
  }

  return Object.assign(handle, {
    close: () => {
      feed.close()
      history.close()
    }
  })
}
