/** Web authentication: what Thryve can send beside the signature. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { ThryveError } from '../errors'
import type { Headers } from './signature'

/** How the sender must authenticate, beside signing. */
export type Authentication =
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'header'; readonly name: string; readonly value: string }
  | ((headers: Headers) => boolean | Promise<boolean>)

/** Digests have one length, so that the comparison tells nothing of the text's. */
const areEqual = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())

const textOf = (headers: Headers, name: string): string => {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}

/** Scheme names are case-insensitive (RFC 9110, 11.1); what follows is not. */
const credentialsOf = (headers: Headers, scheme: string): string => {
  const header = textOf(headers, 'authorization')
  const space = header.indexOf(' ')
  return header.slice(0, space).toLowerCase() === scheme ? header.slice(space + 1).trim() : ''
}

const isAuthentic = (headers: Headers, authentication: Authentication): boolean | Promise<boolean> => {
  if (typeof authentication === 'function') return authentication(headers)
  switch (authentication.type) {
    case 'basic': {
      const expected = Buffer.from(`${authentication.username}:${authentication.password}`).toString('base64')
      return areEqual(credentialsOf(headers, 'basic'), expected)
    }
    case 'bearer':
      return areEqual(credentialsOf(headers, 'bearer'), authentication.token)
    case 'header':
      return areEqual(textOf(headers, authentication.name.toLowerCase()), authentication.value)
  }
}

/**
 * Checks the sender's web authentication. No authentication set: everyone passes, and the signature decides.
 *
 * @throws ThryveError `THRYVE_UNAUTHENTICATED`, also when a function of yours throws.
 */
export const authenticate = async (headers: Headers, authentication: Authentication | undefined): Promise<void> => {
  if (authentication === undefined) return
  let isAccepted: boolean
  try {
    isAccepted = (await isAuthentic(headers, authentication)) === true
  } catch (cause) {
    throw new ThryveError('THRYVE_UNAUTHENTICATED', { cause, reason: 'failed' })
  }
  if (!isAccepted) throw new ThryveError('THRYVE_UNAUTHENTICATED')
}
