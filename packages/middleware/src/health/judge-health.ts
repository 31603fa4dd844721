/** From figures to a state with reasons. */
import type { AnswerCounts } from './answer-window'
import type { HealthCode, HealthReason, HealthReport, HealthState } from './health-report'
import type { HealthThresholds } from './health-thresholds'

/** The figures. */
export interface HealthFigures {
  readonly counts: AnswerCounts
  readonly consecutiveFailures: number
  readonly isClosing: boolean
  readonly store: HealthReport['store']
  readonly backlog: HealthReport['backlog']
  readonly sources: HealthReport['sources']
  readonly nowMs: number
}

/** What the figures are held against. */
export interface HealthLimits {
  readonly thresholds: HealthThresholds
  readonly maxPending: number
}

const GRAVITY: Record<HealthState, number> = { failing: 0, degraded: 1, ok: 2 }

const percentOf = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole)

type Tell = (severity: HealthReason['severity'], code: HealthCode, text: string) => void

/** What Thryve sees: its own deliveries, and refusals whose sender nobody knows while nothing is verified. */
const judgeAnswers = (figures: HealthFigures, { thresholds }: HealthLimits, tell: Tell): void => {
  const { counts, consecutiveFailures } = figures
  const { degradedPercent, failingPercent, minAnswers, failuresInARow, slowMs } = thresholds
  const { answers, nonOk, verified, unverified, slow } = counts
  const known = answers - unverified
  const failed = nonOk - unverified
  const failedPercent = percentOf(failed, known)
  const text = `${failed} of ${known} answers were not 2xx.`
  if (known >= minAnswers && failedPercent >= failingPercent) tell('failing', 'answers-failing', text)
  else if (known >= minAnswers && failedPercent >= degradedPercent) tell('degraded', 'answers-failing', text)
  if (consecutiveFailures >= failuresInARow) {
    tell('failing', 'answers-failing-in-a-row', `The last ${consecutiveFailures} answers were not 2xx.`)
  }
  if (verified === 0 && unverified >= failuresInARow) {
    const detail = `All ${unverified} requests were refused before they were shown to be Thryve's`
    tell('failing', 'nothing-verified', `${detail}: compare the secret and the web authentication with Thryve's.`)
  } else if (unverified >= failuresInARow && percentOf(unverified, answers) >= degradedPercent) {
    const detail = `${unverified} of ${answers} requests were refused before they were shown to be Thryve's`
    tell('degraded', 'unverified', `${detail}: strangers, or a second secret.`)
  }
  if (answers >= minAnswers && percentOf(slow, answers) >= degradedPercent) {
    tell('degraded', 'answers-slow', `${slow} of ${answers} answers took over ${slowMs} ms.`)
  }
}

const judgeBacklog = (figures: HealthFigures, { thresholds, maxPending }: HealthLimits, tell: Tell): void => {
  const { backlog, nowMs } = figures
  if (backlog === undefined) return
  const pending = backlog.ready + backlog.leased
  const waitedSeconds = Math.floor((nowMs - (backlog.oldestPendingAt?.getTime() ?? nowMs)) / 1_000)
  if (pending >= maxPending) tell('failing', 'backlog-full', `${pending} deliveries wait, and no more are taken.`)
  if (waitedSeconds > thresholds.backlogSeconds) {
    tell('degraded', 'backlog-old', `${pending} deliveries wait, the oldest for ${waitedSeconds} s.`)
  }
  if (backlog.dead > 0) tell('degraded', 'dead-letters', `${backlog.dead} deliveries were given up.`)
}

/** Judges the figures. The state is the gravest of the reasons. */
export const judgeHealth = (
  figures: HealthFigures,
  limits: HealthLimits
): { readonly state: HealthState; readonly reasons: readonly HealthReason[] } => {
  const reasons: HealthReason[] = []
  const tell: Tell = (severity, code, text) => reasons.push({ code, severity, text })
  if (figures.store === 'failing') tell('failing', 'store-failing', 'The store cannot be used.')
  judgeAnswers(figures, limits, tell)
  if (figures.isClosing) tell('degraded', 'closing', 'The receiver is shutting down and answers 503.')
  judgeBacklog(figures, limits, tell)
  const silent = figures.sources.filter(({ isSilent }) => isSilent).map(({ dataSourceId }) => dataSourceId)
  if (silent.length > 0) {
    tell('degraded', 'source-silent', `Nothing has come lately of the sources ${silent.slice(0, 10).join(', ')}.`)
  }
  reasons.sort((left, right) => GRAVITY[left.severity] - GRAVITY[right.severity])
  return { state: reasons[0]?.severity ?? 'ok', reasons }
}
