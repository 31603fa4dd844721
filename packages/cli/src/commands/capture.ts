/** `thryve-webhook capture`: a server that writes down what arrives. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createRecorder, type Recorder } from '@thryve-webhook/middleware'
import { Command } from 'commander'
import { type CapturedLine, createCaptureServer } from '../capture/capture-server'
import { wholeNumber } from '../options/number'
import { isJson, printJson } from '../output/print'
import type { CommandFactory } from '../run'
import { CommandError, UsageError } from '../terminal'

interface CaptureCommandOptions {
  readonly port: number
  readonly host: string
  readonly folder: string
  readonly maxFiles: number
  readonly maxBodyMib: number
  readonly maxTotalMib: number
}

const MiB = 1_024 * 1_024

const EXAMPLES = `
Examples:
  thryve-webhook capture --port 3000 --folder captures
  thryve-webhook capture --port 0 --folder captures --host 0.0.0.0

Every request is answered 204 and written with its headers and its body as received; credentials are left out.
Captures hold health data: files have mode 0600, the folder 0700. Nothing is verified, so let it run for minutes only.
Ctrl-C ends it. Exit codes: 0 ended · 1 cannot listen · 2 wrong usage`

const openFolder = ({ folder, maxFiles, maxTotalMib }: CaptureCommandOptions): Recorder => {
  try {
    return createRecorder({ folder, maxFiles, maxTotalBytes: maxTotalMib * MiB })
  } catch (error) {
    throw new UsageError(`--folder ${folder} ${(error as Error).message.replace(/^"capture.folder" /, '')}.`)
  }
}

const describe = ({
  receivedAt,
  method,
  path,
  bytes,
  isComplete,
  headerNames,
  outcome,
  file
}: CapturedLine): string => {
  const whole = isComplete ? '' : ' (not whole)'
  const where = file === undefined ? `NOT CAPTURED: ${outcome}` : file
  return `${receivedAt.toISOString()} ${method} ${path} ${bytes} bytes${whole} [${headerNames.join(', ')}] ${where}\n`
}

/** Makes the command. */
export const captureCommand: CommandFactory = (terminal) => {
  const command = new Command('capture')
    .description('write down what arrives, for the doctor, and answer 204')
    .requiredOption('--folder <folder>', 'where captures go; made if need be')
    .option('--port <number>', 'port to listen on; 0 takes a free one', wholeNumber(0, 65_535), 3_000)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--max-files <count>',
      'when the folder holds so many captures, no more are written',
      wholeNumber(1, 10_000),
      100
    )
    .option(
      '--max-total-mib <count>',
      'when the captures have so many MiB, no more are written',
      wholeNumber(1, 65_536),
      256
    )
    .option('--max-body-mib <count>', 'largest body, in MiB', wholeNumber(1, 64), 16)
    .addHelpText('after', EXAMPLES)
  return command.action(async (options: CaptureCommandOptions) => {
    const { stdout, stderr, signal } = terminal
    const server = createCaptureServer({
      recorder: openFolder(options),
      maxBodyBytes: options.maxBodyMib * MiB,
      onCaptured: (line) => (isJson(command) ? printJson(terminal, line) : void stdout.write(describe(line)))
    })
    const ended = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    try {
      server.listen(options.port, options.host)
      await once(server, 'listening')
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      throw new CommandError(`${options.host}:${options.port} cannot be listened on (${code ?? 'unknown reason'}).`)
    }
    const { port } = server.address() as AddressInfo
    stderr.write(`Captures hold health data: delete ${options.folder} when you are done.\n`)
    stderr.write(`Listening on http://${options.host}:${port}, every path. Ctrl-C ends it.\n`)
    await ended
    server.close()
    server.closeAllConnections()
  })
}
