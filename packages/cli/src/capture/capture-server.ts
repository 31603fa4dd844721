/** A server that writes down what arrives, and answers 204. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { CaptureOutcome, Recorder } from '@thryve-webhook/middleware'

/** What is told of a request: no value of it. */
export interface CapturedLine {
  readonly receivedAt: Date
  readonly method: string
  readonly path: string
  readonly bytes: number
  readonly isComplete: boolean
  readonly headerNames: readonly string[]
  readonly outcome: CaptureOutcome['outcome']
  readonly file?: string
}

/** What the server takes. */
export interface CaptureServerOptions {
  readonly recorder: Recorder
  /** Bytes beyond are not kept; the request is answered 413. */
  readonly maxBodyBytes: number
  readonly onCaptured: (line: CapturedLine) => void
}

const BODY_TIMEOUT_MS = 30_000
/** Bodies held at once are bounded by so many connections. */
const MAX_CONNECTIONS = 16

interface Body {
  readonly bytes: Buffer
  readonly isComplete: boolean
  readonly isTooLarge: boolean
}

/** Whatever ends the request, what came until then is kept. */
const collect = (request: IncomingMessage, maxBytes: number): Promise<Body> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const settle = (isComplete: boolean, isTooLarge: boolean): void => {
      request.removeAllListeners('data')
      resolve({ bytes: Buffer.concat(chunks), isComplete, isTooLarge })
    }
    request
      .on('data', (chunk: Buffer) => {
        chunks.push(size + chunk.length > maxBytes ? chunk.subarray(0, maxBytes - size) : chunk)
        size += chunk.length
        if (size > maxBytes) settle(false, true)
      })
      .on('end', () => settle(request.complete, false))
      .on('error', () => settle(false, false))
      .on('close', () => settle(request.complete, false))
  })

const pairsOf = (rawHeaders: readonly string[]): [string, string][] =>
  rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : []
  )

/** Makes the server; the caller listens and closes. */
export const createCaptureServer = ({ recorder, maxBodyBytes, onCaptured }: CaptureServerOptions): Server => {
  const server = createServer(
    { requestTimeout: BODY_TIMEOUT_MS, headersTimeout: BODY_TIMEOUT_MS },
    (request, response) => {
      const receivedAt = new Date()
      void collect(request, maxBodyBytes).then(async ({ bytes, isComplete, isTooLarge }) => {
        const method = request.method ?? ''
        const path = (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/'
        const headers = pairsOf(request.rawHeaders)
        const result = await recorder.record({ receivedAt, method, path, headers, body: bytes, isComplete })
        const headerNames = [...new Set(headers.map(([name]) => name))]
        const file = result.outcome === 'captured' ? { file: result.file } : {}
        const { outcome } = result
        onCaptured({ receivedAt, method, path, bytes: bytes.length, isComplete, headerNames, outcome, ...file })
        response.writeHead(isTooLarge ? 413 : 204, isTooLarge ? { connection: 'close' } : {}).end()
      })
    }
  )
  server.maxConnections = MAX_CONNECTIONS
  return server
}
