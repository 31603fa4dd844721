/** The data view: a form; what it finds is written by the script. */
import { type Html, html } from '../html'
import { page } from './layout'

const SPANS = [
  ['1', '24 hours'],
  ['7', '7 days'],
  ['30', '30 days'],
  ['365', 'a year'],
  ['', 'everything']
] as const

const form = (token: string): Html => html`
<form id="look-up" class="card form" autocomplete="off">
<input type="hidden" name="token" value="${token}">
<p class="field wide"><label for="user">User (endUserId)</label>
<input id="user" name="user" required maxlength="512" autocomplete="off" spellcheck="false" autocapitalize="none"></p>
<p class="field"><label for="dimension">Records</label>
<select id="dimension" name="dimension"><option value="epoch">epoch</option><option value="daily">daily</option></select></p>
<p class="field"><label for="span">Of the last</label>
<select id="span" name="span">
${SPANS.map(([days, name]) => html`<option value="${days}"${days === '30' && html` selected`}>${name}</option>`)}
</select></p>
<p class="field"><button class="primary">Look up</button></p>
</form>`

const found = html`
<div id="found" hidden>
<section class="card" aria-labelledby="found-title">
<h2 id="found-title">What is stored</h2>
<p id="summary"></p>
<fieldset><legend>Types to show</legend><div id="types" class="choices"></div></fieldset>
<div class="bar">
<button type="button" class="primary" id="reveal">Reveal values</button>
<button type="button" id="hide" hidden>Hide values</button>
<p class="note" id="values-note">Values are hidden. To reveal them is recorded.</p>
</div>
</section>
<section class="card" aria-labelledby="coverage-title">
<h2 id="coverage-title">Coverage</h2>
<p class="lead" id="coverage-lead"></p>
<div class="scroll" tabindex="0" role="region" aria-label="Coverage"><table id="coverage" class="coverage"></table></div>
</section>
<section id="charts-section" aria-labelledby="charts-title" hidden>
<div class="bar">
<h2 id="charts-title">Charts</h2>
<button type="button" id="zoom-in">Zoom in</button>
<button type="button" id="zoom-out">Zoom out</button>
<button type="button" id="earlier">Earlier</button>
<button type="button" id="later">Later</button>
<button type="button" id="zoom-reset">Whole span</button>
</div>
<p class="lead">Drag over a chart to zoom. A line is the mean, its band reaches from the least to the greatest value.</p>
<p id="charts-note" role="status"></p>
<div class="charts" id="charts"></div>
</section>
<section class="card" aria-labelledby="records-title">
<h2 id="records-title">Records</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Records"><table id="records">
<thead><tr><th scope="col">Begin (UTC)</th><th scope="col">End</th><th scope="col">Type</th><th scope="col">Source</th>
<th scope="col">Origin</th><th scope="col" class="number">Value</th></tr></thead><tbody></tbody>
</table></div>
<div class="bar"><button type="button" id="newest">Newest</button><button type="button" id="older">Older</button></div>
</section>
</div>`

/** The page. */
export const dataPage = (token: string, isSupported: boolean): Html =>
  page({
    title: 'Data',
    view: 'data',
    scripts: isSupported ? ['charts', 'data'] : [],
    content: isSupported
      ? html`<p class="lead">The stored records of one user. To look a user up is recorded, as is each reveal of values.</p>
<noscript><p class="note">This view needs JavaScript.</p></noscript>
${form(token)}
<p role="alert" id="problem" hidden></p>
<p role="status" id="progress"></p>
${found}`
      : html`<p class="note">The storage adapter cannot find records.</p>`
  })
