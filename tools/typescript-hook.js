/** Lets plain Node run the sources: `node -r ./tools/typescript-hook.js -e 'require(process.argv[1])' FILE`. */
const Module = require('node:module')
const { join } = require('node:path')
const { transformFileSync } = require('@swc/core')

const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } }
const sources = join(__dirname, '../packages/$1/src/index.ts')
const resolveFilename = Module._resolveFilename

Module._resolveFilename = (name, ...rest) =>
  resolveFilename(name.replace(/^@thryve-webhook\/([^/]+)$/, sources), ...rest)
require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file)
