/** What can be done with a kept delivery: buttons, a page that asks first, and the line that tells what came of it. */
import { type Html, html } from '../html'
import { shortId } from './format'
import { page, type View } from './layout'

/** Something to do with one delivery. */
export interface ActionText {
  /** On the button. */
  readonly label: string
  /** What it means, in a sentence. */
  readonly question: string
  /** Whether it cannot be taken back. */
  readonly isFinal: boolean
}

/** A form of one button. The first press leads to the page that asks. */
export const actionButton = (view: View, token: string, action: string, text: ActionText, deliveryId: string): Html =>
  html`<form method="post" action="${view}">
<input type="hidden" name="token" value="${token}">
<input type="hidden" name="delivery" value="${deliveryId}">
<button name="action" value="${action}"${text.isFinal && html` class="danger"`} aria-label="${text.label} ${deliveryId.slice(0, 12)}">${text.label}</button>
</form>`

/** Asks before anything is done. */
export const confirmPage = (view: View, token: string, action: string, text: ActionText, deliveryId: string): Html =>
  page({
    title: `${text.label}?`,
    view,
    content: html`
<section class="card">
<p>${text.question}</p>
<p>Delivery ${shortId(deliveryId)}</p>
<form method="post" action="${view}" class="bar">
<input type="hidden" name="token" value="${token}">
<input type="hidden" name="delivery" value="${deliveryId}">
<input type="hidden" name="confirmed" value="yes">
<button name="action" value="${action}" class="${text.isFinal ? 'danger' : 'primary'}" autofocus>${text.label}</button>
<a class="button" href="${view}">Cancel</a>
</form>
</section>`
  })

/** Tells what came of it. */
export const notice = (text: string | undefined, isProblem: boolean): Html | undefined =>
  text === undefined ? undefined : html`<p role="status" class="${isProblem ? 'problem' : 'done'}">${text}</p>`

/** The link to the next page of a listing. */
export const nextLink = (view: View, next: string | undefined): Html | undefined =>
  next === undefined
    ? undefined
    : html`<p><a class="button" href="${view}?after=${encodeURIComponent(next)}">Next page</a></p>`
