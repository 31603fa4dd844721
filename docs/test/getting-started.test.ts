/** The commands of the page, run as they are printed. */
import { execFileSync, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

const root = join(__dirname, '../..')
const page = readFileSync(join(root, 'docs/getting-started.md'), 'utf8')
const blocks = [...page.matchAll(/```(js|sh)\n([\s\S]*?)```/g)].map(([, language, code = '']) => ({ language, code }))
const commandWith = (text: string): string => {
  const found = blocks.find(({ language, code }) => language === 'sh' && code.includes(text))
  if (found === undefined) throw new Error(`No command with "${text}" on the page`)
  return found.code
}
const serverProgram = blocks.find(({ language }) => language === 'js')?.code ?? ''

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

let folder = ''
const running: ReturnType<typeof spawn>[] = []

beforeEach(() => {
  folder = mkdtempSync(join(root, 'examples/started-'))
  mkdirSync(join(folder, 'bin'))
  symlinkSync(join(root, 'packages/cli/dist/bin.js'), join(folder, 'bin/thryve-webhook'))
})
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.pid === undefined) continue
    const ended = once(child, 'exit')
    process.kill(-child.pid, 'SIGTERM')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
})

const withPorts = (command: string, ports: Record<string, number>): string =>
  Object.entries(ports).reduce((text, [printed, port]) => text.replaceAll(printed, String(port)), command)

/** The program of the workspace stands for the installed one. */
const local = (command: string): string =>
  command.replaceAll('npx thryve-webhook', `'${process.execPath}' bin/thryve-webhook`)

const environment = { PATH: process.env['PATH'] ?? '' }

const shell = (command: string): string =>
  execFileSync('sh', ['-c', local(command)], { cwd: folder, encoding: 'utf8', timeout: 60_000, env: environment })

/** Starts what runs until it is stopped, and waits until it says or does something. */
const start = (command: string, env: Record<string, string> = {}) => {
  const child = spawn('sh', ['-c', local(command)], { cwd: folder, detached: true, env: { ...environment, ...env } })
  running.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk
    })
  }
  return { output: () => output }
}

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50))
}

const isListening = (port: number) => () =>
  fetch(`http://localhost:${port}/`).then(
    () => true,
    () => false
  )

test('the page, from nothing to a verified endpoint with data', async () => {
  const port = await freePort()
  writeFileSync(join(folder, 'server.mjs'), serverProgram)
  shell(commandWith('randomBytes'))
  expect(readFileSync(join(folder, 'secret.txt'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
  expect(statSync(join(folder, 'secret.txt')).mode & 0o777).toBe(0o600)
  const server = start(commandWith('node server.mjs'), { PORT: String(port) })
  await until(isListening(port))

  const report = shell(withPorts(commandWith('--url'), { 3000: port }))
  const rows = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => line.replace(/\d+ ms at most/, 'n ms at most').replace(/ +/g, ' '))
  const [, printed = ''] = /```text\n([\s\S]*?)```/.exec(page) ?? []
  expect(rows(report)).toEqual(rows(printed))

  shell(withPorts(commandWith('thryve-webhook send'), { 3000: port }))
  await until(async () => /event\.data\.\w+\.create [1-9]/.test(server.output()))
})

test('the page, from a 401 to the line that verifies', async () => {
  const port = await freePort()
  writeFileSync(join(folder, 'secret.txt'), 'synthetic-secret\n')
  start(withPorts(commandWith('thryve-webhook capture'), { 3001: port }))
  await until(isListening(port))
  rmSync(join(folder, 'captures'), { recursive: true, force: true })
  mkdirSync(join(folder, 'captures'), { mode: 0o700 })

  const body = '{"endUserId":"synthetic-user"}'
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const signature = createHmac('sha256', 'synthetic-secret').update(`${timestamp}.${body}`).digest('hex')
  const headers = { 'x-hmac-signature': signature, 'x-hmac-timestamp': timestamp }
  expect((await fetch(`http://localhost:${port}/x`, { method: 'POST', headers, body })).status).toBe(204)
  expect(existsSync(join(folder, 'captures'))).toBe(true)
  const [, printed = ''] = /`(thryveWebhook\(secret, adapter, \{.*?\}\))`/.exec(page) ?? []
  expect(shell(commandWith('captures/*.json'))).toContain(printed)
})
