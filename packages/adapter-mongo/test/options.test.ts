import { MongoClient } from 'mongodb'
import { type MongoAdapterOptions, type MongoConnection, mongoAdapter } from '../src/index'

const url = 'mongodb://127.0.0.1:1'

describe('mongoAdapter: what cannot be used, a TypeError that names it at once', () => {
  const client = new MongoClient(url)

  test.each<[string, unknown]>([
    ['"url"', {}],
    ['"url"', { url, client }],
    ['"url"', { url: 'localhost' }],
    ['"url"', { url: 7 }],
    ['"client"', { client: {} }],
    ['"client"', { client: null }],
    ['"db"', { db: client }],
    ['"dbName"', { url, dbName: '' }],
    ['"dbName"', { url, dbName: 7 }],
    ['"dbName"', { db: client.db(), dbName: 'other' }]
  ])('%s: %p', (name, connection) => {
    expect(() => mongoAdapter(connection as MongoConnection)).toThrow(TypeError)
    expect(() => mongoAdapter(connection as MongoConnection)).toThrow(name)
  })

  test.each<[string, unknown]>([
    ['"collectionPrefix"', { collectionPrefix: 7 }],
    ['"collectionPrefix"', { collectionPrefix: 'a$b' }],
    ['"collectionPrefix"', { collectionPrefix: 'a\0' }],
    ['"collectionPrefix"', { collectionPrefix: 'system.' }],
    ['"ensureIndexes"', { ensureIndexes: 'no' }],
    ['"collectionprefix"', { collectionprefix: 'x' }]
  ])('%s: %p', (name, options) => {
    expect(() => mongoAdapter({ client }, options as MongoAdapterOptions)).toThrow(TypeError)
    expect(() => mongoAdapter({ client }, options as MongoAdapterOptions)).toThrow(name)
  })

  test('a connection string is not repeated: it may hold a password', () => {
    try {
      mongoAdapter({ url: 'http://user:canary@host' })
      throw new Error('It was accepted.')
    } catch (error) {
      expect(String(error)).not.toContain('canary')
    }
  })

  test('wrong programs do not compile', () => {
    // @ts-expect-error two connections
    const both: MongoConnection = { url, db: client.db(), dbName: 'x' }
    // @ts-expect-error an unknown option
    const unknown: MongoAdapterOptions = { prefix: 'x' }
    expect([both, unknown]).toHaveLength(2)
  })
})
