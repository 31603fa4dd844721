/** Writes packages/middleware/schema from the built codecs: `npm run schema`. */
const { execFileSync } = require('node:child_process')
const { mkdirSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { schemasOf } = require('./index')

const root = join(__dirname, '../..')
const folder = join(root, 'packages/middleware/schema')
const built = (name) => require(join(root, 'packages/middleware/dist', name))

mkdirSync(folder, { recursive: true })
const schemas = schemasOf({
  envelope: built('codecs/delivery').Envelope,
  source: built('codecs/source').Source,
  epochItem: built('codecs/item').epochItem.ISO,
  dailyItem: built('codecs/item').dailyItem.ISO,
  details: built('codecs/details').details.ISO,
  notifications: built('codecs/notification').notification.ISO,
  eventNames: built('events').eventNames
})
for (const [name, schema] of Object.entries(schemas)) {
  writeFileSync(join(folder, name), `${JSON.stringify(schema, null, 2)}\n`)
}
execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', folder], { stdio: 'inherit' })
