/** The routes of the data view. Each is a POST: a user's id belongs into no address and no log. */
import { audit } from './audit'
import { readCharts } from './charts'
import type { Exchange, Parts, Route } from './exchange'
import { type Fields, readForm } from './forms'
import { readOverview } from './overview'
import { readQuery } from './record-query'
import { fromStore, Refusal } from './refusal'
import { sendJson } from './respond'
import type { ScanContext } from './scan'
import { readTable } from './table'

/** A scan ends when the browser has gone. */
const contextOf = ({ adapter, settings }: Parts, { response }: Exchange): ScanContext => {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return { adapter, maxRecords: settings.maxScannedRecords, signal: gone.signal }
}

const open = async (parts: Parts, exchange: Exchange) => {
  if (parts.adapter.find === undefined) throw new Refusal('INSPECTOR_NOT_SUPPORTED')
  const context = contextOf(parts, exchange)
  const fields: Fields = await readForm(exchange.request)
  return { context, fields, query: readQuery(fields) }
}

/** Counts a user's records. */
export const overview: Route = async (parts, exchange) => {
  const { context, query } = await open(parts, exchange)
  await audit(parts.settings, exchange.principal, { action: 'look-up', endUserId: query.endUserId })
  sendJson(exchange.response, 200, await fromStore(() => readOverview(parts.scan, context, query)))
}

/** Shows a user's values as charts. */
export const charts: Route = async (parts, exchange) => {
  const { context, query } = await open(parts, exchange)
  await audit(parts.settings, exchange.principal, { action: 'reveal', endUserId: query.endUserId })
  sendJson(exchange.response, 200, await fromStore(() => readCharts(parts.scan, context, query)))
}

/** Shows a page of a user's records, the values only when they were asked for. */
export const table: Route = async (parts, exchange) => {
  const { context, fields, query } = await open(parts, exchange)
  const isRevealed = fields.get('reveal') === 'yes'
  const { endUserId } = query
  await audit(parts.settings, exchange.principal, { action: isRevealed ? 'reveal' : 'look-up', endUserId })
  const after = fields.get('after') ?? undefined
  sendJson(exchange.response, 200, await fromStore(() => readTable(parts.scan, context, query, { after, isRevealed })))
}
