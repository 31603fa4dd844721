/** The files a page loads: all of them come from here. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const SCRIPT = 'text/javascript; charset=utf-8'
const STYLE = 'text/css; charset=utf-8'

/** A file, ready to be sent. */
export interface Asset {
  readonly type: string
  readonly bytes: Buffer
}

const packageRoot = join(__dirname, '..')
const client = (name: string) => ({ type: SCRIPT, path: () => join(packageRoot, 'dist/client', name) })

/** The chart library may be installed anywhere above us. */
const FILES: Readonly<Record<string, { readonly type: string; readonly path: () => string }>> = {
  'inspector.css': { type: STYLE, path: () => join(packageRoot, 'assets/inspector.css') },
  'uplot.css': { type: STYLE, path: () => require.resolve('uplot/dist/uPlot.min.css') },
  'uplot.js': { type: SCRIPT, path: () => require.resolve('uplot/dist/uPlot.iife.min.js') },
  'theme.js': client('theme.js'),
  'live.js': client('live.js'),
  'health.js': client('health.js'),
  'data.js': client('data.js'),
  'charts.js': client('charts.js'),
  'data-charts.js': client('data-charts.js'),
  'data-tables.js': client('data-tables.js'),
  'elements.js': client('elements.js')
}

/** Reads each file once. */
export const createAssets = (): ((name: string) => Asset | undefined) => {
  const read = new Map<string, Asset>()
  return (name) => {
    const known = read.get(name)
    if (known !== undefined) return known
    const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined
    if (file === undefined) return undefined
    const asset = { type: file.type, bytes: readFileSync(file.path()) }
    read.set(name, asset)
    return asset
  }
}
