/** What every page has around its content. */
import { type Content, type Html, html } from '../html'

/** The views, in the order of the navigation. */
const VIEWS = [
  ['live', 'Live'],
  ['health', 'Health'],
  ['data', 'Data'],
  ['quarantine', 'Quarantine'],
  ['dead-letters', 'Dead letters']
] as const

/** A view's address, relative to every other one. */
export type View = (typeof VIEWS)[number][0]

/** What fills a page. */
export interface PageParts {
  readonly title: string
  readonly view?: View
  readonly scripts?: readonly string[]
  readonly content: Content
}

/** Addresses are relative, so that the page also works where a proxy adds a prefix. */
export const page = ({ title, view, scripts = [], content }: PageParts): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Thryve webhook</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="assets/uplot.css">
<link rel="stylesheet" href="assets/inspector.css">
<script src="assets/theme.js"></script>
${scripts.includes('charts') && html`<script src="assets/uplot.js" defer></script>`}
${scripts.map((name) => html`<script type="module" src="assets/${name}.js"></script>`)}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
<p class="brand"><span class="mark" aria-hidden="true"></span>Thryve webhook</p>
<nav aria-label="Views"><ul>
${VIEWS.map(
  ([address, name]) => html`<li><a href="${address}"${address === view && html` aria-current="page"`}>${name}</a></li>`
)}
</ul></nav>
<button type="button" class="quiet" id="theme">Theme: <span id="theme-name">system</span></button>
</header>
<main id="content" tabindex="-1">
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`
