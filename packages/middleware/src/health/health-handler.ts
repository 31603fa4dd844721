/** Answers the probes of Kubernetes and of load balancers. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Receiver } from '../receiver'
import type { HealthReport } from './health-report'

/** A request handler for `node:http`, Express and Connect. */
export type HealthHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void
) => void

const lastSegment = (url: string | undefined): string | undefined => {
  const [path = ''] = (url ?? '/').split(/[?#]/, 1)
  return path.split('/').findLast((segment) => segment !== '')
}

const respond = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

/**
 * A receiver that is degraded or fails Thryve is still ready: taken out of service it could answer nothing at all, and
 * strangers who post junk must not be able to bring that about. One that shuts down or cannot reach its store is not.
 */
const isReady = ({ store, reasons }: HealthReport): boolean =>
  store !== 'failing' && !reasons.some(({ code }) => code === 'closing')

/**
 * Makes a handler for health probes: `…/live` says that the process answers, `…/ready` that it can take deliveries, and
 * the path itself gives the whole report, with 503 while the state is `failing`. The store is checked once in 2 s at most.
 *
 * @example
 * app.use('/health', healthHandler(webhook)) // GET /health/live, /health/ready, /health
 */
export const healthHandler = (webhook: Pick<Receiver, 'health'>): HealthHandler => {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const probe = lastSegment(request.url)
    if (probe === 'live') return respond(response, 200, { state: 'ok' })
    const report = await webhook.health()
    if (probe !== 'ready') return respond(response, report.state === 'failing' ? 503 : 200, report)
    const { state, reasons, store } = report
    respond(response, isReady(report) ? 200 : 503, { state, store, reasons })
  }
  return function thryveHealthHandler(request, response) {
    if (request.method === 'GET' || request.method === 'HEAD') return void answer(request, response)
    response.writeHead(405, { allow: 'GET, HEAD' }).end()
  }
}
