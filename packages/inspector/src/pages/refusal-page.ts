/** What is shown instead of a view. */
import { type Html, html } from '../html'
import type { Refusal } from '../refusal'
import { page } from './layout'

/** The page. */
export const refusalPage = ({ code, message }: Refusal): Html =>
  page({
    title: 'Not now',
    content: html`<section class="card"><p role="alert" class="problem">${message}</p><p><code>${code}</code></p></section>`
  })
