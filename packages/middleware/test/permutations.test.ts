/** Promise 2: any order, any duplicates, the same final records. */
import { memoryAdapter } from '@thryve-webhook/adapter-memory'
import fc from 'fast-check'
import { receive } from '../src/index'
import { build, epochPayload, recordsOf, signed, steps } from './deliveries'

const NOW_SECONDS = Math.floor(Date.now() / 1_000)

/** Deliveries over few keys. Each is signed in a second of its own: within one, the later arrival wins by design. */
const deliveriesArbitrary = fc
  .array(
    fc.record({
      verb: fc.constantFrom('create', 'update'),
      created: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
      items: fc.array(fc.record({ minute: fc.integer({ min: 0, max: 2 }), value: fc.integer({ min: 0, max: 99 }) }), {
        minLength: 1,
        maxLength: 3
      })
    }),
    { minLength: 1, maxLength: 6 }
  )
  .map((drafts) =>
    drafts.map(({ verb, created, items }, index) => ({
      timestamp: String(NOW_SECONDS - 250 + index * 7),
      payload: epochPayload(
        items.map(({ minute, value }) =>
          steps(String(value), {
            startTimestamp: `2026-01-05T08:0${minute}:00Z`,
            ...(created === undefined
              ? {}
              : { additionalDetails: { creationTimestamp: `2026-01-05T09:0${created}:00Z` } })
          })
        ),
        `event.data.epoch.${verb}`
      )
    }))
  )

const finalRecords = async (deliveries: readonly { payload: object; timestamp: string }[], options: object) => {
  const { webhook, adapter } = build({ toleranceSeconds: 600, ...options }, memoryAdapter())
  for (const { payload, timestamp } of deliveries) {
    const { status } = await receive(webhook, await signed(payload, { timestamp, encoding: 'identity' }))
    expect(status).toBe(204)
  }
  await webhook.close()
  return recordsOf(adapter)
}

test.each([['durable'], ['stored']] as const)(
  'any permutation with duplicates, acknowledged when %s, ends in the same records',
  async (acknowledgeAfter) => {
    const scenario = deliveriesArbitrary.chain((deliveries) =>
      fc.record({
        deliveries: fc.constant(deliveries),
        shuffled: fc.shuffledSubarray([...deliveries, ...deliveries], { minLength: deliveries.length * 2 })
      })
    )
    await fc.assert(
      fc.asyncProperty(scenario, async ({ deliveries, shuffled }) => {
        expect(await finalRecords(shuffled, { acknowledgeAfter })).toEqual(
          await finalRecords(deliveries, { acknowledgeAfter })
        )
      }),
      { numRuns: 150 }
    )
  }
)

test('deliveries all at once, end in the same records', async () => {
  await fc.assert(
    fc.asyncProperty(deliveriesArbitrary, async (deliveries) => {
      const { webhook, adapter } = build({ toleranceSeconds: 600 })
      const ready = await Promise.all(
        [...deliveries, ...deliveries].map(({ payload, timestamp }) => signed(payload, { timestamp }))
      )
      const answers = await Promise.all(ready.map((delivery) => receive(webhook, delivery)))
      expect(answers.every(({ status }) => status === 204)).toBe(true)
      await webhook.idle()
      await webhook.close()
      expect(await recordsOf(adapter)).toEqual(await finalRecords(deliveries, {}))
    }),
    { numRuns: 50 }
  )
})
