/** The tests that MUTATION_TESTS names, on mutated sources. */
const { join } = require('node:path')
const base = require('../../jest.config')

module.exports = {
  ...base,
  rootDir: join(__dirname, '../..'),
  testMatch: JSON.parse(process.env.MUTATION_TESTS ?? '[]').map((test) => `<rootDir>/packages/middleware/test/${test}`),
  setupFilesAfterEnv: ['<rootDir>/tools/mutation/skip-slow.js'],
  moduleNameMapper: { ...base.moduleNameMapper, '^fast-check$': '<rootDir>/tools/mutation/few-runs.js' }
}
