/** Every address of the page, and what answers there. */
import type { Route } from './exchange'
import { formToken } from './forms'
import { changeDeadLetter, changeQuarantine, listDeadLetters, listQuarantine } from './kept-deliveries'
import { dataPage } from './pages/data-page'
import { healthPage } from './pages/health-page'
import { livePage } from './pages/live-page'
import { fromStore } from './refusal'
import { sendJson, sendPage } from './respond'
import { charts, overview, table } from './user-records'

/** How an address answers, by method, and how it tells a refusal. */
export interface Address {
  readonly get?: Route
  readonly post?: Route
  readonly isPage: boolean
}

const live: Route = async (_parts, { response }) => sendPage(response, 200, livePage())

const health: Route = async (_parts, { response }) => sendPage(response, 200, healthPage())

const data: Route = async ({ adapter }, { request, response }) =>
  sendPage(response, 200, dataPage(formToken(request, response), adapter.find !== undefined))

/** A browser that lost the stream tells how far it got. */
const liveEvents: Route = async ({ feed }, { request, response }) => {
  const since = Number(request.headers['last-event-id'])
  feed.follow(response, Number.isSafeInteger(since) && since > 0 ? since : 0)
}

const healthReport: Route = async ({ history }, { response }) =>
  sendJson(response, 200, await fromStore(() => history.report()))

/** By path below the mount point. */
export const addresses: ReadonlyMap<string, Address> = new Map([
  ['/live', { get: live, isPage: true }],
  ['/live/events', { get: liveEvents, isPage: false }],
  ['/health', { get: health, isPage: true }],
  ['/health/report', { get: healthReport, isPage: false }],
  ['/data', { get: data, isPage: true }],
  ['/data/overview', { post: overview, isPage: false }],
  ['/data/charts', { post: charts, isPage: false }],
  ['/data/records', { post: table, isPage: false }],
  ['/quarantine', { get: listQuarantine, post: changeQuarantine, isPage: true }],
  ['/dead-letters', { get: listDeadLetters, post: changeDeadLetter, isPage: true }]
])
