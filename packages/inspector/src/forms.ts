/** Forms: a bounded body, from our own page only. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Refusal } from './refusal'

const COOKIE = 'thryve-inspector'
const TOKEN_BYTES = 32
const MAX_BODY_BYTES = 16 * 1_024

/** The fields of a form. */
export type Fields = URLSearchParams

type FormRequest = IncomingMessage & { readonly body?: unknown }

const cookieOf = (request: IncomingMessage): string | undefined => {
  const found = new RegExp(`(?:^|; *)${COOKIE}=([A-Za-z0-9_-]+)(?:;|$)`).exec(request.headers.cookie ?? '')?.[1]
  return found !== undefined && Buffer.from(found, 'base64url').length === TOKEN_BYTES ? found : undefined
}

const isEncrypted = (request: IncomingMessage): boolean => 'encrypted' in request.socket

/**
 * The token that forms of this browser carry beside its cookie. Any instance can check it, so that a form may be
 * answered by another one than sent it. The cookie has no `Path`: it stays below the page's own folder, also behind a
 * proxy that adds a prefix.
 */
export const formToken = (request: IncomingMessage, response: ServerResponse): string => {
  const known = cookieOf(request)
  if (known !== undefined) return known
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const secure = isEncrypted(request) ? '; Secure' : ''
  response.appendHeader('set-cookie', `${COOKIE}=${token}; HttpOnly; SameSite=Strict${secure}`)
  return token
}

/** A browser says where a request comes from; one that does not say is believed by its `Origin` only. */
const assertSameOrigin = (request: IncomingMessage): void => {
  const { 'sec-fetch-site': site, origin, host } = request.headers
  if (site !== undefined) {
    if (site === 'same-origin') return
    throw new Refusal('INSPECTOR_CROSS_SITE')
  }
  if (origin === undefined || !URL.canParse(origin) || new URL(origin).host !== host) {
    throw new Refusal('INSPECTOR_CROSS_SITE')
  }
}

const assertToken = (request: IncomingMessage, fields: Fields): void => {
  const expected = Buffer.from(cookieOf(request) ?? '')
  const given = Buffer.from(fields.get('token') ?? '')
  const isSame = expected.length > 0 && expected.length === given.length && timingSafeEqual(expected, given)
  if (!isSame) throw new Refusal('INSPECTOR_FORM_EXPIRED')
}

/** A body parser of the host may have come first; what it made of a form is as good. */
const fromParser = (body: unknown): Fields | undefined => {
  if (typeof body === 'string') return new URLSearchParams(body)
  if (Buffer.isBuffer(body)) return new URLSearchParams(body.toString('utf8'))
  if (typeof body !== 'object' || body === null) return undefined
  const pairs = Object.entries(body).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((item) => typeof item === 'string')
      .map((item): [string, string] => [name, item])
  )
  return new URLSearchParams(pairs)
}

const readBody = async (request: FormRequest): Promise<Fields> => {
  if (request.readableEnded) return fromParser(request.body) ?? new URLSearchParams()
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new Refusal('INSPECTOR_BODY_TOO_LARGE')
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

/**
 * Reads a form.
 *
 * @throws Refusal `INSPECTOR_CROSS_SITE`, `INSPECTOR_BODY_TOO_LARGE`, `INSPECTOR_FORM_EXPIRED`.
 */
export const readForm = async (request: IncomingMessage): Promise<Fields> => {
  assertSameOrigin(request)
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw new Refusal('INSPECTOR_BODY_TOO_LARGE')
  const fields = await readBody(request)
  assertToken(request, fields)
  return fields
}
