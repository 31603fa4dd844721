/** The live view: its lines are written by the script, as they come. */
import { type Html, html } from '../html'
import { page } from './layout'

/** The page. */
export const livePage = (): Html =>
  page({
    title: 'Live',
    view: 'live',
    scripts: ['live'],
    content: html`
<p class="lead">Deliveries to this process, newest first. No value and no user is shown.</p>
<div class="bar">
<p role="status" id="stream" class="state" data-state="waiting">connecting</p>
<dl class="facts">
<div><dt>listed</dt><dd id="listed">0</dd></div>
<div><dt>refused</dt><dd id="refused">0</dd></div>
<div><dt>quarantined</dt><dd id="quarantined">0</dd></div>
</dl>
<button type="button" id="pause" aria-pressed="false">Pause</button>
</div>
<noscript><p class="note">This view needs JavaScript.</p></noscript>
<div class="scroll" tabindex="0" role="region" aria-label="Deliveries">
<table id="deliveries">
<thead><tr>
<th scope="col">Time</th><th scope="col">Answer</th><th scope="col">Outcome</th><th scope="col">Type</th>
<th scope="col" class="number">Records</th><th scope="col" class="number">Size</th>
<th scope="col" class="number">Attempt</th><th scope="col">Steps</th>
</tr></thead>
<tbody></tbody>
</table>
<p class="empty" id="no-deliveries">Nothing has come yet.</p>
</div>
<ul class="legend" aria-label="Steps">
<li><span class="swatch step-decompress"></span>decompress</li>
<li><span class="swatch step-decode"></span>decode</li>
<li><span class="swatch step-save"></span>save</li>
<li><span class="swatch step-listeners"></span>listeners</li>
</ul>`
  })
