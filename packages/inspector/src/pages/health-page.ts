/** The health view: figures and charts of the last hour, written by the script. */
import { type Html, html } from '../html'
import { page } from './layout'

const CHARTS = [
  ['answers', 'Answers per minute'],
  ['times', 'Answer time'],
  ['records', 'Records per minute'],
  ['backlog', 'Backlog']
] as const

const FIGURES = [
  ['answers', 'answers in the window'],
  ['non-ok', 'not 2xx'],
  ['slow', 'over 1 s'],
  ['failures', 'failures in a row'],
  ['p50', 'answer time, half'],
  ['p99', 'answer time, 99 %'],
  ['waiting', 'waiting'],
  ['oldest', 'oldest waits'],
  ['dead', 'dead letters'],
  ['in-flight', 'being received']
] as const

/** The page. */
export const healthPage = (): Html =>
  page({
    title: 'Health',
    view: 'health',
    scripts: ['charts', 'health'],
    content: html`
<p class="lead">What the sender sees of this process, and whether it may switch the webhook off.</p>
<section class="risk" aria-labelledby="risk-title">
<h2 id="risk-title">Risk of being switched off</h2>
<p role="status" id="state" class="state" data-state="waiting">loading</p>
<ul id="reasons"></ul>
</section>
<noscript><p class="note">This view needs JavaScript.</p></noscript>
<dl class="figures">
${FIGURES.map(([id, name]) => html`<div><dt>${name}</dt><dd id="figure-${id}">–</dd></div>`)}
</dl>
<div class="charts">
${CHARTS.map(
  ([id, name]) => html`<section class="card" aria-labelledby="title-${id}">
<h2 id="title-${id}">${name}</h2>
<div class="chart" id="chart-${id}" role="img" aria-label="${name} over the last hour"></div>
</section>`
)}
</div>
<section class="card" aria-labelledby="sources-title">
<h2 id="sources-title">Sources</h2>
<table id="sources"><thead><tr>
<th scope="col">Source</th><th scope="col">Last seen</th><th scope="col">Rhythm</th>
</tr></thead><tbody></tbody></table>
<p class="empty" id="no-sources">No source has been seen yet.</p>
</section>`
  })
