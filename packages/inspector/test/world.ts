/** A receiver with its page on a real socket, fed by real signed deliveries. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import { type StorageAdapter, type ThryveOptions, thryveWebhook } from '@thryve-webhook/middleware'
import { signedDelivery } from '@thryve-webhook/middleware/testing'
import express from 'express'
import { type AuditEvent, type InspectorOptions, inspector } from '../src'

/** The secret every delivery is signed with. */
export const secret = 'synthetic-secret'
/** A user that exists nowhere else. */
export const user = 'marked-user-7f3a'

/** Writes nothing. */
export const silent = { warn: () => {}, error: () => {} }

/** What a world is made of. */
export interface WorldOptions {
  readonly adapter?: StorageAdapter
  readonly options?: InspectorOptions
  readonly receiver?: ThryveOptions
}

/** A running receiver with its page. */
export type World = Awaited<ReturnType<typeof startWorld>>

const listen = async (server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** One epoch record of the wire. */
export const epochItem = (startTimestamp: number | string, value: string, more: object = {}) => ({
  startTimestamp,
  dataTypeId: 3000,
  value,
  additionalDetails: { dataTypeName: 'HeartRate', valueType: 'DOUBLE', generationType: 'SMARTPHONE' },
  ...more
})

/** A delivery of epoch records. */
export const epochDelivery = (epochData: readonly object[], endUserId = user) => ({
  endUserId,
  type: 'event.data.epoch.create',
  data: { dataSourceId: 5, dataSourceName: 'Apple', epochData }
})

/** Starts a receiver at `/webhooks/thryve` and its page at `/thryve`. */
export const startWorld = async ({ adapter = memoryAdapter(), options, receiver }: WorldOptions = {}) => {
  const logged: string[] = []
  const log = (fields: object, message: string): void => void logged.push(`${JSON.stringify(fields)} ${message}`)
  const audited: AuditEvent[] = []
  const webhook = thryveWebhook(secret, adapter, { logger: { warn: log, error: log }, ...receiver })
  const page = inspector(webhook, adapter, { onAudit: (event) => void audited.push(event), ...options })
  const app = express()
  app.use(webhook)
  app.use('/thryve', page)
  const server = createServer(app)
  const origin = await listen(server)

  const send = async (payload: object | string, signedWith = secret): Promise<number> => {
    const { headers, body } = await signedDelivery(payload, { secret: signedWith })
    const response = await fetch(`${origin}/webhooks/thryve`, { method: 'POST', headers, body: Uint8Array.from(body) })
    await response.arrayBuffer()
    return response.status
  }

  return {
    adapter,
    webhook,
    page,
    origin,
    url: `${origin}/thryve`,
    logged,
    audited,
    send,
    close: async () => {
      page.close()
      await webhook.close({ timeoutMs: 1_000 })
      server.closeAllConnections()
      server.close()
    }
  }
}

/** What a browser of ours carries: the cookie, and the token of a form. */
export const openSession = async ({ url }: { readonly url: string }) => {
  const response = await fetch(`${url}/data`)
  const cookie = (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
  const token = /name="token" value="([^"]+)"/.exec(await response.text())?.[1] ?? ''
  return { cookie, token }
}

/** Posts a form as the page itself does. */
export const postForm = async (
  world: { readonly url: string; readonly origin: string },
  address: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {}
): Promise<Response> => {
  const { cookie, token } = await openSession(world)
  return fetch(`${world.url}/${address}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: world.origin, ...headers },
    body: new URLSearchParams({ token, ...fields })
  })
}
