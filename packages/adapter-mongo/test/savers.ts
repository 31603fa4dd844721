/** Several processes that save at once. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { SaveBatch, SaveResult } from '@thryve-webhook/middleware'

/**
 * Starts a process for each list of batches, and lets all of them begin when the last one is ready.
 *
 * Rejects with what the first process that failed says.
 */
export const saveInProcesses = async (
  url: string,
  dbName: string,
  work: readonly (readonly SaveBatch[])[]
): Promise<SaveResult[]> => {
  const children = work.map(() =>
    // The structured clone of `advanced` keeps dates.
    fork(join(__dirname, 'saver.js'), [url, dbName], { serialization: 'advanced', execArgv: [] })
  )
  try {
    await Promise.all(children.map((child, index) => ask(child, { batches: work[index] })))
    const answers = await Promise.all(children.map((child) => ask(child, 'save')))
    return answers.flatMap(({ results = [] }) => results)
  } finally {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
}

interface Answer {
  readonly results?: SaveResult[]
  readonly error?: string
}

const ask = (child: ChildProcess, question: unknown): Promise<Answer> =>
  new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The process ended (${code}) without an answer.`)))
    child.once('message', (answer: Answer) => {
      if (answer.error === undefined) resolve(answer)
      else reject(new Error(answer.error))
    })
    child.send(question as object)
  })

/** The counts of several results together. */
export const sum = (results: readonly SaveResult[]): SaveResult =>
  results.reduce((total, each) => ({
    inserted: total.inserted + each.inserted,
    updated: total.updated + each.updated,
    unchanged: total.unchanged + each.unchanged,
    stale: total.stale + each.stale
  }))
