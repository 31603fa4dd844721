/** Where a request stands below the page's mount point. */
import type { IncomingMessage } from 'node:http'

/** A request, with what Express and Connect add to it. */
export type HostRequest = IncomingMessage & { readonly originalUrl?: string }

/** A request's place. */
export interface Place {
  /** Below the mount point, e.g. `/live`; empty at the mount point itself. */
  readonly path: string
  readonly query: URLSearchParams
  /** From the request to the first view: relative, so that a proxy may add a prefix. */
  readonly home: string
}

const split = (url: string): readonly [path: string, query: string] => {
  const [path = '', ...rest] = url.split('?')
  return [path, rest.join('?')]
}

/** @returns `undefined` when the request is not below `basePath`. */
export const placeOf = (request: HostRequest, basePath: string): Place | undefined => {
  const [full, query] = split(request.url ?? '/')
  const isBelow = full === basePath || full.startsWith(`${basePath}/`)
  if (!isBelow) return undefined
  const path = full.slice(basePath.length)
  const [original] = split(request.originalUrl ?? request.url ?? '/')
  const last = original.split('/').at(-1) ?? ''
  return {
    path: path === '/' ? '' : path,
    query: new URLSearchParams(query),
    home: last === '' ? './live' : `./${last}/live`
  }
}
