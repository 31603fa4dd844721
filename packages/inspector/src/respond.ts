/** Answers. Every one carries the same headers of protection. */
import type { ServerResponse } from 'node:http'
import type { Html } from './html'

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'"
].join('; ')

const PROTECTION = {
  'cache-control': 'no-store, no-transform',
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY'
} as const

/** Sets what every answer carries; the rest of the headers can be added. */
export const protect = (response: ServerResponse): void => {
  for (const [name, value] of Object.entries(PROTECTION)) response.setHeader(name, value)
}

/** Answers with bytes or text. */
export const send = (response: ServerResponse, status: number, type: string, body: string | Buffer): void => {
  if (response.headersSent || response.destroyed) return
  response.statusCode = status
  response.setHeader('content-type', type)
  response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}

/** Answers with a page. */
export const sendPage = (response: ServerResponse, status: number, page: Html): void =>
  send(response, status, 'text/html; charset=utf-8', page.text)

/** Answers with JSON. */
export const sendJson = (response: ServerResponse, status: number, value: unknown): void =>
  send(response, status, 'application/json', JSON.stringify(value))

/** Sends the browser to another view with a GET. */
export const redirect = (response: ServerResponse, location: string): void => {
  response.statusCode = 303
  response.setHeader('location', location)
  response.end()
}
