/** The quarantine: authentic deliveries that were not understood. */
import type { Page, QuarantineSummary } from '@thryve-webhook/middleware'
import { type Html, html } from '../html'
import { type ActionText, actionButton, nextLink, notice } from './action-form'
import { instant, shortId, size } from './format'
import { page } from './layout'

/** What can be done here. */
export const quarantineActions: Readonly<Record<string, ActionText>> = {
  replay: {
    label: 'Replay',
    question:
      'The delivery is run again: what is understood now is stored, and the listeners are called. It leaves the quarantine when all of it was understood.',
    isFinal: false
  },
  drop: { label: 'Drop', question: 'The received bytes are erased. They cannot be had again.', isFinal: true }
}

const PLACES_SHOWN = 3

const places = ({ failures }: QuarantineSummary): Html => html`<ul class="places">
${failures.slice(0, PLACES_SHOWN).map(({ path, expected }) => html`<li><code>${path}</code> ${expected}</li>`)}
${failures.length > PLACES_SHOWN && html`<li>and ${failures.length - PLACES_SHOWN} more</li>`}
</ul>`

const row = (entry: QuarantineSummary, token: string): Html => html`<tr>
<td class="nowrap">${instant(entry.firstSeenAt)}</td>
<td>${shortId(entry.delivery.id)}</td>
<td><strong class="code">${entry.code}</strong>${places(entry)}</td>
<td>${entry.scope === 'delivery' ? 'all of it' : `${entry.badRecords} of its records`}</td>
<td class="number nowrap">${size(entry.bytes)}</td>
<td class="actions">${Object.entries(quarantineActions).map(([action, text]) =>
  actionButton('quarantine', token, action, text, entry.delivery.id)
)}</td>
</tr>`

/** The page; `undefined` when the adapter keeps no quarantine. */
export const quarantinePage = (
  listing: Page<QuarantineSummary> | undefined,
  token: string,
  told: { readonly text?: string; readonly isProblem: boolean }
): Html =>
  page({
    title: 'Quarantine',
    view: 'quarantine',
    content: html`
<p class="lead">Authentic deliveries that could not be understood, newest first. Their bytes are kept as received.</p>
${notice(told.text, told.isProblem)}
${listing === undefined && html`<p class="note">The storage adapter keeps no quarantine.</p>`}
${listing?.entries.length === 0 && html`<p class="empty">Nothing is quarantined.</p>`}
${
  listing !== undefined &&
  listing.entries.length > 0 &&
  html`<div class="scroll" tabindex="0" role="region" aria-label="Quarantined deliveries"><table>
<thead><tr><th scope="col">First seen (UTC)</th><th scope="col">Delivery</th><th scope="col">Reason and place</th>
<th scope="col">Concerns</th><th scope="col" class="number">Size</th><th scope="col">Actions</th></tr></thead>
<tbody>${listing.entries.map((entry) => row(entry, token))}</tbody>
</table></div>`
}
${nextLink('quarantine', listing?.next)}`
  })
