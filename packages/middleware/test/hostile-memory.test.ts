import { join } from 'node:path'
import { runChild } from './child'

const tooLarge = 'THRYVE_DECOMPRESSED_TOO_LARGE'
const tooMany = 'THRYVE_TOO_MANY_RECORDS'

const run = (attack: string, copies: number) =>
  runChild<{ statuses: number[]; codes: string[]; quarantined: number; grownMib: number }>(
    join(__dirname, 'hostile-memory-program.ts'),
    { attack, copies }
  )

/**
 * With maxBytes of 4 MiB. Of many at once the buffers that the garbage collector has not come to yet count, too. What is quarantined stays in the memory adapter, so bodies that do
 * not compress come one at a time.
 */
describe('the peak of memory over that of honest deliveries', () => {
  test.each([
    ['zstd bomb of RLE blocks', 50, tooLarge],
    ['gzip bomb', 50, tooLarge],
    ['br bomb', 50, tooLarge],
    ['empty objects as records', 1, tooMany],
    ['many keys', 1, tooMany],
    ['many keys in small objects', 1, tooMany],
    ['long integers', 1, 'THRYVE_INVALID_PAYLOAD'],
    ['one long id', 1, 'THRYVE_INVALID_PAYLOAD']
  ])('%s × %i, grows within bounds: one by less than 64 MiB', (attack, copies, code) => {
    const { grownMib, ...outcome } = run(attack, copies)
    expect(outcome).toEqual({ statuses: [204], codes: [code], quarantined: copies })
    expect(grownMib).toBeLessThan(copies === 1 ? 64 : 160)
  })
})
