/** One try: a request, and what came of it within the vendor's patience. */
import * as http from 'node:http'
import * as https from 'node:https'
import type { Packed } from './pack'

/** What came of one try. */
export type Outcome =
  | { readonly kind: 'answer'; readonly status: number; readonly ms: number }
  | { readonly kind: 'timeout' }
  /** No answer; `code` is of the connection, such as `ECONNREFUSED`. */
  | { readonly kind: 'error'; readonly code: string }
  /** Ended by Ctrl-C. */
  | { readonly kind: 'aborted' }

/** Sends requests to one address over connections that are kept. */
export interface Poster {
  post(packed: Packed): Promise<Outcome>
  close(): void
}

/** What a poster needs to know. */
export interface PosterOptions {
  readonly url: URL
  readonly connections: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.name

/** Opens a poster. Nothing is sent yet. */
export const createPoster = ({ url, connections, timeoutMs, signal }: PosterOptions): Poster => {
  const { request, Agent } = url.protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: connections })

  const post = ({ headers, body }: Packed): Promise<Outcome> =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve({ kind: 'aborted' })
        return
      }
      const startedAt = performance.now()
      const sent = request(url, { method: 'POST', headers, agent })
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        resolve(outcome)
      }
      const abort = (): void => {
        settle({ kind: 'aborted' })
        sent.destroy()
      }
      const timer = setTimeout(() => {
        settle({ kind: 'timeout' })
        sent.destroy()
      }, timeoutMs)
      signal.addEventListener('abort', abort, { once: true })
      sent.on('response', (response) => {
        const ms = performance.now() - startedAt
        response.on('error', () => {})
        response.resume()
        settle({ kind: 'answer', status: response.statusCode ?? 0, ms })
      })
      sent.on('error', (error) => {
        // The server has closed a kept connection just as it was used again: no fault of the delivery.
        const isStaleConnection = sent.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(codeOf(error))
        settle(isStaleConnection ? { kind: 'error', code: 'STALE_CONNECTION' } : { kind: 'error', code: codeOf(error) })
      })
      sent.end(body)
    })

  return {
    async post(packed) {
      for (let attempt = 0; attempt <= connections; attempt += 1) {
        const outcome = await post(packed)
        if (outcome.kind !== 'error' || outcome.code !== 'STALE_CONNECTION') return outcome
      }
      return { kind: 'error', code: 'ECONNRESET' }
    },
    close: () => agent.destroy()
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be looked up now',
  EHOSTUNREACH: 'no way to that host',
  ENETUNREACH: 'no way to that network',
  ECONNRESET: 'the connection was cut',
  EPROTO: 'it does not speak TLS'
}

/** Says in words why no connection came about. */
export const describeConnectionError = (code: string): string => {
  const isTls = /CERT|TLS|SSL|SELF_SIGNED|ISSUER/.test(code)
  return `${REASONS[code] ?? (isTls ? 'its certificate is not trusted; NODE_EXTRA_CA_CERTS names more authorities' : 'no connection')} (${code})`
}
