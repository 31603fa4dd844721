/**
 * Lists what is installed beside the packages at run time, by package-lock.json: `node tools/licences.js` writes
 * docs/licences.md.
 */
const { execFileSync } = require('node:child_process')
const { readFileSync, readdirSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '..')
const { packages: locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))

/** Where the package at a place of the tree finds a dependency. */
const placeOf = (place, name) => {
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const candidate = `${at === '' ? '' : `${at}/`}node_modules/${name}`
    if (locked[candidate] !== undefined) return candidate
    if (at === '' || !at.includes('/node_modules/')) {
      return locked[`node_modules/${name}`] === undefined ? undefined : `node_modules/${name}`
    }
  }
}

const installedOnce = (place) => {
  const { dependencies = {}, optionalDependencies = {} } = locked[place]
  return Object.keys({ ...dependencies, ...optionalDependencies })
}

const walk = (place, ours, found) => {
  for (const name of installedOnce(place)) {
    const at = placeOf(place, name)
    if (at === undefined || locked[at].link) continue
    const { version, license } = locked[at]
    const entry = found.get(at) ?? { name, version, licence: license, usedBy: new Set() }
    const isNew = !entry.usedBy.has(ours)
    entry.usedBy.add(ours)
    found.set(at, entry)
    if (isNew) walk(at, ours, found)
  }
}

/** Every package that installing one of ours brings along, with all versions of it. */
exports.runtimeDependencies = () => {
  const found = new Map()
  for (const ours of readdirSync(join(root, 'packages'))) walk(`packages/${ours}`, ours, found)
  return [...found.values()]
    .map((entry) => ({ ...entry, usedBy: [...entry.usedBy].sort() }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
}

/** Prebuilt binaries of one package for each platform are one line. */
const familyOf = (name) => name.replace(/^(@mongodb-js\/zstd)-.+$/, '$1-*')

/** The page, as Markdown. */
exports.licencesPage = () => {
  const lines = exports.runtimeDependencies().map(({ name, licence, usedBy }) => {
    const family = familyOf(name)
    return `| \`${family}\` | ${licence ?? 'as the package it belongs to'} | ${usedBy.join(', ')} |`
  })
  return [
    '# Licences',
    '',
    'What installing the packages brings along. All of it may be used in closed products; keep the notices when you redistribute it.',
    'Peers (`mongodb` of the adapter, `prom-client`, `@opentelemetry/api`) are yours. Made by `node tools/licences.js`.',
    '',
    '| package | licence | brought by |',
    '| --- | --- | --- |',
    ...new Set(lines),
    ''
  ].join('\n')
}

if (require.main === module) {
  const page = join(root, 'docs/licences.md')
  writeFileSync(page, exports.licencesPage())
  execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', page], { stdio: 'inherit' })
}
