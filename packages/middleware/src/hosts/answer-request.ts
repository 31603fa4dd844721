/** What every host does with a request: lets it in, reads its body, receives it, and has an answer whatever happens. */
import type { BodyLimits } from '../body/body'
import { asThryveError, ThryveError } from '../errors'
import type { Answer } from '../receive/receive'
import type { Receiver } from '../receiver'
import type { Headers } from '../signature/signature'

/** A request, whatever its host. */
export interface HostedRequest {
  readonly method: string | undefined
  /** Header names in lower case; a header sent twice is a list, or joined by commas. */
  readonly headers: Headers
  readonly path: string
  readonly readBody: (limits: BodyLimits) => Promise<Uint8Array> | Uint8Array
}

/** The path of a URL that has no origin: without the query, without a slash at its end. */
export const pathOf = (url: string | undefined): string => {
  const path = (url ?? '/').split(/[?#]/, 1)[0] ?? '/'
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

const admitAndReceive = async (receiver: Receiver, request: HostedRequest, startedAtMs: number): Promise<Answer> => {
  const { maxCompressedBytes: maxBytes, bodyTimeoutMs: timeoutMs } = receiver.settings
  const { headers, path } = request
  if (request.method !== 'POST') throw new ThryveError('THRYVE_METHOD_NOT_ALLOWED')
  const slot = receiver.admit(headers)
  try {
    const body = await request.readBody({ maxBytes, timeoutMs })
    slot.resize(body.length)
    return await receiver.receive({ headers, body, path, startedAtMs }, slot)
  } finally {
    slot.release()
  }
}

/** Answers a request. Never rejects. */
export const answerRequest = async (receiver: Receiver, request: HostedRequest): Promise<Answer> => {
  const startedAtMs = receiver.settings.clock.now()
  try {
    return await admitAndReceive(receiver, request, startedAtMs)
  } catch (error) {
    const answer = receiver.refuse(asThryveError(error), startedAtMs)
    return answer.status === 405 ? { ...answer, headers: { ...answer.headers, allow: 'POST' } } : answer
  }
}

/** An answer as it goes over the wire; an empty body has no headers of its own. */
export const renderAnswer = ({ status, headers, code }: Answer) => {
  const body = code === undefined ? '' : JSON.stringify({ code })
  const length = String(Buffer.byteLength(body))
  return {
    status,
    body,
    headers: body === '' ? headers : { ...headers, 'content-type': 'application/json', 'content-length': length }
  }
}
