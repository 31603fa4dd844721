/** It ships no types of its own; this is what the tests use of it. */
declare module 'koa-bodyparser' {
  import type { Middleware } from 'koa'

  const bodyParser: () => Middleware
  export = bodyParser
}
