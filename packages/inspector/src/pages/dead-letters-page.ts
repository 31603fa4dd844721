/** Dead letters: deliveries that were given up. */
import type { InboxEntry, Page } from '@thryve-webhook/middleware'
import { type Html, html } from '../html'
import { type ActionText, actionButton, nextLink, notice } from './action-form'
import { instant, shortId, size } from './format'
import { page } from './layout'

/** What can be done here. */
export const deadLetterActions: Readonly<Record<string, ActionText>> = {
  requeue: {
    label: 'Requeue',
    question: 'The delivery goes back to the inbox, with its attempts at 0, and is worked on again.',
    isFinal: false
  },
  drop: { label: 'Drop', question: 'The received bytes are erased. They cannot be had again.', isFinal: true }
}

const row = (entry: InboxEntry, token: string): Html => html`<tr>
<td class="nowrap">${instant(entry.receivedAt)}</td>
<td>${shortId(entry.deliveryId)}</td>
<td><strong class="code">${entry.lastError ?? 'unknown'}</strong></td>
<td class="number">${entry.attempts}</td>
<td class="number nowrap">${size(entry.bytes)}</td>
<td class="actions">${Object.entries(deadLetterActions).map(([action, text]) =>
  actionButton('dead-letters', token, action, text, entry.deliveryId)
)}</td>
</tr>`

/** The page; `undefined` when the adapter has no inbox. */
export const deadLettersPage = (
  listing: Page<InboxEntry> | undefined,
  token: string,
  told: { readonly text?: string; readonly isProblem: boolean }
): Html =>
  page({
    title: 'Dead letters',
    view: 'dead-letters',
    content: html`
<p class="lead">Acknowledged deliveries that failed too often, oldest first. They wait here until someone decides.</p>
${notice(told.text, told.isProblem)}
${listing === undefined && html`<p class="note">The storage adapter has no inbox.</p>`}
${listing?.entries.length === 0 && html`<p class="empty">No delivery was given up.</p>`}
${
  listing !== undefined &&
  listing.entries.length > 0 &&
  html`<div class="scroll" tabindex="0" role="region" aria-label="Dead letters"><table>
<thead><tr><th scope="col">Received (UTC)</th><th scope="col">Delivery</th><th scope="col">Last failure</th>
<th scope="col" class="number">Attempts</th><th scope="col" class="number">Size</th><th scope="col">Actions</th></tr></thead>
<tbody>${listing.entries.map((entry) => row(entry, token))}</tbody>
</table></div>`
}
${nextLink('dead-letters', listing?.next)}`
  })
