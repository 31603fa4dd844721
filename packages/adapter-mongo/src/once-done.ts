/** Callers share one run, and its success. A failure is forgotten, so that the next caller tries again. */
export const onceDone = (run: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined
  return () => {
    running ??= run().catch((error) => {
      running = undefined
      throw error
    })
    return running
  }
}
