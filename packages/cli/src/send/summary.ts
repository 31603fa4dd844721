/** What `send` tells at its end. */
import { printJson, printTable } from '../output/print'
import type { Terminal } from '../terminal'
import type { SendResult } from './send-deliveries'
import { differencesOf, type Verification } from './verify'

/** All that is known at the end. */
export interface Summary {
  readonly seed?: string
  readonly result: SendResult
  readonly verification?: Verification
}

/** Whether everything went as it must. */
export const isGood = ({ result, verification }: Summary): boolean =>
  result.failure === undefined &&
  !result.isDisabled &&
  result.report.givenUp === 0 &&
  result.report.forgeriesAccepted === 0 &&
  (verification === undefined || differencesOf(verification) === 0)

/** Writes the summary as one JSON object. */
export const printJsonSummary = (terminal: Terminal, summary: Summary): void => {
  const { seed, result, verification } = summary
  const { report, isInterrupted, isDisabled } = result
  printJson(terminal, {
    ok: isGood(summary) && !isInterrupted,
    ...(seed === undefined ? {} : { seed }),
    ...report,
    isInterrupted,
    isDisabled,
    ...(verification && { verification: { ...verification, differences: differencesOf(verification) } })
  })
}

type Row = readonly [string, string | number]

const count = (number: number): string => number.toLocaleString('en-US')

const sendRows = ({ seed, result }: Summary): Row[] => {
  const { report } = result
  const { answers, latencyMs } = report
  return [
    ...(seed === undefined ? [] : [['seed', seed] as const]),
    ['deliveries', count(report.deliveries)],
    ['records', count(report.records)],
    ['accepted', count(report.accepted)],
    ['given up', count(report.givenUp)],
    ['forgeries refused', `${count(report.forgeries - report.forgeriesAccepted)} of ${count(report.forgeries)}`],
    ['retries', count(report.retries)],
    ['answers 2xx / 3xx / 4xx / 5xx', `${answers['2xx']} / ${answers['3xx']} / ${answers['4xx']} / ${answers['5xx']}`],
    ['timeouts / no answer', `${answers.timeout} / ${answers.noAnswer}`],
    ['p50 / p99 / slowest', `${latencyMs.p50} / ${latencyMs.p99} / ${latencyMs.max} ms`],
    ['time', `${report.seconds} s, ${count(report.recordsPerSecond)} records/s`]
  ]
}

const verificationRows = (verification: Verification): Row[] => [
  ['must be stored', count(verification.expected)],
  ['are stored', count(verification.stored)],
  ['missing', count(verification.missing)],
  ['unexpected', count(verification.unexpected)],
  ['different', count(verification.different)],
  ['in quarantine', count(verification.quarantined)],
  ['missing in quarantine', count(verification.missingInQuarantine)]
]

/** Writes the summary as a table. */
export const printSummary = (terminal: Terminal, summary: Summary): void => {
  const { result, verification } = summary
  const kinds = Object.entries(result.report.kinds).filter(([, deliveries]) => deliveries !== result.report.deliveries)
  printTable(terminal, [
    ...sendRows(summary),
    ...kinds.map(([kind, deliveries]) => [`  ${kind}`, count(deliveries)] as const),
    ...(verification === undefined ? [] : verificationRows(verification))
  ])
  for (const example of verification?.examples ?? []) terminal.stdout.write(`  ${example}\n`)
  if (verification !== undefined) {
    const differences = differencesOf(verification)
    terminal.stdout.write(`${differences === 0 ? 'verified' : 'NOT verified'}: ${count(differences)} differences\n`)
  }
}

/** Says on standard error what a person has to know beside the numbers. */
export const warn = ({ stderr }: Terminal, { result }: Summary, disableAfter: number): void => {
  const { report, isDisabled } = result
  if (isDisabled) {
    stderr.write(
      `thryve-webhook: the vendor would have switched the webhook off: ${disableAfter} deliveries in a row failed.\n`
    )
  } else if (report.givenUp > 0) {
    stderr.write(`thryve-webhook: ${report.givenUp} deliveries were given up after four tries each.\n`)
  }
  if (report.forgeriesAccepted > 0) {
    stderr.write(
      `thryve-webhook: ${report.forgeriesAccepted} forged deliveries were accepted: the signature is not checked.\n`
    )
  }
}
