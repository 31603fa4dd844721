/** Who may see the page, and which requests are its own. */

import type { IncomingMessage } from 'node:http'
import { isIPv4 } from 'node:net'
import type { InspectorSettings } from './options'
import { Refusal } from './refusal'

/** Whoever is looking. `name` is what `authorize` gave. */
export interface Principal {
  readonly name?: string
}

/** A name a proxy adds: the socket's address is the proxy's then, and says nothing. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'] as const

const isLoopbackAddress = (address: string | undefined): boolean => {
  const plain = address?.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
  return plain === '::1' || (plain !== undefined && isIPv4(plain) && plain.startsWith('127.'))
}

/** A foreign name that resolves to this machine (DNS rebinding) comes over loopback too, but it is in `Host`. */
const isLoopbackHost = (host: string | undefined): boolean => {
  const name = /^(localhost|\[::1\]|127(?:\.\d{1,3}){3})(?::\d{1,5})?$/i.exec(host ?? '')?.[1]
  return name !== undefined
}

const assertLoopback = (request: IncomingMessage): void => {
  const isDirect = FORWARDED.every((header) => request.headers[header] === undefined)
  const isLocal = isLoopbackAddress(request.socket.remoteAddress) && isLoopbackHost(request.headers.host)
  if (!isDirect || !isLocal) throw new Refusal('INSPECTOR_LOOPBACK_ONLY')
}

/** Only `true` and a name let in: an object or a number is a mistake of the host, and no permission. */
const principalOf = (verdict: unknown): Principal => {
  if (verdict === true) return {}
  if (typeof verdict === 'string' && verdict !== '') return { name: verdict }
  throw new Refusal('INSPECTOR_UNAUTHORIZED')
}

/**
 * Lets a request in.
 *
 * @throws Refusal `INSPECTOR_UNAUTHORIZED`, `INSPECTOR_LOOPBACK_ONLY`, `INSPECTOR_AUTHORIZE_FAILED`.
 */
export const admit = async (request: IncomingMessage, { authorize }: InspectorSettings): Promise<Principal> => {
  if (authorize === undefined) {
    assertLoopback(request)
    return {}
  }
  const verdict = await Promise.resolve()
    .then(() => authorize(request))
    .catch((cause) => {
      throw new Refusal('INSPECTOR_AUTHORIZE_FAILED', { cause })
    })
  return principalOf(verdict)
}
