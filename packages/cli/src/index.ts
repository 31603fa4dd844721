export { type ExitCode, run } from './run'
export type { Terminal } from './terminal'
