/** The routes of quarantine and dead letters: a list, and what can be done with each delivery. */
import { audit } from './audit'
import type { Exchange, Parts, Route } from './exchange'
import { type Fields, formToken, readForm } from './forms'
import type { AuditEvent } from './options'
import { type ActionText, confirmPage } from './pages/action-form'
import { deadLetterActions, deadLettersPage } from './pages/dead-letters-page'
import type { View } from './pages/layout'
import { quarantineActions, quarantinePage } from './pages/quarantine-page'
import { fromStore, Refusal } from './refusal'
import { redirect, sendPage } from './respond'

const PAGE_ENTRIES = 50
const MAX_ID_LENGTH = 512

const DONE: Readonly<Record<string, string>> = {
  replay: 'The delivery was replayed, and has left the quarantine.',
  requeue: 'The delivery was requeued.',
  drop: 'The delivery was dropped.'
}

/** What the redirect after an action says: words and codes of ours only, whatever the address holds. */
const told = (query: URLSearchParams): { readonly text?: string; readonly isProblem: boolean } => {
  const failed = query.get('failed') ?? ''
  if (/^[A-Z][A-Z_]{2,60}$/.test(failed)) return { text: `It stays: ${failed}.`, isProblem: true }
  if (query.has('gone')) return { text: 'The delivery is not here any more.', isProblem: true }
  const text = DONE[query.get('done') ?? '']
  return { ...(text !== undefined && { text }), isProblem: false }
}

const pageQuery = (query: URLSearchParams) => {
  const after = query.get('after')
  return { limit: PAGE_ENTRIES, ...(after !== null && { after }) }
}

/** Lists the quarantine. */
export const listQuarantine: Route = async ({ adapter: { quarantine } }, { request, response, query }) => {
  const listing = quarantine && (await fromStore(() => quarantine.list(pageQuery(query))))
  sendPage(response, 200, quarantinePage(listing, formToken(request, response), told(query)))
}

/** Lists the dead letters. */
export const listDeadLetters: Route = async ({ adapter: { inbox } }, { request, response, query }) => {
  const listing = inbox && (await fromStore(() => inbox.list({ ...pageQuery(query), state: 'dead' })))
  sendPage(response, 200, deadLettersPage(listing, formToken(request, response), told(query)))
}

const readDelivery = (fields: Fields): string => {
  const deliveryId = fields.get('delivery') ?? ''
  if (deliveryId !== '' && deliveryId.length <= MAX_ID_LENGTH) return deliveryId
  throw new Refusal('INSPECTOR_BAD_INPUT', { field: 'delivery' })
}

/** What an action is called in the audit, and what it does: `false` when the delivery was not there, a code when it stays. */
interface Deed {
  readonly audited: AuditEvent['action']
  readonly run: (deliveryId: string) => Promise<boolean | string>
}

interface Desk {
  readonly view: View
  readonly texts: Readonly<Record<string, ActionText>>
  readonly deeds: Readonly<Record<string, Deed>>
}

const outcomeOf = (action: string, result: boolean | string): string => {
  if (typeof result === 'string') return `failed=${result}`
  return result ? `done=${action}` : 'gone=1'
}

/** Asks first; does it when asked again; then sends the browser back to the list. */
const act = async (
  { settings }: Parts,
  { request, response, principal }: Exchange,
  { view, texts, deeds }: Desk
): Promise<void> => {
  const fields = await readForm(request)
  const deliveryId = readDelivery(fields)
  const action = fields.get('action') ?? ''
  const text = Object.hasOwn(texts, action) ? texts[action] : undefined
  const deed = deeds[action]
  if (text === undefined || deed === undefined) throw new Refusal('INSPECTOR_BAD_INPUT', { field: 'action' })
  if (fields.get('confirmed') !== 'yes') {
    sendPage(response, 200, confirmPage(view, formToken(request, response), action, text, deliveryId))
    return
  }
  await audit(settings, principal, { action: deed.audited, deliveryId })
  redirect(response, `${view}?${outcomeOf(action, await deed.run(deliveryId))}`)
}

const codeOf = (error: unknown): string => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return /^THRYVE_[A-Z_]+$/.test(code) ? code : 'THRYVE_INTERNAL'
}

/** Replays or drops a quarantined delivery. */
export const changeQuarantine: Route = async (parts, exchange) => {
  const { quarantine } = parts.adapter
  if (quarantine === undefined) throw new Refusal('INSPECTOR_NOT_SUPPORTED')
  await act(parts, exchange, {
    view: 'quarantine',
    texts: quarantineActions,
    deeds: {
      replay: { audited: 'replay', run: (id) => parts.webhook.replay(id).catch(codeOf) },
      drop: { audited: 'drop-quarantined', run: (id) => fromStore(() => quarantine.remove(id)) }
    }
  })
}

/** Requeues or drops a dead letter. */
export const changeDeadLetter: Route = async (parts, exchange) => {
  const { inbox } = parts.adapter
  if (inbox === undefined) throw new Refusal('INSPECTOR_NOT_SUPPORTED')
  await act(parts, exchange, {
    view: 'dead-letters',
    texts: deadLetterActions,
    deeds: {
      requeue: { audited: 'requeue', run: (id) => fromStore(() => inbox.requeue(id)) },
      drop: { audited: 'drop-dead', run: (id) => fromStore(() => inbox.remove(id)) }
    }
  })
}
