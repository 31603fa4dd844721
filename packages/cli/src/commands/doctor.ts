/** `thryve-webhook doctor`: how a captured request is signed and what broke it; whether an endpoint is well from outside. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { checkEndpoint, type EndpointReport } from '../doctor/check-endpoint'
import { type Diagnosis, diagnose } from '../doctor/diagnose'
import { type ReceivedRequest, readCaptureFile, readRequestFiles } from '../doctor/read-request'
import { duration } from '../options/duration'
import { addSchemeOptions, readScheme, type SchemeOptions } from '../options/scheme'
import { addSecretOption, readSecret, type SecretOptions } from '../options/secret'
import { isJson, printJson, printTable } from '../output/print'
import type { CommandFactory } from '../run'
import { type Terminal, UsageError } from '../terminal'

interface DoctorOptions extends SecretOptions, SchemeOptions {
  readonly headers?: string
  readonly body?: string
  readonly receivedAt?: number
  readonly url?: URL
  readonly timeout: number
}

const EXAMPLES = `
Examples:
  THRYVE_HMAC_SECRET=… thryve-webhook doctor captures/2026-01-31T10-00-00-000Z-0a1b2c3d.json
  thryve-webhook doctor --secret-file secret.txt captures/*.json
  thryve-webhook doctor --secret-file secret.txt --headers headers.txt --body body.bin
  thryve-webhook doctor --secret-file secret.txt --url https://example.com/webhooks/thryve

Exit codes: 0 all is well · 1 something is wrong, or the endpoint cannot be reached · 2 wrong usage
--url sends one signed delivery without records (user "thryve-webhook-doctor", nothing to store) several times, and
refused ones of up to 8 MiB. With a file, the scheme is found, so the scheme's options are for --url alone.`

const instant = (text: string): number => {
  const ms = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(ms)) return ms
  throw new InvalidArgumentError('It must be an instant such as 2026-01-31T10:00:00Z.')
}

const endpointUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new InvalidArgumentError('It must be an address such as https://example.com/webhooks/thryve.')
}

interface NamedRequest {
  readonly name: string
  readonly request: ReceivedRequest
}

const readRequests = (files: readonly string[], { headers, body, receivedAt }: DoctorOptions): NamedRequest[] => {
  if ((headers === undefined) !== (body === undefined)) throw new UsageError('--headers and --body go together.')
  const captured = files.map((file) => ({ name: file, request: readCaptureFile(file) }))
  if (headers === undefined || body === undefined) return captured
  return [...captured, { name: body, request: readRequestFiles(headers, body, receivedAt) }]
}

const printDiagnosis = ({ stdout }: Terminal, name: string, diagnosis: Diagnosis): void => {
  const { isGood, isCertain, finding, summary, fixes, line, notes } = diagnosis
  const lines = [
    `${isGood ? 'OK  ' : 'FAIL'} ${name}: ${finding}${isCertain ? '' : ' (likely)'}`,
    `     ${summary}`,
    ...notes.map((note) => `     ${note}`),
    ...(line === undefined ? [] : ['', `     ${line}`, '']),
    ...fixes.map((fix) => `     → ${fix}`)
  ]
  stdout.write(`${lines.join('\n')}\n`)
}

const printReport = (terminal: Terminal, { checks }: EndpointReport): void => {
  printTable(
    terminal,
    checks.map(({ isGood, name, result }) => [isGood ? 'OK' : 'FAIL', name, result])
  )
  for (const { isGood, fix } of checks) if (!isGood && fix !== undefined) terminal.stdout.write(`→ ${fix}\n`)
}

/** Makes the command. */
export const doctorCommand: CommandFactory = (terminal, setExitCode) => {
  const command = new Command('doctor')
    .description('find how a captured request is signed or what broke it, or check an endpoint from outside')
    .argument('[captures...]', 'files that the option "capture" or "thryve-webhook capture" wrote')
    .option('--headers <file>', 'header lines of a request, such as curl prints them; with --body')
    .option('--body <file>', 'raw body of that request')
    .option('--received-at <instant>', 'when that request came, to judge the clock by', instant)
    .option('--url <url>', 'endpoint to check from outside', endpointUrl)
    .addOption(
      new Option('--timeout <duration>', 'how long the endpoint may take to answer one request')
        .argParser(duration)
        .default(15_000, '15s')
    )
    .addHelpText('after', EXAMPLES)
  addSecretOption(command)
  addSchemeOptions(command)
  return command.action(async (files: string[], options: DoctorOptions) => {
    if (
      options.url === undefined &&
      files.length === 0 &&
      options.headers === undefined &&
      options.body === undefined
    ) {
      throw new UsageError('name a capture, --headers and --body, or --url. See thryve-webhook doctor --help.')
    }
    const requests = readRequests(files, options)
    const secret = readSecret(terminal, options)
    const diagnoses: object[] = []
    for (const { name, request } of requests) {
      const diagnosis = await diagnose(request, secret)
      if (!diagnosis.isGood) setExitCode(1)
      if (isJson(command)) diagnoses.push({ file: name, ...diagnosis })
      else printDiagnosis(terminal, name, diagnosis)
    }
    const report =
      options.url === undefined
        ? undefined
        : await checkEndpoint(options.url, {
            secret,
            scheme: readScheme(options),
            timeoutMs: options.timeout,
            signal: terminal.signal
          })
    if (report?.isGood === false) setExitCode(1)
    if (isJson(command))
      printJson(terminal, { requests: diagnoses, ...(report === undefined ? {} : { endpoint: report }) })
    else if (report !== undefined) printReport(terminal, report)
  })
}
