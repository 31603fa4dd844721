export type { MongoConnection } from './connection'
export { type MongoAdapter, mongoAdapter } from './mongo-adapter'
export type { MongoAdapterOptions } from './options'
