/** Tests that take seconds with every mutant and find none that the others leave. */
const SLOW = /8 MiB of the smallest blocks|a million sequences|a bomb, costs no more/

const test = globalThis.test
const quick = (name, ...rest) => (SLOW.test(name) ? test.skip(name, ...rest) : test(name, ...rest))
globalThis.test = Object.assign(quick, test)
