/** Tests run on the sources; child processes and packed packages use the build, which `npm test` makes first. */
const sources = {
  '^@thryve-webhook/middleware/testing$': '<rootDir>/packages/middleware/src/testing/index.ts',
  '^@thryve-webhook/middleware/(opentelemetry|prometheus)$': '<rootDir>/packages/middleware/src/telemetry/$1.ts',
  '^@thryve-webhook/([^/]+)$': '<rootDir>/packages/$1/src/index.ts'
}

/** Dependencies in other versions: `tools/test-matrix.js` says where they are. */
const replaced = JSON.parse(process.env.TEST_MODULES ?? '{}')

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{packages/*,examples,tools,docs,bench}/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.cache/'],
  moduleNameMapper: { ...sources, ...replaced },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } }
    ]
  },
  testTimeout: 30_000,
  coveragePathIgnorePatterns: ['/node_modules/', '/test/']
}
