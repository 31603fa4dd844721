/** Posts a body and tells what came back, also when the answer comes before the body is through. */
import { type ClientRequest, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** What a server answered. */
export interface PostAnswer {
  readonly status: number
  /** The code of the receiver, where the body is one of its own. */
  readonly code?: string
  /** From the first byte sent to the head of the answer. */
  readonly ms: number
}

/** What to post, and how long to wait. */
export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const MAX_ANSWER_BYTES = 4_096

const codeOf = (text: string): string | undefined => {
  try {
    const { code } = JSON.parse(text) as { readonly code?: unknown }
    return typeof code === 'string' && /^THRYVE_[A-Z_]{1,40}$/.test(code) ? code : undefined
  } catch {
    return undefined
  }
}

/**
 * Posts a body.
 *
 * @throws the socket's error, with its `code`; `ETIMEDOUT` after `timeoutMs`.
 */
export const post = (url: URL, { headers, body, timeoutMs, signal }: PostOptions): Promise<PostAnswer> =>
  new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const request: ClientRequest = send(url, {
      method: 'POST',
      agent: false,
      signal,
      headers: { ...headers, 'content-length': String(body.length) }
    })
    const timer = setTimeout(
      () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      timeoutMs
    )
    const settle = (act: () => void): void => {
      clearTimeout(timer)
      act()
      request.destroy()
    }
    request.on('error', (error) => settle(() => reject(error)))
    request.on('response', (response) => {
      const ms = performance.now() - startedAt
      const status = response.statusCode ?? 0
      let text = ''
      const finish = (): void => {
        const code = codeOf(text)
        settle(() => resolve({ status, ms, ...(code === undefined ? {} : { code }) }))
      }
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => {
          text += chunk
          if (text.length > MAX_ANSWER_BYTES) finish()
        })
        .on('end', finish)
        .on('error', finish)
    })
    request.end(body)
  })
