/** Runs pieces of work one after the other, in the order they came. A piece that fails keeps no other from its turn. */
export type OneAtATime = <T>(work: () => Promise<T>) => Promise<T>

/** Makes a queue of its own. */
export const createOneAtATime = (): OneAtATime => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }
}
