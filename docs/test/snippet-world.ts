/** What the reader of a snippet has already. */
import nodeHttp from 'node:http'
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import {
  thryveWebhook as createWebhook,
  type IncomingDelivery,
  type ThryveEvent,
  type VersionedRecord
} from '@thryve-webhook/middleware'
import type { Command } from 'commander'
import type { Express, RequestHandler } from 'express'
import type { FastifyInstance } from 'fastify'
import type Koa from 'koa'
import type { ReceivedRequest } from '../../packages/cli/src/doctor/read-request'

export { isRight } from 'fp-ts/lib/Either'
export { register } from 'prom-client'

export declare const app: Express
export declare const fastify: FastifyInstance
export declare const koa: Koa
export declare const router: { post(path: string, handle: Koa.Middleware): void }
export declare const command: Command
export declare const test: (name: string, run: () => Promise<void>) => void
export declare const server: nodeHttp.Server
export const http = nodeHttp
export const secret = 'synthetic'
export const username = 'synthetic'
export const password = 'synthetic'
export const adapter = memoryAdapter()
export const webhook = createWebhook(secret, adapter)
export declare const endUserId: string
export declare const deliveryId: string
export declare const tenants: readonly {
  readonly name: string
  readonly secret: string
  readonly adapter: typeof adapter
}[]
export declare const secrets: ReadonlyMap<string, string>
export declare const nameOfOperator: (request: nodeHttp.IncomingMessage) => string | undefined
export declare const auditLog: { write(event: object): void }
export declare const event: ThryveEvent
export declare const text: string
export declare const bytes: Uint8Array
export declare const body: Uint8Array
export declare const headers: IncomingDelivery['headers']
export declare const payload: object
export declare const url: string
export declare const request: ReceivedRequest
export declare const myAdapter: (database: object) => typeof adapter
export declare const emptyDatabase: () => object
export declare const readAllRows: (of: typeof adapter) => Promise<VersionedRecord[]>
export declare const yourHandler: RequestHandler
