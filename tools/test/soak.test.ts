/** The soak in short. `npm run soak` takes minutes. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describeWithMongo } from '../test-mongo/jest'

describeWithMongo('soak', (mongo) => {
  test('soak: deliveries for some seconds, nothing grows and nothing is left', async () => {
    const arguments_ = ['--expose-gc', join(__dirname, '../soak.js'), '15']
    const { stdout } = await promisify(execFile)(process.execPath, arguments_, {
      env: { ...process.env, ...(mongo.server().kind === 'uri' && { MONGODB_URI: mongo.uri() }) },
      timeout: 120_000
    })
    expect(stdout).toMatch(/^soak: \{"seconds":15/)
  }, 130_000)
})
