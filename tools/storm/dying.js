/** An adapter whose process dies at a given step: by SIGKILL, so that nothing can be tidied up. */

const die = () => process.kill(process.pid, 'SIGKILL')

const before = () => async () => die()
const after =
  (method) =>
  async (...args) => {
    await method(...args)
    die()
  }
const halfway =
  (save) =>
  async ({ records, ...batch }) => {
    await save({ ...batch, records: records.slice(0, Math.ceil(records.length / 2)) })
    die()
  }

/** By step: what becomes of the adapter's parts. */
const steps = {
  'before put': ({ inbox }) => ({ inbox: { ...inbox, put: before() } }),
  'after put, before the answer': ({ inbox }) => ({ inbox: { ...inbox, put: after(inbox.put) } }),
  'before save': () => ({ save: before() }),
  'in the middle of save': ({ save }) => ({ save: halfway(save) }),
  'after save, before the listeners': ({ save }) => ({ save: after(save) }),
  'in a listener': () => ({}),
  'before complete': ({ inbox }) => ({ inbox: { ...inbox, complete: before() } }),
  'after complete': ({ inbox }) => ({ inbox: { ...inbox, complete: after(inbox.complete) } })
}

/** The adapter, deadly at one step; unchanged where none is given. */
const dying = (adapter, step) => (step === undefined ? adapter : { ...adapter, ...steps[step](adapter) })

module.exports = { dying, steps: Object.keys(steps) }
